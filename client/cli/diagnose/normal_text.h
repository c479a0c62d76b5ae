// A normal distribution as people write it.
#ifndef ACTIVATION_CLIENT_CLI_DIAGNOSE_NORMAL_TEXT_H_
#define ACTIVATION_CLIENT_CLI_DIAGNOSE_NORMAL_TEXT_H_

#include <optional>
#include <string>

#include "src/diagnosis/normal.h"

namespace activation::cli {

// "0,1": mean and deviation, which is above 0; nothing where it is none.
std::optional<diagnosis::Normal> ParseNormal(const std::string& text);

// For CLI11: "" where it is one.
std::string CheckNormal(const std::string& text);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_DIAGNOSE_NORMAL_TEXT_H_
