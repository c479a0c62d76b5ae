// The hand-made reader against protobuf's parser: the same bytes accepted, the
// same fields seen.
#include "server/wire/item.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/escaping.h"
#include "activation/v1/activation.pb.h"
#include "server/logging.h"
#include "tests/fuzz/decoder_check.h"
#include "tests/fuzz/noise.h"
#include "tests/fuzz/slicing.h"

namespace activation::wire {
namespace {

// In one piece, and in others.
std::string Differences(Direction direction, const std::string& bytes, uint32_t seed) {
  std::string text = DifferenceFromProtobuf(direction, bytes, Slicing(bytes).pieces());
  const Slicing slicing(bytes, 1 + seed % 16, seed);
  text += DifferenceFromProtobuf(direction, bytes, slicing.pieces());
  return text + DifferenceFromWhole(direction, bytes, slicing.pieces());
}

TEST(ItemTest, ReadsWhatProtobufReads) {
  // Protobuf says a line for each name that is not UTF-8.
  StartLogging(LogFormat::kText, "info");
  Noise noise(*v1::GradientRequest::descriptor(), {"gelu", "slope", "", "gr\xc3\xbc\xc3\x9f"});
  int accepted = 0;
  int refused = 0;
  for (uint32_t round = 0; round < 50000; ++round) {
    const std::string bytes = noise.Next();
    const Direction direction = noise.Pick(4) == 0 ? Direction::kForward : Direction::kGradient;
    ASSERT_EQ(Differences(direction, bytes, round), "") << absl::BytesToHexString(bytes);
    ++(v1::GradientRequest().ParseFromString(bytes) ? accepted : refused);
  }
  EXPECT_GT(accepted, 5000);
  EXPECT_GT(refused, 5000);
}

TEST(ItemTest, NestingIsBoundedAsInProtobuf) {
  for (const int depth : {50, 98, 99, 100, 101, 5000}) {
    const std::string groups = std::string(static_cast<size_t>(depth), '\x4b') +
                               std::string(static_cast<size_t>(depth), '\x4c');
    std::string bytes = "\x0a";
    for (size_t size = groups.size();; size >>= 7) {
      bytes += static_cast<char>(size >= 0x80 ? size | 0x80 : size);
      if (size < 0x80) break;
    }
    bytes += groups;
    EXPECT_EQ(Differences(Direction::kGradient, bytes, 3), "") << depth;
    EXPECT_EQ(Differences(Direction::kGradient, groups, 3), "") << depth;
  }
}

TEST(ItemTest, NothingGrowsBeyondItsLimit) {
  v1::GradientRequest request;
  v1::GradientItem* item = request.add_items();
  for (int i = 0; i < 1000; ++i) {
    item->mutable_x()->add_shape(i);
    (*item->mutable_activation()->mutable_parameters())["p" + std::to_string(i)] = i;
  }
  const std::string bytes = request.SerializeAsString();
  const Slicing slicing(bytes);
  Reader reader(slicing.pieces());
  uint32_t tag;
  ASSERT_TRUE(reader.ReadTag(&tag));
  Limits limits;
  limits.max_rank = 4;
  Item read;
  ASSERT_TRUE(ReadItem(Direction::kGradient, limits, &reader, &read));
  EXPECT_EQ(read.x->rank, 1000u);
  EXPECT_EQ(read.x->shape, Extents({0, 1, 2, 3, 4}));
  EXPECT_EQ(read.activation->parameters.size(), kMaxParams + 1);
}

TEST(ItemTest, AForwardItemHasNoDy) {
  v1::GradientRequest request;
  request.add_items()->mutable_dy()->set_data("1234");
  request.mutable_items(0)->set_parameter_gradients(true);
  const std::string bytes = request.SerializeAsString();
  const Slicing slicing(bytes);
  Reader reader(slicing.pieces());
  uint32_t tag;
  ASSERT_TRUE(reader.ReadTag(&tag));
  Item read;
  ASSERT_TRUE(ReadItem(Direction::kForward, Limits(), &reader, &read));
  EXPECT_FALSE(read.dy.has_value());
  EXPECT_FALSE(read.parameter_gradients);
}

}  // namespace
}  // namespace activation::wire
