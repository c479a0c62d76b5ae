// Whether a load test passes: the conditions of --fail-if, and what leaves any of them open.
// Pure functions.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_GATE_H_
#define ACTIVATION_CLIENT_CLI_BENCH_GATE_H_

#include <string>
#include <vector>

#include "client/cli/bench/report.h"
#include "client/cli/bench/threshold.h"

namespace activation::cli {

// Why it does not pass, for people; empty where it does. Of a sweep and of steps every point is
// judged, of a search the one that was found; conditions on the baseline ask about the headline,
// whose load it had. With conditions a run that is invalid or was stopped does not pass, and
// neither does one that leaves them open; a search that found no rate never does, nor a run or a
// point in whose time no call was due.
std::vector<std::string> GateFailures(const Report& report,
                                      const std::vector<Threshold>& conditions);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_GATE_H_
