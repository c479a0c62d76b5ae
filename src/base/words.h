// What people wrote: as it may be repeated in a message, and what it was meant to be. Pure.
#ifndef ACTIVATION_SRC_BASE_WORDS_H_
#define ACTIVATION_SRC_BASE_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace activation {

// Somebody's text as it may stand in a message: its first 64 characters, those that are not
// printable ASCII as ?.
std::string Echo(absl::string_view text);

// The words among `words` that `word` may stand for, at most three, whatever the case: those that
// one edit leads to; else those that begin with it, if they are few; else those of fewest edits, if
// no more than a third of its letters would have to change.
std::vector<std::string> Nearest(absl::string_view word, const std::vector<std::string>& words);

// "; did you mean 'a' or 'b'?", or "" of no words.
std::string DidYouMean(const std::vector<std::string>& nearest);

// What is wrong with the arguments that a command line had and no flag takes, of which there is at
// least one: "there is no flag --adress; did you mean '--address'?". `flags` have their dashes.
std::string NoSuchArgument(const std::vector<std::string>& extra,
                           const std::vector<std::string>& flags);

// What is wrong with a variable of the environment that is none of `known` and like one of them,
// or "": `prefix`, with which all begin, says nothing of whether they are alike. Others may be
// anybody's, as those that Kubernetes sets for a Service.
std::string MisspeltVariable(absl::string_view variable, absl::string_view prefix,
                             const std::vector<std::string>& known);

}  // namespace activation

#endif  // ACTIVATION_SRC_BASE_WORDS_H_
