// What a truth in doubles with a bound on its error says of a block of results, by
// the best instruction set of the machine.
#ifndef ACTIVATION_TESTS_ACCURACY_BOUNDED_SETTLE_H_
#define ACTIVATION_TESTS_ACCURACY_BOUNDED_SETTLE_H_

#include <cstddef>
#include <cstdint>

#include "tests/accuracy/bounded_steps.h"
#include "tests/accuracy/ulp.h"

namespace activation::accuracy {

// Whether the truth settles of each of `count` results of the format that it is
// nearest or is not, and that its error is not above `max_ulp`; adds to `misrounds`
// only then. A truth beyond the format's range is judged as by UlpError.
bool Settle(const Format& format, const double* results, const BoundedDoubles& truth, size_t count,
            double max_ulp, uint64_t& misrounds);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_BOUNDED_SETTLE_H_
