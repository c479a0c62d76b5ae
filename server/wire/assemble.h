// Tensors that came in several pieces, brought to evaluations: of an elementwise
// function an item is cut where pieces end, into evaluations that read the pieces
// where they lie, and only an element that lies in two of them is copied. Results do
// not depend on it, because such a function looks at one element at a time. Tensors
// of the other functions, those whose parameter gradients are sums over all of it,
// and those in very many pieces are gathered into one. Pure functions.
// In the way of a request: a step of Reply, after outputs have their place.
#ifndef ACTIVATION_SERVER_WIRE_ASSEMBLE_H_
#define ACTIVATION_SERVER_WIRE_ASSEMBLE_H_

#include <cstddef>

#include "server/wire/decode.h"

namespace activation::wire {

// How many bytes Assemble will gather: memory that is to be admitted before.
size_t BytesToGather(const Batch& batch);

// Completes the batch's evaluations, counts what it copies and times that, if anything.
// Outputs must be set.
void Assemble(Batch* batch);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_ASSEMBLE_H_
