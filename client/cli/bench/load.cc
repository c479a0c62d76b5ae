#include "client/cli/bench/load.h"

namespace activation::cli {

int ShareOf(int total, int parts, int part) {
  return total / parts + (part < total % parts ? 1 : 0);
}

int ConnectionsOf(const Load& load, int asked, int worker) {
  return std::max(1, ShareOf(asked, load.workers(), worker));
}

int ConnectionsOf(const Load& load, int asked) {
  int sum = 0;
  for (int worker = 0; worker < load.workers(); ++worker) sum += ConnectionsOf(load, asked, worker);
  return sum;
}

}  // namespace activation::cli
