#include "server/server.h"

#include <grpc/compression.h>
#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>
#include <sys/resource.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/health/v1/health.pb.h"
#include "server/accept.h"
#include "server/address.h"
#include "server/logging.h"
#include "server/methods.h"
#include "server/pollers/in_grpc.h"
#include "server/steady_clock.h"
#include "server/unix_socket.h"
#include "server/why_not_listen.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/base/out_of_memory.h"

namespace activation {
namespace {

// Regions end at most so long after their lease, even where no call comes any more: as long as
// the shortest lease is.
constexpr absl::Duration kLeaseCheck = absl::Seconds(1);

// As many connections as the system lets the process have.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  KeepLastDescriptors();
}

// Linking the reflection library turns it on in every server of a process; this
// decides it for one server.
class ReflectionOption final : public grpc::ServerBuilderOption {
 public:
  explicit ReflectionOption(bool on) : on_(on) {}

  void UpdateArguments(grpc::ChannelArguments*) override {}

  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    auto ours = std::make_unique<grpc::reflection::ProtoServerReflectionPlugin>();
    const auto same = [&ours](const auto& plugin) { return plugin->name() == ours->name(); };
    plugins->erase(std::remove_if(plugins->begin(), plugins->end(), same), plugins->end());
    if (!on_) return;
    plugins->push_back(std::move(ours));
    // gRPC lists its health service and does not know its messages. Tools that learn every service
    // that is listed, as k6, would find none; naming the descriptor links it.
    grpc::health::v1::HealthCheckRequest::descriptor();
  }

 private:
  const bool on_;
};

// None where they are not to be used: the driver takes memory and time only to be asked.
cuda::Discovery FindDevices(const Config& config) {
  if (config.backend == Placement::kCpu) return {{}, "the server was started with --backend=cpu"};
  return cuda::FindDevices();
}

// What became of a CUDA device, and why.
void LogDevice(absl::string_view event, const cuda::DeviceProperties& device,
               absl::string_view why) {
  Log(LogLevel::kWarning, event,
      {{"device", device.number}, {"name", device.name}, {"message", std::string(why)}});
}

EngineOptions OptionsOf(const Config& config, cuda::OnLost on_device_lost) {
  EngineOptions options;
  options.limits = config.limits;
  options.cpu_threads = config.threads;
  options.placement = config.backend;
  options.cuda.batch.delay = config.batch_delay;
  options.cuda.batch.jobs = static_cast<size_t>(config.batch_jobs);
  options.cuda.batch.capacity_bytes =
      static_cast<size_t>(config.staging_bytes) / static_cast<size_t>(options.cuda.shuttles);
  options.on_device_lost = std::move(on_device_lost);
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config) {
  return Start(config, FindDevices(config));
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config,
                                                      cuda::Discovery devices) {
  RaiseFileLimit();
  auto server = std::unique_ptr<Server>(new Server(config, std::move(devices)));
  absl::Status status = server->OpenAccess();
  // gRPC comes last: who can call a server may rely on all of it. Only the page, which says where,
  // and the health of each service follow, at once.
  if (status.ok()) status = server->StartHttp();
  if (status.ok()) status = server->StartGrpc();
  if (!status.ok()) return status;
  return server;
}

Server::Server(const Config& config, cuda::Discovery devices)
    : config_(config),
      engine_(OptionsOf(config, [this](const auto&... lost) { DeviceLost(lost...); }),
              std::move(devices)),
      regions_(config.shared_memory, config.limits, SteadyTime, &engine_.cuda()),
      metrics_(engine_, regions_),
      replies_(config.reply_timeout, [this] { metrics_.ReplyUntaken(); }),
      service_(Environment()),
      inference_service_(Environment()),
      unknown_methods_(Environment()) {
  for (const cuda::DeviceLeftOut& device : engine_.cuda().left_out()) {
    LogDevice("device_left_out", device.properties, device.why);
  }
  if (regions_.enabled()) lease_watch_.emplace(kLeaseCheck, [this] { regions_.EndLapsed(); });
}

absl::Status Server::OpenAccess() {
  absl::StatusOr<std::unique_ptr<access::Access>> access = access::Access::Open(config_);
  if (!access.ok()) return access.status();
  access_ = *std::move(access);
  return absl::OkStatus();
}

absl::Status Server::StartGrpc() {
  const absl::StatusOr<Address> address = ParseAddress(config_.address);
  if (!address.ok()) return address.status();
  UseOwnPollers(config_.pollers);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.RegisterService(&service_);
  builder.RegisterService(&inference_service_);
  builder.RegisterCallbackGenericService(&unknown_methods_);
  // Above the limit up to this gRPC lets a message in, so that the refusal can
  // say what the limit is called.
  constexpr int64_t kHeadroom = int64_t{1} << 20;
  builder.SetMaxReceiveMessageSize(static_cast<int>(std::min<int64_t>(
      config_.limits.max_message_bytes + kHeadroom, std::numeric_limits<int>::max())));
  builder.SetMaxSendMessageSize(-1);
  // gRPC inflates a compressed message without a limit, and before anything of
  // ours can count its bytes.
  for (const auto algorithm : {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) {
    builder.SetCompressionAlgorithmSupportStatus(algorithm, false);
  }
  // Messages that are still arriving are known to gRPC alone, as are those of calls that were
  // admitted: of what these may hold, requests are half. Beyond it gRPC ends calls with
  // RESOURCE_EXHAUSTED. Connections need some for themselves.
  constexpr int64_t kConnections = int64_t{64} << 20;
  // Calls of reflection, and no others, hold a thread each for as long as their clients like. Those
  // for which there is none left gRPC ends with RESOURCE_EXHAUSTED.
  constexpr int kReflectionThreads = 16;
  builder.SetResourceQuota(
      grpc::ResourceQuota()
          .Resize(static_cast<size_t>(config_.limits.max_inflight_bytes + kConnections))
          .SetMaxThreads(kReflectionThreads));
  Apply(config_.connections, config_.limits.max_concurrent_streams, &builder);
  // Else a second server would silently share the port.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  const bool reflection = config_.reflection == Reflection::kOn ||
                          (config_.reflection == Reflection::kAuto && address->IsLocal());
  builder.SetOption(std::make_unique<ReflectionOption>(reflection));
  builder.AddListeningPort(config_.address, access_->NewCredentials(), &port_);
  if (address->is_unix) {
    absl::Status status = MakeWayForSocket(address->host);
    if (!status.ok()) return status;
    const FileMode mode(config_.socket_mode);
    grpc_ = builder.BuildAndStart();
  } else {
    grpc_ = builder.BuildAndStart();
  }
  if (grpc_ == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", config_.address, ": ",
                                               WhyNotListen(*address),
                                               "; --address chooses another place"));
  }
  if (address->is_unix) port_ = 0;
  target_ = address->is_unix ? config_.address : HostPort(address->host, port_);
  for (const char* const name : {kOwnService, kOpenInferenceService}) {
    grpc_->GetHealthCheckService()->SetServingStatus(name, true);
  }
  page_.emplace(engine_, page::ServerFacts{Version(), target_, InstructionSet()},
                [this] { return closed_.load(); });
  serves_ = true;
  {
    const std::lock_guard<std::mutex> lock(health_mutex_);
    health_ = grpc_->GetHealthCheckService();
  }
  NoteReadiness();
  return absl::OkStatus();
}

void Server::DeviceLost(const cuda::DeviceProperties& device, const absl::Status& why) {
  UnlessOutOfMemory([&] { LogDevice("device_lost", device, why.message()); });
  UnlessOutOfMemory([this] { NoteReadiness(); });
}

// A device that is lost stays so: health only ever turns off. Before the service is
// there is nothing to turn off, and StartGrpc comes here itself.
void Server::NoteReadiness() {
  const std::lock_guard<std::mutex> lock(health_mutex_);
  if (health_ != nullptr && !engine_.IsReady()) health_->SetServingStatus(false);
}

absl::Status Server::StartHttp() {
  if (config_.http_address.empty()) return absl::OkStatus();
  const absl::StatusOr<Address> address = ParseAddress(config_.http_address);
  if (!address.ok()) return address.status();
  HttpContent content;
  content.local = address->IsLocal();
  content.metrics = [this] {
    return metrics_.Scrape() + inference_service_.statistics().Scrape() + access_->Scrape();
  };
  content.ready = [this] { return serves_ && ready_ && engine_.IsReady(); };
  content.page = [this](const std::string& path,
                        const std::string& query) -> std::optional<HttpResponse> {
    if (!config_.page) return std::nullopt;
    // It says where gRPC is served, which is known later.
    if (!serves_) return HttpResponse{.code = 503, .body = "not ready\n"};
    return page_->Answer(path, query);
  };
  absl::StatusOr<std::unique_ptr<HttpServer>> http =
      HttpServer::Start(*address, std::move(content));
  if (!http.ok()) return http.status();
  http_ = *std::move(http);
  http_address_ = HostPort(address->host, http_->port());
  return absl::OkStatus();
}

void Server::Drain() {
  ready_ = false;
  metrics_.DrainStarted();
  // Who watches health is not told where there is no memory for it; /readyz says it all the same.
  UnlessOutOfMemory([this] { grpc_->GetHealthCheckService()->SetServingStatus(false); });
  hastened_.WaitFor(config_.drain_delay);
  {
    const std::lock_guard<std::mutex> lock(drain_mutex_);
    delay_over_ = true;
  }
  const absl::Duration deadline = SteadyTime() + config_.drain_timeout;
  Close(deadline);
  // What is left are connections and streams without work, as health watches.
  // An idle client may take seconds to answer a goodbye: it is not waited for.
  constexpr absl::Duration kGoodbye = absl::Seconds(1);
  const absl::Duration left = std::min(deadline - SteadyTime(), kGoodbye);
  grpc_->Shutdown(absl::ToChronoTime(absl::Now() + left));
  UnlessOutOfMemory([this] { access_->LogLast(); });
}

// gRPC itself answers a call that arrives during its shutdown with CANCELLED,
// which nobody retries. So calls are refused here first, with UNAVAILABLE, until
// none has come for a while; callers that never learn are not waited for.
void Server::Close(absl::Duration deadline) {
  constexpr absl::Duration kQuiet = absl::Milliseconds(100);
  constexpr absl::Duration kPatience = absl::Seconds(1);
  closed_ = true;
  // New ones see that the environment is closed.
  streams_.Drain();
  const absl::Duration farewell = SteadyTime() + kPatience;
  for (absl::Duration now = SteadyTime(); now < deadline; now = SteadyTime()) {
    const int64_t started = metrics_.calls_started();
    if (cancelled_.WaitFor(std::min(kQuiet, deadline - now))) return;
    const bool quiet = metrics_.calls_started() == started || SteadyTime() > farewell;
    // Unary calls with tensors hold bytes; the others are answered at once or are errands. A stream
    // may hold none and have errors yet to tell.
    const bool idle = engine_.inflight_bytes() == 0 && streams_.HaveEnded() && errands_.IsIdle();
    if (quiet && idle) return;
  }
}

void Server::Hasten() {
  const std::lock_guard<std::mutex> lock(drain_mutex_);
  hastened_.Notify();
  if (!delay_over_) return;
  cancelled_.Notify();
  // Calls are cancelled, not dropped.
  grpc_server_cancel_all_calls(grpc_->c_server());
}

Server::~Server() {
  ready_ = false;
  closed_ = true;
  if (grpc_ != nullptr) grpc_->Shutdown(std::chrono::system_clock::now());
  // The engine lives longer, and may lose a device still.
  const std::lock_guard<std::mutex> lock(health_mutex_);
  health_ = nullptr;
}

}  // namespace activation
