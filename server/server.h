// The whole server in one object: engine, gRPC service, health, reflection,
// metrics and HTTP. Tests run it in their own process. Serving needs no thread
// of the caller. Members are thread-safe, except that Drain() is called once.
#ifndef ACTIVATION_SERVER_SERVER_H_
#define ACTIVATION_SERVER_SERVER_H_

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/access/access.h"
#include "server/activation_service.h"
#include "server/config.h"
#include "server/errands.h"
#include "server/http.h"
#include "server/inference/inference_service.h"
#include "server/metrics.h"
#include "server/open_streams.h"
#include "server/page/page.h"
#include "server/periodic.h"
#include "server/reply_watch.h"
#include "server/shared_memory/registry.h"
#include "server/steady_clock.h"
#include "server/unknown_methods.h"
#include "src/engine/engine.h"

namespace activation {

class Server {
 public:
  // Binds and serves. UNAVAILABLE where an address cannot be had, INVALID_ARGUMENT where a
  // file that the configuration names cannot be used.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config);
  // The same on these CUDA devices.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config,
                                                       cuda::Discovery devices);

  // Cancels what still runs.
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // What a gRPC client connects to, with the port in use: `127.0.0.1:50051`.
  const std::string& target() const { return target_; }
  // 0 for a unix socket.
  int port() const { return port_; }
  // The HTTP address with the port in use, or "" where there is none.
  const std::string& http_address() const { return http_address_; }

  // Reports NOT_SERVING at once, keeps serving for the drain delay, then answers
  // new calls UNAVAILABLE and finishes those that run; what is left after the
  // drain timeout is cancelled. Returns when no call is left.
  void Drain();
  // Looks at the files of certificates and tokens now.
  void Reload() { access_->Look(); }

  // Ends a drain's delay, or cancels what still runs after it.
  void Hasten();

  // How many tokens there are; 0: calls need none.
  size_t tokens() const { return access_->tokens(); }

  const Metrics& metrics() const { return metrics_; }
  Engine& engine() { return engine_; }
  const shared_memory::Registry& regions() const { return regions_; }

 private:
  Server(const Config& config, cuda::Discovery devices);

  CallEnvironment Environment() {
    return {engine_, metrics_, regions_, replies_, streams_, errands_, closed_, ready_};
  }

  absl::Status OpenAccess();
  absl::Status StartGrpc();
  absl::Status StartHttp();

  void DeviceLost(const cuda::DeviceProperties& device, const absl::Status& why);
  // Tells the health service where the engine cannot compute any more.
  void NoteReadiness();

  // Refuses new calls; waits for callers to notice and for those that were taken, at most until
  // the SteadyTime() `deadline`.
  void Close(absl::Duration deadline);

  const Config config_;
  std::atomic<bool> closed_{false};
  std::atomic<bool> ready_{true};  // until it drains
  // Both before the engine, whose threads look at them.
  std::mutex health_mutex_;
  grpc::HealthCheckServiceInterface* health_ = nullptr;  // guarded; gRPC's server has it
  Engine engine_;
  shared_memory::Registry regions_;
  std::optional<Periodic> lease_watch_;  // where shared memory is on
  Metrics metrics_;
  ReplyWatch replies_;
  OpenStreams streams_;
  Errands errands_;
  ActivationService service_;
  inference::InferenceService inference_service_;
  UnknownMethods unknown_methods_;
  std::string target_;
  int port_ = 0;
  std::string http_address_;

  std::mutex drain_mutex_;
  bool delay_over_ = false;       // guarded by drain_mutex_
  SteadyNotification hastened_;   // notified under drain_mutex_
  SteadyNotification cancelled_;  // notified under drain_mutex_

  std::unique_ptr<access::Access> access_;  // before gRPC's server, which asks it
  std::unique_ptr<grpc::Server> grpc_;
  std::optional<page::StatusPage> page_;  // once serves_
  std::atomic<bool> serves_{false};       // gRPC
  std::unique_ptr<HttpServer> http_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_SERVER_H_
