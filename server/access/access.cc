#include "server/access/access.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "server/access/adopted_credentials.h"
#include "server/logging.h"
#include "server/metric_family.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"

namespace activation::access {
namespace {

absl::string_view ViewOf(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)), GRPC_SLICE_LENGTH(slice)};
}

// Of the client's certificate; "" where it has none.
absl::string_view CommonName(const grpc_auth_context* context) {
  if (context == nullptr) return "";
  grpc_auth_property_iterator properties =
      grpc_auth_context_find_properties_by_name(context, GRPC_X509_CN_PROPERTY_NAME);
  const grpc_auth_property* const name = grpc_auth_property_iterator_next(&properties);
  if (name == nullptr) return "";
  return {name->value, name->value_length};
}

// As gRPC takes it; "" where there is no memory for it.
std::string MessageOf(const absl::Status& status) {
  try {
    return std::string(status.message());
  } catch (const std::bad_alloc&) {
    return "";
  }
}

prometheus::ClientMetric Sample(SampleLabels labels, const std::atomic<int64_t>& value) {
  return CounterSample(std::move(labels),
                       static_cast<double>(value.load(std::memory_order_relaxed)));
}

prometheus::MetricFamily Counter(const char* name, const char* help,
                                 std::vector<prometheus::ClientMetric> samples) {
  return {name, help, prometheus::MetricType::Counter, std::move(samples)};
}

prometheus::MetricFamily ExpiryGauge(const CertificateStore::Expiry& expiry) {
  prometheus::MetricFamily family{"activation_certificate_expiry_timestamp_seconds",
                                  "When the first certificate of a file expires, in Unix time.",
                                  prometheus::MetricType::Gauge,
                                  {}};
  const auto add = [&family](const char* file, absl::Time when) {
    if (when == absl::InfiniteFuture()) return;
    family.metric.push_back(
        GaugeSample({{"file", file}}, static_cast<double>(absl::ToUnixSeconds(when))));
  };
  add("certificate", expiry.certificate);
  add("client_ca", expiry.client_ca);
  return family;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Access>> Access::Open(const Config& config) {
  auto access = std::unique_ptr<Access>(new Access());
  if (config.tls.on()) {
    auto certificates = CertificateStore::Open(config.tls);
    if (!certificates.ok()) return certificates.status();
    access->certificates_ = *std::move(certificates);
  }
  if (!config.token_file.empty()) {
    auto tokens = TokenStore::Open(config.token_file);
    if (!tokens.ok()) return tokens.status();
    access->tokens_ = *std::move(tokens);
  }
  if (access->certificates_ != nullptr || access->tokens_ != nullptr) {
    access->watching_ = std::thread(
        [self = access.get(), interval = config.reload_interval] { self->Watch(interval); });
  }
  return access;
}

Access::~Access() {
  ended_.Notify();
  if (watching_.joinable()) watching_.join();
}

void Access::Reloads::Count(Reload outcome) {
  if (outcome == Reload::kDone) ++done;
  if (outcome == Reload::kFailed) ++failed;
}

// Files are read, not watched: Kubernetes changes them by a link two folders up, and on some
// file systems nobody is told.
void Access::Watch(absl::Duration interval) {
  absl::Duration next = SteadyTime() + interval;
  while (!ended_.WaitFor(std::min(interval, Throttle::kQuiet))) {
    const absl::Duration now = SteadyTime();
    UnlessOutOfMemory([this, now] { LogRefused(refusals_.Take(now)); });
    if (now < next) continue;
    next = now + interval;
    Look();
  }
}

void Access::LogRefused(int64_t calls) {
  if (calls > 0) Log(LogLevel::kWarning, "calls_refused", {{"calls", calls}});
}

void Access::Look() {
  // Else a second look might put back what it read before the first.
  const std::lock_guard<std::mutex> lock(look_mutex_);
  UnlessOutOfMemory([this] {
    if (certificates_ != nullptr) certificate_reloads_.Count(certificates_->Poll());
  });
  UnlessOutOfMemory([this] {
    if (tokens_ != nullptr) token_reloads_.Count(tokens_->Poll());
  });
}

std::shared_ptr<grpc::ServerCredentials> Access::NewCredentials() {
  if (certificates_ == nullptr && tokens_ == nullptr) return grpc::InsecureServerCredentials();
  // Until what is adopted holds on to gRPC itself.
  grpc_init();
  const absl::Cleanup letting_go = [] { grpc_shutdown(); };
  grpc_server_credentials* const credentials = certificates_ != nullptr
                                                   ? certificates_->NewCredentials()
                                                   : grpc_insecure_server_credentials_create();
  if (tokens_ != nullptr) AskAboutCalls(credentials);
  return Adopt(credentials);
}

std::string Access::Scrape() const {
  std::vector<prometheus::MetricFamily> families;
  if (tokens_ != nullptr) {
    families.push_back(Counter("activation_denied_total", "Calls refused for their token.",
                               {Sample({{"reason", "unauthenticated"}}, unauthenticated_),
                                Sample({{"reason", "permission_denied"}}, forbidden_)}));
  }
  std::vector<prometheus::ClientMetric> reloads;
  const auto add = [&reloads](const char* file, const Reloads& of) {
    reloads.push_back(Sample({{"file", file}, {"result", "ok"}}, of.done));
    reloads.push_back(Sample({{"file", file}, {"result", "failed"}}, of.failed));
  };
  if (certificates_ != nullptr) add("certificate", certificate_reloads_);
  if (tokens_ != nullptr) add("tokens", token_reloads_);
  if (!reloads.empty()) {
    families.push_back(Counter("activation_reloads_total",
                               "Files with certificates or tokens that had changed, by what came "
                               "of it.",
                               std::move(reloads)));
  }
  if (certificates_ != nullptr) {
    families.push_back(ExpiryGauge(certificates_->expiry()));
  }
  return prometheus::TextSerializer().Serialize(families);
}

absl::Status Access::Judge(const Caller& caller) {
  absl::Status status = tokens_->current()->Check(caller.path, caller.authorization);
  if (status.ok()) return status;
  ++(absl::IsUnauthenticated(status) ? unauthenticated_ : forbidden_);
  // For want of a line the answer is no other.
  UnlessOutOfMemory([&] { LogRefusal(caller, status); });
  return status;
}

// gRPC 1.51 does not tell the address of a caller here. Its headers are its own to choose, so
// little of them is shown.
void Access::LogRefusal(const Caller& caller, const absl::Status& status) {
  const bool first = refusals_.Admit(SteadyTime());
  const LogLevel level = first ? LogLevel::kWarning : LogLevel::kDebug;
  if (!LogsAt(level)) return;
  Log(level, "call_refused",
      {{"method", CallersText(caller.path)},
       {"code", absl::StatusCodeToString(status.code())},
       {"message", std::string(status.message())},
       {"certificate", CallersText(caller.certificate)},
       {"user_agent", CallersText(caller.user_agent)}});
}

// gRPC asks for every call, those of its own services and of unknown methods included.
void Access::AskAboutCalls(grpc_server_credentials* credentials) {
  const auto process = [](void* self, grpc_auth_context* context, const grpc_metadata* metadata,
                          size_t count, grpc_process_auth_metadata_done_cb done, void* call) {
    Caller caller;
    const grpc_metadata* authorization = nullptr;
    for (const grpc_metadata* each = metadata; each != metadata + count; ++each) {
      if (ViewOf(each->key) == ":path") caller.path = ViewOf(each->value);
      if (ViewOf(each->key) == "user-agent") caller.user_agent = ViewOf(each->value);
      if (ViewOf(each->key) != "authorization") continue;
      // Of two, who stands in front may have looked at the other one: they count as none.
      caller.authorization = authorization == nullptr ? ViewOf(each->value) : "";
      authorization = each;
    }
    caller.certificate = CommonName(context);
    // Nothing may be thrown through gRPC. Whom there is no memory to judge may not go on.
    const absl::Status status =
        OrOutOfMemory([&] { return static_cast<Access*>(self)->Judge(caller); }, OutOfMemory);
    const std::string message = MessageOf(status);
    // What was judged is taken from the call: nothing behind this sees a token.
    done(call, authorization, authorization == nullptr ? 0 : 1, nullptr, 0,
         static_cast<grpc_status_code>(status.raw_code()), status.ok() ? nullptr : message.c_str());
  };
  grpc_server_credentials_set_auth_metadata_processor(
      credentials, {.process = process, .destroy = nullptr, .state = this});
}

}  // namespace activation::access
