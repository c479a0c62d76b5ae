#include "activation/shared_buffer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "client/src/blocking_call.h"
#include "client/src/lease_renewal.h"
#include "client/src/shared_object.h"
#include "client/src/shared_ranges.h"
#include "client/src/timer.h"

namespace activation::client {

class SharedBuffer::State {
 public:
  State(SharedObject object, std::shared_ptr<Connection> connection,
        std::shared_ptr<SharedRanges> ranges)
      : object_(std::move(object)),
        connection_(std::move(connection)),
        ranges_(std::move(ranges)) {}

  absl::Status Register(std::chrono::seconds lease) {
    auto call = NewCall<RegisterExchange>(connection_->options());
    auto& exchange = std::get<RegisterExchange>(call->exchange);
    exchange.request.set_key(object_.name());
    exchange.request.set_bytes(object_.size());
    exchange.request.set_lease_seconds(static_cast<uint32_t>(
        std::clamp<int64_t>(lease.count(), 0, std::numeric_limits<uint32_t>::max())));
    if (auto status = Wait(*connection_, call); !status.ok()) return status;
    object_.RemoveName();
    // Without it nobody could ask for the region, and "" is none to the destructor.
    if (exchange.response.region().empty()) {
      return absl::InternalError("malformed reply: a region without its handle");
    }
    region_ = exchange.response.region();
    ranges_->Add(object_.data(), object_.size(), region_);
    renewal_ = std::make_shared<LeaseRenewal>(
        connection_, region_, absl::Seconds(exchange.response.lease_seconds()), AlarmTimer());
    renewal_->Wait();
    return absl::OkStatus();
  }

  ~State() {
    if (region_.empty()) return;
    ranges_->Remove(object_.data());
    auto call = NewCall<UnregisterExchange>(connection_->options());
    call->deadline = std::min(call->deadline, absl::Now() + absl::Seconds(1));
    std::get<UnregisterExchange>(call->exchange).request.set_region(region_);
    // Where it fails the lease ends it.
    Wait(*connection_, call).IgnoreError();
  }

  const SharedObject& object() const { return object_; }

 private:
  SharedObject object_;
  const std::shared_ptr<Connection> connection_;
  const std::shared_ptr<SharedRanges> ranges_;
  std::string region_;  // empty until registered
  std::shared_ptr<LeaseRenewal> renewal_;
};

absl::StatusOr<SharedBuffer> SharedBuffer::Create(const Client& client, size_t bytes,
                                                  const SharedBufferOptions& options) {
  auto object = SharedObject::Create(options.prefix, options.mode, bytes);
  if (!object.ok()) return object.status();
  auto state = std::make_unique<State>(*std::move(object), client.connection_, client.shared_);
  if (auto status = state->Register(options.lease); !status.ok()) return status;
  return SharedBuffer(std::move(state));
}

SharedBuffer::SharedBuffer(std::unique_ptr<State> state) : state_(std::move(state)) {}
SharedBuffer::~SharedBuffer() = default;
SharedBuffer::SharedBuffer(SharedBuffer&& other) noexcept = default;
SharedBuffer& SharedBuffer::operator=(SharedBuffer&& other) noexcept = default;

void* SharedBuffer::data() const { return state_->object().data(); }
size_t SharedBuffer::size() const { return state_->object().size(); }

}  // namespace activation::client
