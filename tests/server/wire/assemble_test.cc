// Tensors in several pieces: the same bits as in one, and what is copied for them.
#include "server/wire/assemble.h"

#include <gtest/gtest.h>

#include <future>
#include <random>
#include <string>
#include <vector>

#include "activation/v1/activation.pb.h"
#include "server/wire/reply.h"
#include "src/backends/cpu/cpu_backend.h"
#include "tests/fuzz/slicing.h"

namespace activation::wire {
namespace {

constexpr int kElements = 10000;

std::string RandomBytes(size_t size) {
  std::mt19937 random(static_cast<uint32_t>(size));
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

void Fill(v1::DType dtype, int size, v1::Tensor* tensor) {
  tensor->set_dtype(dtype);
  tensor->add_shape(kElements);
  tensor->set_data(RandomBytes(static_cast<size_t>(size) * kElements));
}

v1::GradientRequest Request(const std::string& function, v1::DType dtype, int size) {
  v1::GradientRequest request;
  v1::GradientItem* item = request.add_items();
  item->mutable_activation()->set_function(function);
  Fill(dtype, size, item->mutable_x());
  Fill(dtype, size, item->mutable_dy());
  return request;
}

struct Outcome {
  std::string reply;
  size_t copied_bytes;
  bool timed;  // copying of tensors
  size_t evaluations;
  size_t room;  // for evaluations
};

Outcome Evaluate(Pieces pieces) {
  absl::StatusOr<Batch> batch = Decode(Direction::kGradient, pieces, Limits());
  EXPECT_TRUE(batch.ok()) << batch.status();
  const size_t to_gather = BytesToGather(*batch);
  Reply reply(&*batch);
  EXPECT_GE(batch->copied_bytes, to_gather);
  std::promise<absl::Status> done;
  MakeCpuBackend(1)->Run(
      batch->evaluations, [] { return absl::OkStatus(); },
      [&done](const absl::Status& status) { done.set_value(status); });
  EXPECT_TRUE(done.get_future().get().ok());
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(reply.Finish().Dump(&slices).ok());
  Outcome outcome{"", batch->copied_bytes, batch->copying.has_value(), batch->evaluations.size(),
                  batch->evaluations.capacity()};
  for (const grpc::Slice& slice : slices) outcome.reply.append(slice.begin(), slice.end());
  return outcome;
}

struct Case {
  v1::DType dtype;
  int size;
};

class AssembleTest : public testing::TestWithParam<Case> {};

TEST_P(AssembleTest, CutItemsHaveTheSameBitsAndCopyOnlySplitElements) {
  const std::string bytes = Request("gelu", GetParam().dtype, GetParam().size).SerializeAsString();
  const Outcome whole = Evaluate(Slicing(bytes).pieces());
  EXPECT_EQ(whole.copied_bytes, 0u);
  EXPECT_FALSE(whole.timed);
  EXPECT_EQ(whole.evaluations, 1u);
  size_t copied = 0;
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    const Slicing slicing(bytes, 9000, seed);
    const Outcome outcome = Evaluate(slicing.pieces());
    EXPECT_TRUE(outcome.reply == whole.reply) << seed;
    EXPECT_GT(outcome.evaluations, 1u);
    EXPECT_LE(outcome.copied_bytes, 8 * slicing.pieces().size());
    copied += outcome.copied_bytes;
  }
  EXPECT_GT(copied, 0u);
}

INSTANTIATE_TEST_SUITE_P(DTypes, AssembleTest,
                         testing::Values(Case{v1::DTYPE_F32, 4}, Case{v1::DTYPE_F64, 8},
                                         Case{v1::DTYPE_F16, 2}, Case{v1::DTYPE_BF16, 2}));

TEST(AssembleTest, PiecesThatEndBetweenElementsAreNotCopied) {
  v1::GradientRequest request = Request("gelu", v1::DTYPE_F32, 4);
  request.mutable_items(0)->clear_dy();
  const std::string bytes = request.SerializeAsString();
  const size_t begin = bytes.size() - size_t{4} * kElements;
  std::vector<absl::string_view> pieces = {absl::string_view(bytes).substr(0, begin + 4096)};
  for (size_t at = begin + 4096; at < bytes.size(); at += 4096) {
    pieces.push_back(absl::string_view(bytes).substr(at, 4096));
  }
  const Outcome outcome = Evaluate(pieces);
  EXPECT_EQ(outcome.copied_bytes, 0u);
  EXPECT_EQ(outcome.evaluations, pieces.size());
  EXPECT_EQ(outcome.room, pieces.size());
  EXPECT_TRUE(outcome.reply == Evaluate(Slicing(bytes).pieces()).reply);
}

TEST(AssembleTest, ANameInTwoPiecesIsNoTensorCopied) {
  v1::GradientRequest request = Request("gelu", v1::DTYPE_F32, 4);
  request.mutable_items(0)->clear_dy();
  const std::string bytes = request.SerializeAsString();
  const absl::string_view all = bytes;
  const size_t in_name = bytes.find("gelu") + 2;
  const size_t in_tensor = bytes.size() - size_t{4} * kElements + 4096;
  const std::vector<absl::string_view> whole_tensor = {all.substr(0, in_name), all.substr(in_name)};
  const std::vector<absl::string_view> cut_tensor = {
      all.substr(0, in_name), all.substr(in_name, in_tensor - in_name), all.substr(in_tensor)};
  for (const auto& pieces : {whole_tensor, cut_tensor}) {
    const Outcome outcome = Evaluate(pieces);
    EXPECT_EQ(outcome.copied_bytes, 4u);
    EXPECT_FALSE(outcome.timed);
  }
}

// Whatever looks at more than one element at a time, or would be cut too finely.
TEST(AssembleTest, OthersAreGathered) {
  v1::GradientRequest rows = Request("softmax", v1::DTYPE_F32, 4);
  v1::GradientRequest sums = Request("swish", v1::DTYPE_F32, 4);
  sums.mutable_items(0)->set_parameter_gradients(true);
  const v1::GradientRequest fine = Request("gelu", v1::DTYPE_F32, 4);
  v1::GradientRequest statistics = Request("swish", v1::DTYPE_F32, 4);
  statistics.mutable_items(0)->set_statistics(true);
  for (const v1::GradientRequest& request : {rows, sums, fine, statistics}) {
    const std::string bytes = request.SerializeAsString();
    const size_t longest = request.items(0).activation().function() == "gelu" ? 100 : 9000;
    const Slicing cut(bytes, longest, 7);
    const Outcome outcome = Evaluate(cut.pieces());
    EXPECT_EQ(outcome.evaluations, 1u);
    EXPECT_EQ(outcome.room, 1u) << "where pieces are not cut at, they need no evaluations";
    EXPECT_GE(outcome.copied_bytes, 2u * 4 * kElements);
    EXPECT_LE(outcome.copied_bytes, 2u * 4 * kElements + 20);
    EXPECT_TRUE(outcome.timed);
    EXPECT_TRUE(outcome.reply == Evaluate(Slicing(bytes).pieces()).reply);
  }
}

TEST(AssembleTest, OnlyTheScatteredItemsOfABatchAreTouched) {
  v1::GradientRequest request = Request("gelu", v1::DTYPE_F32, 4);
  *request.add_items() = request.items(0);
  *request.add_items() = Request("softmax", v1::DTYPE_F32, 4).items(0);
  const std::string bytes = request.SerializeAsString();
  const absl::string_view all = bytes;
  const size_t third = bytes.size() - size_t{4} * kElements - 1000;
  const std::vector<absl::string_view> pieces = {all.substr(0, 5003),
                                                 all.substr(5003, third - 5003), all.substr(third)};
  const Outcome outcome = Evaluate(pieces);
  EXPECT_TRUE(outcome.reply == Evaluate(Slicing(bytes).pieces()).reply);
  EXPECT_GE(outcome.evaluations, 4u);
  EXPECT_LE(outcome.copied_bytes, 4u * kElements + 8);
}

}  // namespace
}  // namespace activation::wire
