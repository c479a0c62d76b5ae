#include "server/inference/decode.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/wire/shape.h"
#include "src/base/errors.h"
#include "src/functions/catalogue.h"

namespace activation::inference {
namespace {

// An input with what has been found out about it.
struct Input {
  const InputField* field = nullptr;
  std::optional<RegionSlice> slice;
  std::optional<wire::Payload> raw;

  DType dtype = DType::kF32;
  size_t count = 0;
  wire::Payload data;
};

class Decoder {
 public:
  Decoder(const Model& model, const RequestFields& fields, const Limits& limits,
          wire::SliceResolver* regions)
      : fields_(fields), limits_(limits), regions_(regions) {
    inference_.model = model;
    inference_.batch.direction = model.direction;
  }

  absl::StatusOr<Inference> Run() {
    Evaluation& evaluation = inference_.batch.evaluations.emplace_back();
    evaluation.function = inference_.model.function;
    evaluation.direction = inference_.model.direction;
    absl::Status status = DecodeParameters(&evaluation);
    if (status.ok()) status = NameInputs();
    if (status.ok()) status = PairRawContents();
    if (status.ok()) status = DecodeX(&evaluation);
    if (status.ok()) status = DecodeWeight(&evaluation);
    if (status.ok()) status = DecodeDy(&evaluation);
    if (status.ok()) status = DecodeOutput(&evaluation);
    if (!status.ok()) return status;
    NoteScattered();
    return std::move(inference_);
  }

 private:
  const FunctionInfo& Info() const { return Catalogue()[inference_.model.function]; }

  absl::Status DecodeParameters(Evaluation* evaluation) {
    const FunctionInfo& info = Info();
    NamedValues given;
    for (size_t i = 0; i < ParamCount(info); ++i) {
      const ParameterValue* const value = fields_.parameters.Find(info.params[i].name);
      if (value == nullptr) continue;
      const absl::StatusOr<double> number = NumberOf(info.params[i].name, *value);
      if (!number.ok()) return number.status();
      given.emplace(info.params[i].name, *number);
    }
    const absl::StatusOr<Params> params = ResolveParams(evaluation->function, given);
    if (!params.ok()) return params.status();
    evaluation->params = *params;
    const ParameterValue* const tier = fields_.parameters.Find("tier");
    if (tier == nullptr) return absl::OkStatus();
    const auto* const name = std::get_if<absl::string_view>(tier);
    const std::optional<Tier> known = name == nullptr ? std::nullopt : ParseTier(*name);
    if (!known.has_value()) {
      return InvalidField("parameters[\"tier\"]", "must be the string `exact` or `fast`");
    }
    evaluation->tier = *known;
    return absl::OkStatus();
  }

  // Finds the place of each tensor among those that the model takes.
  absl::Status NameInputs() {
    if (fields_.input_count > kMaxInputs) {
      return InvalidField("inputs",
                          absl::StrCat("has ", fields_.input_count, " tensors; ",
                                       NameOf(inference_.model), " takes ", NamesOfInputs()));
    }
    for (size_t i = 0; i < fields_.inputs.size(); ++i) {
      const InputField& field = fields_.inputs[i];
      Input* const input = InputNamed(field.name);
      const std::string path = absl::StrCat("inputs[", i, "].name");
      if (input == nullptr) {
        return InvalidField(path, absl::StrCat("is no input of ", NameOf(inference_.model),
                                               ", which takes ", NamesOfInputs()));
      }
      if (input->field != nullptr) return InvalidField(path, "comes twice");
      input->field = &field;
      absl::StatusOr<std::optional<RegionSlice>> slice = DecodeSlice(field.parameters);
      if (!slice.ok()) return Within(*input, slice.status());
      input->slice = *slice;
    }
    return absl::OkStatus();
  }

  std::string NamesOfInputs() const {
    return absl::StrJoin(InputsOf(inference_.model), ", ",
                         [](std::string* out, const ModelInput& input) { *out += input.name; });
  }

  Input* InputNamed(absl::string_view name) {
    if (name == "x") return &x_;
    if (name == "dy" && inference_.model.direction == Direction::kGradient) return &dy_;
    if (name == "weight" && Info().kind == Kind::kPerChannel) return &weight_;
    return nullptr;
  }

  // Gives each input that is not in shared memory its entry.
  absl::Status PairRawContents() {
    size_t next = 0;
    bool typed = false;
    for (const InputField& field : fields_.inputs) {
      Input* const input = InputNamed(field.name);
      typed = typed || HasTypedContents(field);
      if (input->slice.has_value()) {
        if (!HasTypedContents(field)) continue;
        return Within(*input, InvalidField("contents", "must be absent beside shared memory"));
      }
      if (next < fields_.raw.size()) input->raw = fields_.raw[next];
      ++next;
    }
    if (fields_.raw_count == 0) return absl::OkStatus();
    if (typed) {
      return InvalidField("raw_input_contents", "must be absent beside typed contents");
    }
    if (fields_.raw_count != next) {
      return InvalidField("raw_input_contents",
                          absl::StrCat("has ", fields_.raw_count, " entries; ", next,
                                       " inputs are not in shared memory"));
    }
    return absl::OkStatus();
  }

  static absl::Status Within(const Input& input, const absl::Status& status) {
    return activation::Within(absl::StrCat("inputs[\"", input.field->name, "\"]."), status);
  }

  absl::Status DecodeTensor(Input* input) {
    const absl::StatusOr<DType> dtype = DecodeDatatype(input->field->datatype);
    if (!dtype.ok()) return dtype.status();
    input->dtype = *dtype;
    const absl::StatusOr<size_t> count = wire::CountElements(*input->field, limits_);
    if (!count.ok()) return count.status();
    input->count = *count;
    return DecodeElements(*count * SizeOf(*dtype), input);
  }

  absl::Status DecodeElements(size_t wanted, Input* input) {
    if (input->slice.has_value()) {
      if (input->slice->bytes != wanted) {
        return InvalidField(
            ParameterPath(kRegionBytes),
            absl::StrCat("is ", input->slice->bytes, "; the tensor has ", wanted, " bytes"));
      }
      const absl::StatusOr<std::byte*> place = Resolve(*input->slice, wanted);
      if (!place.ok()) return place.status();
      input->data = {{reinterpret_cast<const char*>(*place), wanted}, 0, wanted};
      return absl::OkStatus();
    }
    const bool raw = input->raw.has_value();
    const absl::StatusOr<wire::Payload> bytes =
        raw ? *input->raw : DecodeContents(*input->field, input->dtype);
    if (!bytes.ok()) return bytes.status();
    if (!raw && input->field->contents.has_value()) {
      inference_.batch.gathered_bytes += input->field->contents->gathered_bytes();
    }
    if (bytes->size != wanted) {
      return InvalidField(
          raw ? "raw_input_contents" : "contents",
          absl::StrCat("has ", bytes->size, " bytes; ", input->count, " elements of ",
                       DatatypeOf(input->dtype), " need ", wanted));
    }
    input->data = *bytes;
    return absl::OkStatus();
  }

  static std::string ParameterPath(absl::string_view name) {
    return absl::StrCat("parameters[\"", name, "\"]");
  }

  // Where the slice lies, all of which must be there; `used` bytes of it are.
  absl::StatusOr<std::byte*> Resolve(const RegionSlice& slice, size_t used) {
    absl::StatusOr<std::byte*> place = regions_->Resolve(slice.region, slice.offset, slice.bytes);
    if (place.ok()) {
      inference_.batch.shared_bytes += used;
      return place;
    }
    const std::string field = FieldOf(place.status());
    if (field.empty()) return place.status();
    return Renamed(place.status(), ParameterPath(field == "offset" ? kRegionOffset : kRegion));
  }

  absl::Status DecodeX(Evaluation* evaluation) {
    if (x_.field == nullptr) return InvalidField("inputs[\"x\"]", "is required");
    absl::Status status = DecodeTensor(&x_);
    if (!status.ok()) return Within(x_, status);
    evaluation->dtype = x_.dtype;
    evaluation->count = x_.count;
    evaluation->x = wire::Where(x_.data);
    const absl::StatusOr<Layout> layout =
        ResolveLayout(evaluation->function, evaluation->params, x_.field->shape);
    if (!layout.ok()) {
      const bool shape = FieldOf(layout.status()) == "x.shape";
      return Renamed(layout.status(), shape ? "inputs[\"x\"].shape" : ParameterPath("axis"));
    }
    evaluation->layout = *layout;
    y_shape_ = wire::ResultShape(*evaluation, x_.field->shape);
    const bool forward = evaluation->direction == Direction::kForward;
    inference_.batch.shapes.push_back(forward ? y_shape_ : x_.field->shape);
    return absl::OkStatus();
  }

  absl::Status DecodeBesideX(Input* input) {
    if (input->field->datatype != x_.field->datatype) {
      return InvalidField("datatype", "must be that of x");
    }
    return DecodeTensor(input);
  }

  absl::Status DecodeWeight(Evaluation* evaluation) {
    if (Info().kind != Kind::kPerChannel) return absl::OkStatus();
    if (weight_.field == nullptr) return InvalidField("inputs[\"weight\"]", "is required");
    const absl::Status status = DecodeBesideX(&weight_);
    if (!status.ok()) return Within(weight_, status);
    const absl::Status count = wire::CheckWeightCount(weight_.count, *evaluation);
    if (!count.ok()) return Within(weight_, count);
    evaluation->weight = wire::Where(weight_.data);
    evaluation->weight_count = weight_.count;
    return absl::OkStatus();
  }

  absl::Status DecodeDy(Evaluation* evaluation) {
    if (dy_.field == nullptr) return absl::OkStatus();
    absl::Status status = wire::CheckDy(*dy_.field, y_shape_, x_.field->shape);
    if (status.ok()) status = DecodeBesideX(&dy_);
    if (!status.ok()) return Within(dy_, status);
    evaluation->dy = wire::Where(dy_.data);
    return absl::OkStatus();
  }

  absl::Status DecodeOutput(Evaluation* evaluation) {
    const char* const name = OutputOf(inference_.model);
    if (fields_.output_count == 0) return absl::OkStatus();
    const OutputField& output = fields_.outputs.front();
    if (fields_.output_count > kMaxOutputs || output.name != name) {
      return InvalidField("outputs", absl::StrCat(NameOf(inference_.model), " gives ", name,
                                                  " and no other tensor"));
    }
    const std::string path = absl::StrCat("outputs[\"", name, "\"].");
    if (output.parameters.Find("classification") != nullptr) {
      return UnsupportedField(absl::StrCat(path, ParameterPath("classification")),
                              "results are tensors and no classes");
    }
    const absl::StatusOr<std::optional<RegionSlice>> slice = DecodeSlice(output.parameters);
    if (!slice.ok()) return activation::Within(path, slice.status());
    if (!slice->has_value()) return absl::OkStatus();
    return activation::Within(path, DecodeOutputSlice(**slice, evaluation));
  }

  absl::Status DecodeOutputSlice(RegionSlice slice, Evaluation* evaluation) {
    const size_t wanted = OutputCount(*evaluation) * SizeOf(evaluation->dtype);
    if (slice.bytes < wanted) {
      return InvalidField(ParameterPath(kRegionBytes),
                          absl::StrCat("is ", slice.bytes, "; the tensor has ", wanted, " bytes"));
    }
    const absl::StatusOr<std::byte*> place = Resolve(slice, wanted);
    if (!place.ok()) return place.status();
    slice.bytes = wanted;
    if (wire::OverlapsInput(*evaluation, *place)) {
      return InvalidField(ParameterPath(kRegionOffset), "makes the output overlap an input");
    }
    evaluation->out = *place;
    inference_.output = slice;
    return absl::OkStatus();
  }

  // What came in several pieces is put together later.
  void NoteScattered() {
    wire::ScatteredItem item{0, x_.data, {}, {}};
    if (dy_.field != nullptr) item.dy = dy_.data;
    if (weight_.field != nullptr) item.weight = weight_.data;
    if (!wire::IsScattered(item)) return;
    inference_.batch.pieces = fields_.pieces;
    inference_.batch.scattered.push_back(item);
  }

  const RequestFields& fields_;
  const Limits& limits_;
  wire::SliceResolver* const regions_;
  Inference inference_;
  Input x_;
  Input dy_;
  Input weight_;
  wire::Extents y_shape_;
};

}  // namespace

absl::StatusOr<Inference> Decode(const Model& model, const RequestFields& fields,
                                 const Limits& limits, wire::SliceResolver* regions) {
  return Decoder(model, fields, limits, regions).Run();
}

}  // namespace activation::inference
