#include "client/src/timer.h"

#include <grpcpp/alarm.h>

#include <utility>

#include "absl/time/clock.h"
#include "client/src/callback_scope.h"

namespace activation::client {
namespace {

class GrpcAlarmTimer : public Timer {
 public:
  absl::Time Now() override { return absl::Now(); }

  void After(absl::Duration delay, std::function<void()> then) override {
    // The alarm lives until its callback has run, which alone knows when that is.
    auto* alarm = new grpc::Alarm;
    auto* task = new std::function<void()>(std::move(then));
    alarm->Set(absl::ToChronoTime(absl::Now() + delay), [alarm, task](bool) {
      CallbackScope scope;
      const std::unique_ptr<grpc::Alarm> release_alarm(alarm);
      const std::unique_ptr<std::function<void()>> release_task(task);
      (*task)();
    });
  }
};

}  // namespace

std::shared_ptr<Timer> AlarmTimer() { return std::make_shared<GrpcAlarmTimer>(); }

}  // namespace activation::client
