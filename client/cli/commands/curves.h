// Functions' curves as the server computes them, to be drawn.
#ifndef ACTIVATION_CLIENT_CLI_COMMANDS_CURVES_H_
#define ACTIVATION_CLIENT_CLI_COMMANDS_CURVES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "activation/client.h"
#include "client/cli/options.h"
#include "client/cli/plot.h"

namespace activation::cli {

struct CurvesWanted {
  std::vector<std::string> functions;
  ActivationOptions how;
  bool gradient = false;  // the derivatives too
  double from = -6;
  double to = 6;
};

// Each function's curve over 1201 points, and its derivative's after it. NOT_FOUND for an
// unknown function, INVALID_ARGUMENT for one that is not a function of one number.
absl::StatusOr<Plot> ComputeCurves(const client::Client& client, const CurvesWanted& wanted);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_COMMANDS_CURVES_H_
