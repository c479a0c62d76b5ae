// One ModelInfer call.
// In the way of a request: UnaryCall -> InferTask -> Work.
#ifndef ACTIVATION_SERVER_INFERENCE_INFER_CALL_H_
#define ACTIVATION_SERVER_INFERENCE_INFER_CALL_H_

#include "server/inference/infer_task.h"
#include "server/unary_call.h"

namespace activation::inference {

class InferCall final : public UnaryCall {
 public:
  InferCall(const InferEnvironment& environment, grpc::CallbackServerContext* context,
            grpc::ByteBuffer* request_bytes, grpc::ByteBuffer* response)
      : UnaryCall(environment.calls, Method::kModelInfer, context, request_bytes, response),
        task_(environment) {}

 private:
  ~InferCall() override = default;

  absl::Status Lay(Work* work) override { return task_.Lay(ReplyForm::kUnary, work); }
  absl::Status AsProtocolSays(const absl::Status& status) const override {
    return InferTask::AsProtocolSays(status);
  }
  void Ended(const Work& work, const absl::Status& status) override { task_.Ended(work, status); }

  InferTask task_;
};

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_INFER_CALL_H_
