// One ModelInferRequest, unary or of a stream: what it says, from its bytes to the
// header of its reply. Thread-compatible.
// In the way of a request: Work::Take -> InferTask::Lay -> Work::Submit.
#ifndef ACTIVATION_SERVER_INFERENCE_INFER_TASK_H_
#define ACTIVATION_SERVER_INFERENCE_INFER_TASK_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/inference/decode.h"
#include "server/inference/named_regions.h"
#include "server/inference/reply_header.h"
#include "server/inference/request_fields.h"
#include "server/inference/statistics.h"
#include "server/wire/pieces.h"
#include "server/work.h"

namespace activation::inference {

// What the calls of the service share; outlives them.
struct InferEnvironment {
  CallEnvironment calls;
  Statistics& statistics;
  NamedRegions& regions;
};

class InferTask {
 public:
  explicit InferTask(InferEnvironment environment) : environment_(environment) {}

  // Reads the id and nothing else of a request for which there is no room.
  void TakeId(wire::Pieces request) { refused_id_ = ReadId(request); }

  // Decodes the work's request and lays out its reply.
  absl::Status Lay(ReplyForm form, Work* work);

  // An error with the protocol's names: what the own API has in `items` comes in
  // `raw_input_contents` here.
  static absl::Status AsProtocolSays(const absl::Status& status);

  // Counts what became of it.
  void Ended(const Work& work, const absl::Status& status);

  // The request's id, as far as it was read.
  absl::string_view id() const { return refused_id_.empty() ? fields_.id : refused_id_; }

 private:
  const InferEnvironment environment_;
  RequestFields fields_;
  std::string refused_id_;
  // Once it is known.
  std::optional<Model> model_;
};

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_INFER_TASK_H_
