// A stream of raw messages in both directions, cancelled where it was not finished.
#ifndef ACTIVATION_TESTS_INTEGRATION_RAW_STREAM_H_
#define ACTIVATION_TESTS_INTEGRATION_RAW_STREAM_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/sync_stream.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <string>

namespace activation {

class RawStream {
 public:
  RawStream(grpc::Channel& channel, const char* method)
      : rpc_(method, grpc::internal::RpcMethod::BIDI_STREAMING),
        stream_(
            grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
                &channel, rpc_, &context_)) {}
  ~RawStream() {
    context_.TryCancel();
    if (!finished_) stream_->Finish();
  }

  bool Write(const std::string& bytes) {
    const grpc::Slice slice(bytes);
    return Write(grpc::ByteBuffer(&slice, 1));
  }
  bool Write(const grpc::ByteBuffer& bytes) { return stream_->Write(bytes); }

  // The next message, or "closed".
  std::string Read() {
    grpc::ByteBuffer bytes;
    if (!stream_->Read(&bytes)) return "closed";
    grpc::Slice slice;
    if (!bytes.DumpToSingleSlice(&slice).ok()) return "unreadable";
    return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
  }

  // Once all has been read.
  grpc::Status Finish() {
    finished_ = true;
    return stream_->Finish();
  }

  // What came with its end, once it is finished.
  bool SaysWhenToRetry() const {
    return context_.GetServerTrailingMetadata().count("grpc-retry-pushback-ms") == 1;
  }

 private:
  grpc::ClientContext context_;
  const grpc::internal::RpcMethod rpc_;
  std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream_;
  bool finished_ = false;
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_INTEGRATION_RAW_STREAM_H_
