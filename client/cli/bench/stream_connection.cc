#include "client/cli/bench/stream_connection.h"

#include <utility>

namespace activation::cli {

using Lock = std::lock_guard<std::mutex>;

StreamConnection::StreamConnection(std::shared_ptr<grpc::Channel> channel, const char* method,
                                   grpc::CompletionQueue* queue)
    : stub_(std::move(channel)), method_(method), queue_(queue) {}

void StreamConnection::Send(WireCall* call) {
  const Lock lock(mutex_);
  waiting_.push_back(call);
  if (exchange_ == nullptr) return Open();
  MaybeWrite();
}

void StreamConnection::Open() {
  context_ = std::make_unique<grpc::ClientContext>();
  exchange_ = stub_.PrepareCall(context_.get(), method_, queue_);
  ended_ = half_closed_ = false;
  exchange_->StartCall(&started_);
}

void StreamConnection::MaybeWrite() {
  if (!ready_ || writing_ || half_closed_) return;
  if (waiting_.empty() && !finishing_) return;
  writing_ = true;
  if (waiting_.empty()) {
    half_closed_ = true;
    return exchange_->WritesDone(&written_);
  }
  WireCall* const call = waiting_.front();
  waiting_.pop_front();
  sent_.push_back(call);
  // What more is waiting goes into the same segment.
  grpc::WriteOptions options;
  if (!waiting_.empty()) options.set_buffer_hint();
  exchange_->Write(*call->request, options, &written_);
}

void StreamConnection::Proceed(Step step, bool ok, std::deque<WireCall*>* ended) {
  const Lock lock(mutex_);
  if (step == Step::kWritten) writing_ = false;
  if (step == Step::kFinished) ended_ = true;
  if (step == Step::kStarted || step == Step::kRead) {
    ready_ = ok;
    if (ok && step == Step::kRead) TakeReply(ended);
    if (ok) {
      exchange_->Read(&reply_, &read_);
    } else {
      exchange_->Finish(&status_, &finished_);
    }
  }
  MaybeWrite();
  if (ended_ && !writing_) Close(ended);
}

void StreamConnection::TakeReply(std::deque<WireCall*>* ended) {
  if (sent_.empty()) return;  // nobody asked; what it was for fails its check
  WireCall* const call = sent_.front();
  sent_.pop_front();
  call->reply.Swap(&reply_);
  call->status = grpc::Status::OK;
  ended->push_back(call);
}

void StreamConnection::Close(std::deque<WireCall*>* ended) {
  if (status_.ok()) {
    status_ = grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server ended the stream");
  }
  for (std::deque<WireCall*>* calls : {&sent_, &waiting_}) {
    for (WireCall* call : *calls) {
      call->status = status_;
      ended->push_back(call);
    }
    calls->clear();
  }
  exchange_.reset();
  context_.reset();
  ended_ = false;
}

void StreamConnection::Finish() {
  const Lock lock(mutex_);
  finishing_ = true;
  MaybeWrite();
}

void StreamConnection::Cancel() {
  const Lock lock(mutex_);
  if (context_ != nullptr) context_->TryCancel();
}

bool StreamConnection::open() const {
  const Lock lock(mutex_);
  return exchange_ != nullptr;
}

}  // namespace activation::cli
