// What our readers saw of a request, as protobuf's messages: to be compared with what
// protobuf's own parser saw. Pure functions.
#ifndef ACTIVATION_TESTS_FUZZ_AS_MESSAGE_H_
#define ACTIVATION_TESTS_FUZZ_AS_MESSAGE_H_

#include <google/protobuf/message_lite.h>

#include <string>

#include "activation/v1/activation.pb.h"
#include "server/wire/item.h"
#include "server/wire/pieces.h"

namespace activation::wire {

// The bytes of a payload, of however many pieces.
std::string Joined(Pieces pieces, const Payload& payload);

void Store(Pieces pieces, const Item& from, v1::ForwardItem* to);
void Store(Pieces pieces, const Item& from, v1::GradientItem* to);

// Of parameters beyond what any function has, our reader keeps the first: what it kept must
// be right, and the others are dropped from `wanted`, too.
void DropBeyondLimit(const v1::Activation& read, v1::Activation* wanted);

// Limits under which a reader keeps every extent of a shape.
Limits KeepAll();

// The same text for the same fields, whatever the order of a map.
std::string Canonical(const google::protobuf::MessageLite& message);

}  // namespace activation::wire

#endif  // ACTIVATION_TESTS_FUZZ_AS_MESSAGE_H_
