#include "activation/stream.h"

#include <utility>

#include "client/src/stream_session.h"

namespace activation::client {
namespace {

template <class Item>
std::future<absl::Status> SubmitForLater(StreamSession& session, Item item) {
  auto promise = std::make_shared<std::promise<absl::Status>>();
  auto future = promise->get_future();
  session.Submit(std::move(item),
                 [promise](absl::Status status) { promise->set_value(std::move(status)); });
  return future;
}

}  // namespace

Stream::Stream(const ClientOptions& options, StreamOptions stream_options)
    : session_(std::make_unique<StreamSession>(options, stream_options)) {}

Stream::~Stream() { session_->Cancel(); }

void Stream::Submit(ForwardItem item, Done done) {
  session_->Submit(std::move(item), std::move(done));
}

void Stream::Submit(GradientItem item, Done done) {
  session_->Submit(std::move(item), std::move(done));
}

std::future<absl::Status> Stream::Submit(ForwardItem item) {
  return SubmitForLater(*session_, std::move(item));
}

std::future<absl::Status> Stream::Submit(GradientItem item) {
  return SubmitForLater(*session_, std::move(item));
}

absl::Status Stream::Finish() { return session_->Finish(); }

}  // namespace activation::client
