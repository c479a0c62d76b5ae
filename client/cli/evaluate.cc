#include "client/cli/evaluate.h"

#include <algorithm>
#include <future>
#include <limits>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "src/backends/layout.h"
#include "src/functions/catalogue.h"

namespace activation::cli {
namespace {

// Below it one call does, whatever the server: its limits are not asked for.
constexpr size_t kSmallBytes = size_t{1} << 20;
// More in one message gains nothing.
constexpr size_t kMostBytesPerCall = size_t{64} << 20;
// For everything in a message but elements.
constexpr int64_t kEnvelopeBytes = 4096;
constexpr size_t kCallsInFlight = 2;

// A run of elements: one call.
struct Piece {
  size_t begin;
  size_t count;
  std::map<std::string, double> parameter_gradients;
  std::future<absl::Status> done;
};

void Send(const client::Client& client, const ResultWanted& wanted, Tensor& out, bool whole,
          Piece& piece) {
  const Tensor& x = *wanted.x;
  const size_t offset = piece.begin * SizeOf(x.dtype);
  client::ConstTensor view{.dtype = x.dtype,
                           .shape = {static_cast<int64_t>(piece.count)},
                           .data = x.bytes.data() + offset};
  std::vector<int64_t> y_shape;
  if (whole) {
    view.shape = x.shape;
    y_shape = ResultShape(wanted.activation, x.shape);
  }
  client::Weight weight;
  if (wanted.weight != nullptr) {
    weight = {.shape = wanted.weight->shape, .data = wanted.weight->bytes.data()};
  }
  char* target = out.bytes.data() + offset;
  if (!wanted.gradient) {
    piece.done = client.ForwardAsync({{.activation = wanted.activation,
                                       .x = view,
                                       .y = target,
                                       .y_shape = y_shape,
                                       .weight = weight}});
    return;
  }
  const char* dy = wanted.dy == nullptr ? nullptr : wanted.dy->bytes.data() + offset;
  auto* sums = wanted.parameter_gradients == nullptr ? nullptr : &piece.parameter_gradients;
  piece.done = client.GradientAsync({{.activation = wanted.activation,
                                      .x = view,
                                      .dy = dy,
                                      .dx = target,
                                      .parameter_gradients = sums,
                                      .y_shape = y_shape,
                                      .weight = weight,
                                      .weight_gradient = wanted.weight_gradient}});
}

// Whether any part of x can be computed without the rest. A function that only the server knows is
// of the kind that the server says; of one that neither knows the server says so.
absl::StatusOr<bool> CanBeCut(const client::Client& client, const ResultWanted& wanted) {
  if (wanted.weight != nullptr) return false;
  const auto known = FindFunction(wanted.activation.function);
  if (known.ok()) return Catalogue()[*known].kind == Kind::kElementwise;
  const auto theirs = client.ListFunctions();
  if (!theirs.ok()) return theirs.status();
  return std::none_of(theirs->begin(), theirs->end(), [&](const client::FunctionInfo& info) {
    return info.name == wanted.activation.function &&
           info.kind != client::FunctionKind::kElementwise;
  });
}

absl::Status CannotBeCut(const ResultWanted& wanted, size_t bytes) {
  return absl::ResourceExhaustedError(
      absl::StrCat("x: takes ", bytes, " bytes", wanted.dy == nullptr ? "" : " with dy",
                   "; one call has ", client::ClientOptions{}.max_message_bytes,
                   ", and tensors of ", wanted.activation.function, " are not cut into several"));
}

absl::Status Finish(const ResultWanted& wanted, Piece& piece) {
  absl::Status status = piece.done.get();
  if (status.ok() && wanted.parameter_gradients != nullptr) {
    for (const auto& [name, value] : piece.parameter_gradients) {
      (*wanted.parameter_gradients)[name] += value;
    }
  }
  return status;
}

}  // namespace

std::vector<int64_t> ResultShape(const client::Activation& activation,
                                 const std::vector<int64_t>& x) {
  std::vector<int64_t> shape = x;
  const auto function = FindFunction(activation.function);
  if (!function.ok() || Catalogue()[*function].kind != Kind::kGated) return shape;
  const auto params = ResolveParams(*function, activation.parameters);
  if (!params.ok() || !ResolveLayout(*function, *params, x).ok()) return shape;
  shape[AxisOf(*params, x.size())] /= 2;
  return shape;
}

size_t ElementsPerCall(const client::ServerInfo& info, size_t element_bytes, size_t tensors) {
  const auto limit = [](int64_t value) {
    return value > 0 ? value : std::numeric_limits<int64_t>::max();
  };
  // The server holds request and reply of each call in flight, and is not ours alone.
  const int64_t bytes =
      std::min({limit(info.max_message_bytes),
                limit(info.max_inflight_bytes) / static_cast<int64_t>(4 * kCallsInFlight),
                client::ClientOptions{}.max_message_bytes,
                static_cast<int64_t>(kMostBytesPerCall * tensors)});
  const int64_t elements = (std::max(bytes, kEnvelopeBytes) - kEnvelopeBytes) /
                           static_cast<int64_t>(element_bytes * tensors);
  return static_cast<size_t>(std::clamp<int64_t>(elements, 1, limit(info.max_elements)));
}

absl::Status Evaluate(const client::Client& client, const ResultWanted& wanted, Tensor& out) {
  const Tensor& x = *wanted.x;
  const size_t dy_bytes = wanted.dy == nullptr ? 0 : wanted.dy->bytes.size();
  const size_t bytes = x.bytes.size() + dy_bytes;
  bool may_be_cut = false;
  if (bytes > kSmallBytes) {
    const absl::StatusOr<bool> can_be_cut = CanBeCut(client, wanted);
    if (!can_be_cut.ok()) return can_be_cut.status();
    may_be_cut = *can_be_cut;
  }
  if (!may_be_cut && bytes > static_cast<size_t>(client::ClientOptions{}.max_message_bytes)) {
    return CannotBeCut(wanted, bytes);
  }
  out = Tensor{.dtype = x.dtype, .shape = x.shape, .bytes = {}};
  if (!wanted.gradient) out.shape = ResultShape(wanted.activation, x.shape);
  out.bytes.resize(client::ConstTensor{.dtype = out.dtype, .shape = out.shape}.bytes());
  const auto count = static_cast<size_t>(x.elements());
  size_t per_call = std::max<size_t>(count, 1);
  const size_t tensors = wanted.dy == nullptr ? 1 : 2;
  if (may_be_cut) {
    const auto info = client.GetServerInfo();
    if (!info.ok()) return info.status();
    per_call = ElementsPerCall(*info, SizeOf(x.dtype), tensors);
  }
  std::vector<Piece> pieces;
  for (size_t begin = 0; begin == 0 || begin < count; begin += per_call) {
    pieces.push_back({begin, std::min(per_call, count - begin), {}, {}});
  }
  // Every call that was sent is waited for, whatever ends this: it writes into `out`.
  const auto wait = absl::MakeCleanup([&pieces] {
    for (const Piece& piece : pieces) {
      if (piece.done.valid()) piece.done.wait();
    }
  });
  absl::Status status;
  size_t sent = 0;
  for (size_t finished = 0; finished < pieces.size(); ++finished) {
    while (status.ok() && sent < pieces.size() && sent - finished < kCallsInFlight) {
      Send(client, wanted, out, pieces.size() == 1, pieces[sent++]);
    }
    if (finished >= sent) break;
    status.Update(Finish(wanted, pieces[finished]));
    const size_t done = pieces[finished].begin + pieces[finished].count;
    if (wanted.on_progress && pieces.size() > 1) wanted.on_progress(done, count);
  }
  return status;
}

}  // namespace activation::cli
