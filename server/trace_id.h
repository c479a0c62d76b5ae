// The trace id of a call, for the log. Pure.
#ifndef ACTIVATION_SERVER_TRACE_ID_H_
#define ACTIVATION_SERVER_TRACE_ID_H_

#include <string>

#include "absl/strings/string_view.h"

namespace activation {

// Of a W3C `traceparent` header, or "" where it is malformed.
std::string TraceId(absl::string_view traceparent);

}  // namespace activation

#endif  // ACTIVATION_SERVER_TRACE_ID_H_
