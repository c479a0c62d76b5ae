// Throughput against concurrency by the Universal Scalability Law (N. J. Gunther, "A
// General Theory of Computational Scalability", 2008): X(N) = rate N / (1 + contention
// (N - 1) + crosstalk N (N - 1)). Pure functions.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_SCALABILITY_H_
#define ACTIVATION_CLIENT_CLI_BENCH_SCALABILITY_H_

#include <optional>
#include <vector>

namespace activation::cli {

struct Throughput {
  double concurrency = 1;
  double calls_per_second = 0;
};

struct ScalabilityFit {
  double rate = 0;        // of one call in flight
  double contention = 0;  // share of the work that is done one after the other
  double crosstalk = 0;   // what each pair of calls in flight costs
  double r_squared = 0;   // 1: the points lie on the curve
  double least = 1;       // concurrency of the points; what the law says of others is a guess
  double most = 1;

  double At(double concurrency) const;
  // Where throughput is greatest; none where it only levels off. More calls in flight than
  // this only wait.
  std::optional<double> peak() const;
  // Where the line of one call's rate meets the greatest throughput, or the level that it
  // nears: from here on latency grows faster than throughput. None where it grows for ever.
  std::optional<double> knee() const;
};

// Least squares of relative errors, no coefficient negative. None with fewer than three
// concurrencies or where a throughput is 0.
std::optional<ScalabilityFit> FitScalability(const std::vector<Throughput>& points);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_SCALABILITY_H_
