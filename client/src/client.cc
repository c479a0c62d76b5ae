#include "activation/client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/src/blocking_call.h"
#include "client/src/connect.h"
#include "client/src/connection.h"
#include "client/src/descriptions.h"
#include "client/src/in_place.h"
#include "client/src/messages.h"
#include "client/src/shared_ranges.h"

namespace activation::client {
namespace {

using Done = std::function<void(absl::Status)>;

template <class AnExchange, class Item>
absl::Status Evaluate(Connection& connection, const SharedRanges& shared,
                      absl::Span<const Item> items) {
  auto call = NewCall<AnExchange>(connection.options());
  auto& exchange = std::get<AnExchange>(call->exchange);
  auto status = Encode(items, connection.options().max_message_bytes, shared, &exchange.request);
  if (!status.ok()) return status;
  call->in_place = IsInPlace(items, shared);
  status = Wait(connection, call);
  if (!status.ok()) return status;
  return Decode(exchange.request, exchange.response, items);
}

template <class AnExchange, class Item>
void EvaluateAsync(Connection& connection, const SharedRanges& shared, std::vector<Item> items,
                   Done done) {
  auto call = NewCall<AnExchange>(connection.options());
  auto& exchange = std::get<AnExchange>(call->exchange);
  auto status = Encode(absl::MakeConstSpan(items), connection.options().max_message_bytes, shared,
                       &exchange.request);
  if (!status.ok()) return done(std::move(status));
  call->in_place = IsInPlace(absl::MakeConstSpan(items), shared);
  connection.Start(call, [call, items = std::move(items), done = std::move(done)](Outcome outcome) {
    if (!outcome.status.ok()) return done(std::move(outcome.status));
    const auto& ended = std::get<AnExchange>(call->exchange);
    done(Decode(ended.request, ended.response, absl::MakeConstSpan(items)));
  });
}

template <class AnExchange, class Item>
std::future<absl::Status> EvaluateLater(Connection& connection, const SharedRanges& shared,
                                        std::vector<Item> items) {
  auto promise = std::make_shared<std::promise<absl::Status>>();
  auto future = promise->get_future();
  EvaluateAsync<AnExchange>(connection, shared, std::move(items), [promise](absl::Status status) {
    promise->set_value(std::move(status));
  });
  return future;
}

template <class T>
ConstTensor Vector(absl::Span<const T> x) {
  return {.dtype = sizeof(T) == sizeof(double) ? DType::kF64 : DType::kF32,
          .shape = {static_cast<int64_t>(x.size())},
          .data = x.data()};
}

absl::Status CheckLength(absl::string_view name, size_t length, size_t x_length) {
  if (length == x_length) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("items[0].", name, ": has ", length, " elements where x has ", x_length));
}

template <class T>
absl::Status ForwardOne(const Client& client, const Activation& activation, absl::Span<const T> x,
                        absl::Span<T> y) {
  if (auto status = CheckLength("y", y.size(), x.size()); !status.ok()) return status;
  const ForwardItem item{.activation = activation, .x = Vector(x), .y = y.data()};
  return client.Forward(absl::MakeConstSpan(&item, 1));
}

template <class T>
absl::Status GradientOne(const Client& client, const Activation& activation, absl::Span<const T> x,
                         absl::Span<const T> dy, absl::Span<T> dx) {
  if (!dy.empty()) {
    if (auto status = CheckLength("dy", dy.size(), x.size()); !status.ok()) return status;
  }
  if (auto status = CheckLength("dx", dx.size(), x.size()); !status.ok()) return status;
  const GradientItem item{.activation = activation,
                          .x = Vector(x),
                          .dy = dy.empty() ? nullptr : dy.data(),
                          .dx = dx.data()};
  return client.Gradient(absl::MakeConstSpan(&item, 1));
}

}  // namespace

Client::Client(const ClientOptions& options) : Client(Connect(options)) {}

Client::Client(std::shared_ptr<Connection> connection)
    : connection_(std::move(connection)), shared_(std::make_shared<SharedRanges>()) {}

absl::Status Client::Forward(const Activation& activation, absl::Span<const float> x,
                             absl::Span<float> y) const {
  return ForwardOne(*this, activation, x, y);
}

absl::Status Client::Forward(const Activation& activation, absl::Span<const double> x,
                             absl::Span<double> y) const {
  return ForwardOne(*this, activation, x, y);
}

absl::Status Client::Gradient(const Activation& activation, absl::Span<const float> x,
                              absl::Span<const float> dy, absl::Span<float> dx) const {
  return GradientOne(*this, activation, x, dy, dx);
}

absl::Status Client::Gradient(const Activation& activation, absl::Span<const double> x,
                              absl::Span<const double> dy, absl::Span<double> dx) const {
  return GradientOne(*this, activation, x, dy, dx);
}

absl::Status Client::Forward(absl::Span<const ForwardItem> items) const {
  return Evaluate<ForwardExchange>(*connection_, *shared_, items);
}

absl::Status Client::Gradient(absl::Span<const GradientItem> items) const {
  return Evaluate<GradientExchange>(*connection_, *shared_, items);
}

void Client::ForwardAsync(std::vector<ForwardItem> items, Done done) const {
  EvaluateAsync<ForwardExchange>(*connection_, *shared_, std::move(items), std::move(done));
}

void Client::GradientAsync(std::vector<GradientItem> items, Done done) const {
  EvaluateAsync<GradientExchange>(*connection_, *shared_, std::move(items), std::move(done));
}

std::future<absl::Status> Client::ForwardAsync(std::vector<ForwardItem> items) const {
  return EvaluateLater<ForwardExchange>(*connection_, *shared_, std::move(items));
}

std::future<absl::Status> Client::GradientAsync(std::vector<GradientItem> items) const {
  return EvaluateLater<GradientExchange>(*connection_, *shared_, std::move(items));
}

absl::StatusOr<std::vector<FunctionInfo>> Client::ListFunctions() const {
  auto call = NewCall<ListFunctionsExchange>(connection_->options());
  if (auto status = Wait(*connection_, call); !status.ok()) return status;
  return ToFunctions(std::get<ListFunctionsExchange>(call->exchange).response);
}

absl::StatusOr<ServerInfo> Client::GetServerInfo() const {
  auto call = NewCall<GetServerInfoExchange>(connection_->options());
  if (auto status = Wait(*connection_, call); !status.ok()) return status;
  return ToServerInfo(std::get<GetServerInfoExchange>(call->exchange).response);
}

absl::Status Client::CheckHealth(const std::string& service) const {
  return connection_->CheckHealth(service,
                                  absl::Now() + absl::FromChrono(connection_->options().deadline));
}

}  // namespace activation::client
