#include "client/cli/grpcurl.h"

#include <google/protobuf/util/json_util.h>

#include <limits>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "client/src/messages.h"

namespace activation::cli {
namespace {

constexpr char kService[] = "activation.v1.ActivationService/";

client::ConstTensor ViewOf(const Tensor& tensor) {
  return {.dtype = tensor.dtype, .shape = tensor.shape, .data = tensor.bytes.data()};
}

client::Weight WeightOf(const Tensor* weight) {
  if (weight == nullptr) return {};
  return {.shape = weight->shape, .data = weight->bytes.data()};
}

// As one word for a shell, whatever is in it.
std::string Quoted(absl::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

std::string TlsFlags(const client::TlsOptions& tls) {
  if (!tls.enabled) return "-plaintext ";
  std::string flags;
  const auto add = [&flags](absl::string_view flag, const std::string& value) {
    if (!value.empty()) absl::StrAppend(&flags, flag, " ", Quoted(value), " ");
  };
  add("-cacert", tls.ca_file);
  add("-cert", tls.certificate_file);
  add("-key", tls.key_file);
  add("-authority", tls.server_name);
  return flags;
}

template <class Request>
absl::StatusOr<std::string> Command(const GlobalOptions& global, absl::string_view method,
                                    const Request& request) {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  if (!google::protobuf::util::MessageToJsonString(request, &json, options).ok()) {
    return absl::InternalError("the request has no form in JSON");
  }
  return GrpcurlCommand(global, absl::StrCat(kService, method), json);
}

}  // namespace

std::string GrpcurlCommand(const GlobalOptions& global, absl::string_view method,
                           absl::string_view json) {
  absl::string_view address = global.address;
  std::string command = absl::StrCat("grpcurl ", TlsFlags(global.ForClient().tls));
  if (!global.token_file.empty()) {
    // Within double quotes the file's name is quoted by itself.
    absl::StrAppend(&command, "-H \"authorization: Bearer $(cat ", Quoted(global.token_file),
                    ")\" ");
  }
  if (absl::ConsumePrefix(&address, "unix:")) command += "-unix ";
  if (!json.empty()) command += "-d @ ";
  absl::StrAppend(&command, Quoted(address), " ", method);
  if (json.empty()) return command + "\n";
  return absl::StrCat(command, " <<'JSON'\n", absl::StripTrailingAsciiWhitespace(json), "\nJSON\n");
}

absl::StatusOr<std::string> GrpcurlCommand(const GlobalOptions& global,
                                           const ResultWanted& wanted) {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  // Nothing is written there: the request alone is made.
  std::string result(wanted.x->bytes.size(), '\0');
  if (!wanted.gradient) {
    const client::ForwardItem item{.activation = wanted.activation,
                                   .x = ViewOf(*wanted.x),
                                   .y = result.data(),
                                   .weight = WeightOf(wanted.weight)};
    v1::ForwardRequest request;
    const absl::Status status = client::Encode(absl::MakeConstSpan(&item, 1), kMost, {}, &request);
    return status.ok() ? Command(global, "Forward", request) : absl::StatusOr<std::string>(status);
  }
  std::map<std::string, double> asked;
  const client::GradientItem item{
      .activation = wanted.activation,
      .x = ViewOf(*wanted.x),
      .dy = wanted.dy == nullptr ? nullptr : wanted.dy->bytes.data(),
      .dx = result.data(),
      .parameter_gradients = wanted.parameter_gradients == nullptr ? nullptr : &asked,
      .y_shape = ResultShape(wanted.activation, wanted.x->shape),
      .weight = WeightOf(wanted.weight)};
  v1::GradientRequest request;
  const absl::Status status = client::Encode(absl::MakeConstSpan(&item, 1), kMost, {}, &request);
  return status.ok() ? Command(global, "Gradient", request) : absl::StatusOr<std::string>(status);
}

}  // namespace activation::cli
