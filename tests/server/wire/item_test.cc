// The hand-made reader against protobuf's parser: the same bytes accepted, the
// same fields seen.
#include "server/wire/item.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>

#include "activation/v1/activation.pb.h"
#include "server/logging.h"

namespace activation::wire {
namespace {

void Store(const SliceField& from, v1::SharedMemorySlice* to) {
  to->set_region(std::string(from.region));
  to->set_offset(from.offset);
}

void Store(const TensorField& from, v1::Tensor* to) {
  to->set_dtype(static_cast<v1::DType>(from.dtype));
  to->mutable_shape()->Add(from.shape.begin(), from.shape.end());
  EXPECT_EQ(from.rank, from.shape.size());
  if (from.data) to->set_data(std::string(*from.data));
  if (from.shared_memory) Store(*from.shared_memory, to->mutable_shared_memory());
}

void Store(const Item& from, v1::GradientItem* to) {
  if (from.activation) {
    v1::Activation* activation = to->mutable_activation();
    activation->set_function(std::string(from.activation->function));
    for (const auto& [name, value] : from.activation->parameters) {
      (*activation->mutable_parameters())[std::string(name)] = value;
    }
    activation->set_tier(static_cast<v1::Tier>(from.activation->tier));
  }
  if (from.x) Store(*from.x, to->mutable_x());
  if (from.dy) Store(*from.dy, to->mutable_dy());
  if (from.weight) Store(*from.weight, to->mutable_weight());
  if (from.output) Store(*from.output, to->mutable_output());
  to->set_parameter_gradients(from.parameter_gradients);
}

// As our reader sees the request.
std::optional<v1::GradientRequest> Read(const std::string& bytes) {
  Limits limits;
  limits.max_rank = 1000;
  v1::GradientRequest request;
  Reader reader(bytes);
  while (!reader.AtEnd()) {
    uint32_t tag;
    if (!reader.ReadTag(&tag)) return std::nullopt;
    if (tag == BytesTag(v1::GradientRequest::kItemsFieldNumber)) {
      Item item;
      if (!ReadItem(Direction::kGradient, limits, &reader, &item)) return std::nullopt;
      Store(item, request.add_items());
    } else if (!reader.Skip(tag)) {
      return std::nullopt;
    }
  }
  return request;
}

// The same text for the same fields, whatever the order of a map.
std::string Canonical(const v1::GradientRequest& request) {
  std::string text;
  google::protobuf::io::StringOutputStream stream(&text);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  request.SerializeToCodedStream(&out);
  out.Trim();
  return text;
}

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
      const int field = 1 + Pick(7);
      if (field == 1) {
        bytes += Delimited(1, Activation());
      } else if (field < 4 || field == 5) {
        bytes += Delimited(field, Tensor());
      } else if (field == 4) {
        bytes += Number(field << 3) + Number(random_() >> Pick(64));
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

TEST(ItemTest, ReadsWhatProtobufReads) {
  // Protobuf says a line for each name that is not UTF-8.
  StartLogging(LogFormat::kText, "info");
  Noise noise;
  int accepted = 0;
  int refused = 0;
  for (int round = 0; round < 200000; ++round) {
    const std::string bytes = noise.Request();
    v1::GradientRequest wanted;
    const bool valid = wanted.ParseFromString(bytes);
    const std::optional<v1::GradientRequest> read = Read(bytes);
    ASSERT_EQ(read.has_value(), valid) << Escaped(bytes);
    ++(valid ? accepted : refused);
    if (!valid) continue;
    wanted.DiscardUnknownFields();
    ASSERT_EQ(Canonical(*read), Canonical(wanted)) << Escaped(bytes);
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
    EXPECT_EQ(Read(bytes).has_value(), v1::GradientRequest().ParseFromString(bytes)) << depth;
    EXPECT_EQ(Read(groups).has_value(), v1::GradientRequest().ParseFromString(groups)) << depth;
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
  Reader reader(bytes);
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
  Reader reader(bytes);
  uint32_t tag;
  ASSERT_TRUE(reader.ReadTag(&tag));
  Item read;
  ASSERT_TRUE(ReadItem(Direction::kForward, Limits(), &reader, &read));
  EXPECT_FALSE(read.dy.has_value());
  EXPECT_FALSE(read.parameter_gradients);
}

}  // namespace
}  // namespace activation::wire
