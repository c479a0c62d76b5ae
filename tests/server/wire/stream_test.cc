// The messages of a stream against protobuf's own reading of them.
#include "server/wire/stream.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/strings/escaping.h"
#include "activation/v1/activation.pb.h"
#include "server/logging.h"
#include "server/wire/message.h"
#include "src/base/errors.h"
#include "tests/fuzz/slicing.h"
#include "tests/fuzz/stream_check.h"

namespace activation::wire {
namespace {

v1::StreamRequest RandomRequest(std::mt19937& random) {
  v1::StreamRequest request;
  if (random() % 2 == 0) request.set_id(random() % 3 == 0 ? random() % 100 : ~uint64_t{random()});
  request.set_may_overtake(random() % 2 == 0);
  request.set_more(random() % 2 == 0);
  const unsigned choice = random() % 3;
  if (choice == 0) return request;
  v1::Tensor x;
  x.set_dtype(v1::DTYPE_F32);
  x.add_shape(random() % 4);
  x.set_data(std::string(static_cast<size_t>(4 * x.shape(0)), 'x'));
  if (choice == 1) {
    request.mutable_forward()->mutable_activation()->set_function("relu");
    *request.mutable_forward()->mutable_x() = x;
  } else {
    request.mutable_gradient()->mutable_activation()->set_function("relu");
    *request.mutable_gradient()->mutable_x() = x;
    if (random() % 2 == 0) *request.mutable_gradient()->mutable_dy() = x;
  }
  return request;
}

// Two messages behind each other are one, merged; a changed byte makes of it what it may.
std::string RandomBytes(std::mt19937& random) {
  std::string bytes = RandomRequest(random).SerializeAsString();
  if (random() % 2 == 0) bytes += RandomRequest(random).SerializeAsString();
  if (random() % 3 == 0 && !bytes.empty()) {
    bytes[random() % bytes.size()] = static_cast<char>(random());
  }
  if (random() % 5 == 0) bytes.resize(random() % (bytes.size() + 1));
  return bytes;
}

void ExpectSame(const StreamItem& item, const v1::StreamRequest& request) {
  EXPECT_EQ(item.mark.id, request.id());
  EXPECT_EQ(item.mark.more, request.more());
  EXPECT_EQ(item.may_overtake, request.may_overtake());
}

TEST(StreamItemTest, ReadsWhatProtobufReads) {
  // Protobuf complains to the log of every name that is no UTF-8.
  StartLogging(LogFormat::kText, "info");
  std::mt19937 random(11);
  int accepted = 0;
  for (int round = 0; round < 100000; ++round) {
    const std::string bytes = RandomBytes(random);
    accepted += v1::StreamRequest().ParseFromString(bytes) ? 1 : 0;
    // In one piece and in many.
    const Slicing slicing(bytes, 1 + round % 16, round % 2 == 0 ? 0 : random());
    ASSERT_EQ(StreamDifferenceFromProtobuf(bytes, slicing.pieces()), "")
        << absl::BytesToHexString(bytes);
  }
  EXPECT_GT(accepted, 25000);
}

TEST(StreamItemTest, TheEnvelopePassesOverTheItem) {
  v1::StreamRequest request;
  request.set_id(300);
  request.set_more(true);
  request.mutable_forward()->mutable_activation()->set_function("relu");
  const std::string bytes = request.SerializeAsString();
  const absl::StatusOr<StreamItem> envelope = ReadEnvelope(Slicing(bytes, 1, 0).pieces());
  ASSERT_TRUE(envelope.ok());
  ExpectSame(*envelope, request);
  EXPECT_FALSE(envelope->direction.has_value());
  EXPECT_FALSE(ReadEnvelope(Slicing(bytes.substr(0, bytes.size() - 3)).pieces()).ok());
}

TEST(StreamItemTest, AnItemInPiecesIsTheItemInOne) {
  v1::StreamRequest request;
  request.mutable_forward()->mutable_activation()->set_function("leaky_relu");
  (*request.mutable_forward()->mutable_activation()->mutable_parameters())["slope"] = 0.5;
  v1::Tensor& x = *request.mutable_forward()->mutable_x();
  x.set_dtype(v1::DTYPE_F32);
  x.add_shape(100);
  x.set_data(std::string(400, 'x'));
  const std::string bytes = request.SerializeAsString();
  // Names are split, and so is the tensor.
  const Slicing slicing(bytes, 3, 0);
  absl::StatusOr<StreamItem> item = ReadStreamItem(slicing.pieces(), Limits());
  ASSERT_TRUE(item.ok());
  absl::StatusOr<Batch> batch = Decode(*std::move(item), {slicing.pieces()}, Limits());
  ASSERT_TRUE(batch.ok()) << batch.status();
  Reply reply(StreamMark{}, &*batch);
  ASSERT_EQ(batch->evaluations.size(), 1u);
  EXPECT_EQ(batch->evaluations[0].params.values[0], 0.5);
  EXPECT_EQ(std::string(static_cast<const char*>(batch->evaluations[0].x), 400), x.data());
}

TEST(StreamReplyTest, CarriesTheMarkAndTheResult) {
  v1::StreamRequest request;
  request.mutable_gradient()->mutable_activation()->set_function("leaky_relu");
  request.mutable_gradient()->set_parameter_gradients(true);
  request.mutable_gradient()->set_statistics(true);
  v1::Tensor& x = *request.mutable_gradient()->mutable_x();
  x.set_dtype(v1::DTYPE_F32);
  x.add_shape(1);
  x.set_data("1234");
  const std::string bytes = request.SerializeAsString();
  for (const StreamMark mark : {StreamMark{}, StreamMark{~uint64_t{0}, true}}) {
    const Slicing slicing(bytes);
    absl::StatusOr<Batch> batch =
        Decode(*ReadStreamItem(slicing.pieces(), Limits()), {slicing.pieces()}, Limits());
    ASSERT_TRUE(batch.ok());
    Reply reply(mark, &*batch);
    batch->evaluations[0].parameter_gradients[0] = 2.5;
    batch->evaluations[0].statistics->mean = 0.75;
    std::fill_n(static_cast<char*>(batch->evaluations[0].out), 4, 'y');
    grpc::ByteBuffer buffer = reply.Finish();
    v1::StreamResponse response;
    ASSERT_TRUE(Parse(&buffer, buffer.Length(), &response).ok());
    EXPECT_EQ(response.id(), mark.id);
    EXPECT_EQ(response.more(), mark.more);
    EXPECT_EQ(response.gradient().dx().data(), "yyyy");
    EXPECT_EQ(response.gradient().parameter_gradients().at("slope"), 2.5);
    EXPECT_EQ(response.gradient().statistics().mean(), 0.75);
  }
}

TEST(StreamReplyTest, ErrorsSayAllThatTheyKnow) {
  grpc::ByteBuffer buffer =
      ErrorReply({7, true}, TooManyBytesInFlight(5, 4, 8, absl::Microseconds(1500)));
  v1::StreamResponse response;
  ASSERT_TRUE(Parse(&buffer, buffer.Length(), &response).ok());
  EXPECT_EQ(response.id(), 7u);
  EXPECT_TRUE(response.more());
  EXPECT_EQ(response.error().code(), 8);
  EXPECT_EQ(response.error().retry_delay_ms(), 2);
  EXPECT_NE(response.error().message(), "");
  buffer = ErrorReply({}, InvalidField("forward.x", "is required"));
  ASSERT_TRUE(Parse(&buffer, buffer.Length(), &response).ok());
  EXPECT_EQ(response.error().field(), "forward.x");
}

}  // namespace
}  // namespace activation::wire
