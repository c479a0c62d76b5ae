// Which calls write over what they read: in shared memory a result may take the place of an
// input, and then the call done twice is another one. Pure functions.
#ifndef ACTIVATION_CLIENT_SRC_IN_PLACE_H_
#define ACTIVATION_CLIENT_SRC_IN_PLACE_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "activation/types.h"
#include "client/src/connection.h"
#include "client/src/shared_ranges.h"

namespace activation::client {

// Whether the result of any item overlaps, in `shared`, an input of any item, its own or
// another's. Items whose tensors are sent never do. `items` are such as Encode() has taken.
bool IsInPlace(absl::Span<const ForwardItem> items, const SharedRanges& shared);
bool IsInPlace(absl::Span<const GradientItem> items, const SharedRanges& shared);

// Whether the server certainly refused a call before it computed anything: it names a delay,
// or is draining.
bool WasRefused(const Outcome& outcome);

// An error of a call in place that may have been computed; says so where the code does not
// tell.
absl::Status MayHaveChanged(const absl::Status& status);

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_IN_PLACE_H_
