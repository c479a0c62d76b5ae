// Bytes that are messages of a type, nearly messages, or neither: its fields in any order,
// number and form, with wrong lengths, wrong types and stray bytes now and then. The same
// ones in every process. Thread-compatible.
#ifndef ACTIVATION_TESTS_FUZZ_NOISE_H_
#define ACTIVATION_TESTS_FUZZ_NOISE_H_

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace activation {

class Noise {
 public:
  // Strings of the messages are some of `texts`, and some are not UTF-8.
  Noise(const google::protobuf::Descriptor& type, std::vector<std::string> texts)
      : type_(type), texts_(std::move(texts)) {}

  std::string Next();

  // Any number below `below`, each as often.
  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

 private:
  using FieldDescriptor = google::protobuf::FieldDescriptor;

  std::string Message(const google::protobuf::Descriptor& type, int depth);
  std::string Field(const FieldDescriptor& field, int depth);
  std::string Value(const FieldDescriptor& field);
  // A field of any number and type.
  std::string Stray();
  std::string Tag(int field, int type);
  std::string Delimited(int field, const std::string& inside);
  std::string Number(uint64_t value);
  std::string Text();
  std::string Bytes(int count);

  const google::protobuf::Descriptor& type_;
  const std::vector<std::string> texts_;
  std::mt19937_64 random_{20261125};
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_FUZZ_NOISE_H_
