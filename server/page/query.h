// The query of a URL, taken apart. Pure.
#ifndef ACTIVATION_SERVER_PAGE_QUERY_H_
#define ACTIVATION_SERVER_PAGE_QUERY_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace activation::page {

// Values by name, as "gelu" by "function".
using Query = std::map<std::string, std::string>;

// "function=gelu&from=-4" as a browser's form writes it: %2D is a hyphen, + a space, a
// name without = has the value "". INVALID_ARGUMENT about field `query` where a % is not
// followed by two hexadecimal digits, a name is empty or stands twice, a character is
// not printable ASCII, or there are more than 16 names.
absl::StatusOr<Query> ParseQuery(absl::string_view text);

}  // namespace activation::page

#endif  // ACTIVATION_SERVER_PAGE_QUERY_H_
