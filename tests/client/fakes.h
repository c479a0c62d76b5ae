// Stand-ins at the seams of the client library: a clock moved by hand and a
// connection that plays a script.
#ifndef ACTIVATION_TESTS_CLIENT_FAKES_H_
#define ACTIVATION_TESTS_CLIENT_FAKES_H_

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/src/connection.h"
#include "client/src/timer.h"

namespace activation::client {

// Waits only as long as Fire() is not called. Not thread-safe.
class ManualTimer : public Timer {
 public:
  absl::Time Now() override { return now; }

  void After(absl::Duration delay, std::function<void()> then) override {
    delays.push_back(delay);
    task_ = std::move(then);
  }

  // Whether something waits.
  bool waiting() const { return task_ != nullptr; }

  // Moves the clock to the end of the wait and ends it.
  void Fire() {
    now += delays.back();
    std::exchange(task_, nullptr)();
  }

  absl::Time now = absl::FromUnixSeconds(1000);
  std::vector<absl::Duration> delays;

 private:
  std::function<void()> task_;
};

// Answers each call with the next outcome of a script, at once; with OK when the
// script is over. `on_start` fills in the replies. Not thread-safe.
class ScriptedConnection : public Connection {
 public:
  void Start(std::shared_ptr<Call> call, Done done) override {
    ++starts;
    last_call = call;
    if (on_start) on_start(*call);
    Outcome outcome;
    if (!script.empty()) {
      outcome = script.front();
      script.pop_front();
    }
    done(std::move(outcome));
  }

  absl::Status CheckHealth(const std::string& service, absl::Time) override {
    ++health_checks;
    health_service = service;
    return health;
  }

  const ClientOptions& options() const override { return client_options; }

  ClientOptions client_options;
  std::deque<Outcome> script;
  std::function<void(Call&)> on_start;
  std::shared_ptr<Call> last_call;
  absl::Status health;
  std::string health_service;
  int starts = 0;
  int health_checks = 0;
};

}  // namespace activation::client

#endif  // ACTIVATION_TESTS_CLIENT_FAKES_H_
