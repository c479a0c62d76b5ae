#include "server/inference/infer_task.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "src/base/errors.h"
#include "src/base/limits.h"

namespace activation::inference {

absl::Status InferTask::Lay(ReplyForm form, Work* work) {
  const Limits& limits = environment_.calls.engine.limits();
  absl::Status read = ReadRequest(work->request(), limits, &fields_);
  if (const size_t size = fields_.id.size(); size > kMaxRequestIdBytes) {
    fields_.id = {};  // not for an error's reply either
    return InvalidField(
        "id", absl::StrCat("has ", size, " bytes, above the limit of ", kMaxRequestIdBytes));
  }
  if (!read.ok()) return read;
  const absl::StatusOr<Model> model = FindModel(fields_.model_name, fields_.model_version);
  if (!model.ok()) return model.status();
  model_ = *model;
  NamedResolver regions(environment_.regions, work->regions());
  absl::StatusOr<Inference> inference =
      work->Decoded([&] { return Decode(*model, fields_, limits, &regions); });
  if (!inference.ok()) return inference.status();
  const std::string header = ReplyHeader(fields_, *inference, form);
  return work->Lay(header, std::move(inference->batch));
}

absl::Status InferTask::AsProtocolSays(const absl::Status& status) {
  return FieldOf(status) == "items" ? Renamed(status, "raw_input_contents") : status;
}

void InferTask::Ended(const Work& work, const absl::Status& status) {
  if (!model_.has_value()) return;
  if (status.ok()) {
    environment_.statistics.Answered(*model_, work.times(), work.Elapsed());
  } else {
    environment_.statistics.Failed(*model_, status, work.Elapsed());
  }
}

}  // namespace activation::inference
