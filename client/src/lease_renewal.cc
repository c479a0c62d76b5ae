#include "client/src/lease_renewal.h"

#include <algorithm>
#include <utility>

#include "client/src/blocking_call.h"

namespace activation::client {
namespace {

// Leases are whole seconds. One of none, which no sound server gives, would have its region asked
// for without a pause.
constexpr absl::Duration kShortestLease = absl::Seconds(1);

}  // namespace

LeaseRenewal::LeaseRenewal(const std::shared_ptr<Connection>& connection, std::string region,
                           absl::Duration lease, std::shared_ptr<Timer> timer)
    : connection_(connection),
      region_(std::move(region)),
      pause_(std::max(lease, kShortestLease) / 3),
      timer_(std::move(timer)) {}

void LeaseRenewal::Wait() {
  timer_->After(pause_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Ask();
  });
}

// Whatever the answer is, a later one may be better.
void LeaseRenewal::Ask() {
  const auto connection = connection_.lock();
  if (connection == nullptr) return;
  auto call = NewCall<StatusExchange>(connection->options());
  std::get<StatusExchange>(call->exchange).request.set_region(region_);
  connection->Start(std::move(call), [weak = weak_from_this()](const Outcome&) {
    if (const auto self = weak.lock()) self->Wait();
  });
}

}  // namespace activation::client
