// What a misspelt word was meant to be. Pure.
#ifndef ACTIVATION_CLIENT_CLI_NEAREST_H_
#define ACTIVATION_CLIENT_CLI_NEAREST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace activation::cli {

// "; did you mean 'forward'?" of the word among `words` that fewest edits lead to, or "" where
// more than a third of its letters would have to change.
std::string DidYouMean(absl::string_view word, const std::vector<std::string>& words);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_NEAREST_H_
