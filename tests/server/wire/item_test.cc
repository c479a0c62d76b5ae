// The hand-made reader against protobuf's parser: the same bytes accepted, the
// same fields seen.
#include "server/wire/item.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "activation/v1/activation.pb.h"
#include "server/logging.h"
#include "tests/fuzz/decoder_check.h"
#include "tests/fuzz/slicing.h"

namespace activation::wire {
namespace {

// Bytes that are messages, nearly messages, or neither.
class Noise {
 public:
  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  std::string Request() {
    std::string bytes;
    for (int i = Pick(3); i >= 0; --i) bytes += Delimited(1, Pick(9) == 0 ? Fields(3) : Item());
    if (Pick(4) == 0) bytes += Fields(2);
    for (int i = Pick(3) == 0 ? Pick(3) : 0; i > 0 && !bytes.empty(); --i) {
      bytes[static_cast<size_t>(Pick(static_cast<int>(bytes.size())))] =
          static_cast<char>(Pick(256));
    }
    if (Pick(20) == 0) bytes.resize(bytes.size() - static_cast<size_t>(Pick(3)) % bytes.size());
    return bytes;
  }

 private:
  // The fields of the contract, in any order and number, other fields between.
  std::string Item() {
    std::string bytes;
    for (int i = Pick(6); i > 0; --i) {
      const int field = 1 + Pick(8);
      if (field == 1) {
        bytes += Delimited(1, Activation());
      } else if (field == 4 || field == 7 || (field == 5 && Pick(2) == 0)) {
        bytes += Number(static_cast<uint64_t>(field) << 3) + Number(random_() >> Pick(64));
      } else if (field < 4 || field == 5) {
        bytes += Delimited(field, Tensor());
      } else if (field == 6) {
        bytes += Delimited(field, Slice());
      } else {
        bytes += Fields(2);
      }
    }
    return bytes;
  }

  std::string Activation() {
    std::string bytes;
    for (int i = Pick(5); i > 0; --i) {
      switch (Pick(4)) {
        case 0:
          bytes += Delimited(1, Text());
          break;
        case 1:
          bytes += Number(3 << 3) + Number(static_cast<uint64_t>(Pick(3)));
          break;
        case 2:
          bytes += Delimited(2, Entry());
          break;
        default:
          bytes += Fields(1);
      }
    }
    return bytes;
  }

  std::string Entry() {
    std::string bytes;
    for (int i = Pick(4); i > 0; --i) {
      if (Pick(2) == 0) {
        bytes += Delimited(1, Pick(2) == 0 ? "slope" : "");
      } else if (Pick(5) > 0) {
        bytes += Number((2 << 3) + 1) + Bytes(8);
      } else {
        bytes += Fields(1);
      }
    }
    return bytes;
  }

  std::string Slice() {
    std::string bytes;
    for (int i = Pick(4); i > 0; --i) {
      if (Pick(2) == 0) {
        bytes += Delimited(1, Text());
      } else if (Pick(5) > 0) {
        bytes += Number(2 << 3) + Number(random_() >> Pick(64));
      } else {
        bytes += Fields(1);
      }
    }
    return bytes;
  }

  std::string Tensor() {
    std::string bytes;
    for (int i = Pick(6); i > 0; --i) {
      switch (Pick(6)) {
        case 0:
          bytes += Number(1 << 3) + Number(random_() >> Pick(64));
          break;
        case 1:
          bytes += Number(2 << 3) + Number(random_() >> Pick(64));
          break;
        case 2: {
          std::string packed;
          for (int k = Pick(4); k > 0; --k) packed += Number(random_() >> Pick(64));
          bytes += Delimited(2, packed);
          break;
        }
        case 3:
          bytes += Delimited(3, Bytes(Pick(20)));
          break;
        case 4:
          bytes += Delimited(4, Slice());
          break;
        default:
          bytes += Fields(1);
      }
    }
    return bytes;
  }

  // Fields of any number and type.
  std::string Fields(int depth) {
    std::string bytes;
    for (int i = Pick(3); i > 0; --i) {
      const int field = Pick(12) == 0 ? Pick(1 << 29) : 1 + Pick(6);
      const int type = Pick(20) == 0 ? Pick(8) : Pick(4);
      bytes += Number((static_cast<uint64_t>(field) << 3) + static_cast<uint64_t>(type));
      if (type == 0) bytes += Number(random_() >> Pick(64));
      if (type == 1) bytes += Bytes(8);
      if (type == 2) {
        const std::string inside = depth > 0 && Pick(2) == 0 ? Fields(depth - 1) : Bytes(Pick(9));
        bytes += Number(inside.size()) + inside;
      }
      if (type == 3) {
        if (depth > 0) bytes += Fields(depth - 1);
        bytes += Number((static_cast<uint64_t>(Pick(20) == 0 ? 7 : field) << 3) + 4);
      }
      if (type == 5) bytes += Bytes(4);
    }
    return bytes;
  }

  std::string Delimited(int field, const std::string& inside) {
    const int wrong = Pick(60) == 0 ? Pick(3) - 1 : 0;
    return Number((static_cast<uint64_t>(field) << 3) + 2) +
           Number(inside.size() + static_cast<uint64_t>(wrong)) + inside;
  }

  // Mostly as short as it can be.
  std::string Number(uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
    bytes += static_cast<char>(value);
    if (Pick(60) == 0) {
      for (int i = Pick(6); i >= 0; --i) {
        bytes.back() = static_cast<char>(bytes.back() | 0x80);
        bytes += static_cast<char>(Pick(3) == 0 ? Pick(256) : 0);
      }
    }
    return bytes;
  }

  std::string Text() {
    static const char* const kTexts[] = {"gelu", "", "gr\xc3\xbc\xc3\x9f", "\xff", "\xc3"};
    return kTexts[Pick(20) == 0 ? Pick(5) : Pick(3)];
  }

  std::string Bytes(int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(Pick(256));
    return bytes;
  }

  std::mt19937_64 random_{20261123};
};

std::string Escaped(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    text += "0123456789abcdef"[c & 15];
  }
  return text;
}

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
  Noise noise;
  int accepted = 0;
  int refused = 0;
  for (uint32_t round = 0; round < 200000; ++round) {
    const std::string bytes = noise.Request();
    const Direction direction = noise.Pick(4) == 0 ? Direction::kForward : Direction::kGradient;
    ASSERT_EQ(Differences(direction, bytes, round), "") << Escaped(bytes);
    ++(v1::GradientRequest().ParseFromString(bytes) ? accepted : refused);
  }
  EXPECT_GT(accepted, 20000);
  EXPECT_GT(refused, 20000);
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
