// The HTTP side: /metrics, /healthz, /readyz and the status page, for GET and HEAD
// only, with strict headers. It has no action that writes. Thread-safe.
#ifndef ACTIVATION_SERVER_HTTP_H_
#define ACTIVATION_SERVER_HTTP_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/address.h"
#include "server/http_response.h"
#include "server/steady_clock.h"

class CivetServer;

namespace activation {

// What the pages show; called from any thread.
struct HttpContent {
  // Whether only this machine reaches the server. Requests must then name it by an address or
  // as localhost: else the page of any site could have its own name lead here, and read all.
  bool local = false;
  std::function<std::string()> metrics;
  // Whether new calls are welcome.
  std::function<bool()> ready;
  // The status page's answer to a path and a query; nothing where the path is not its own.
  std::function<std::optional<HttpResponse>(const std::string& path, const std::string& query)>
      page;
  // For how long an answer may be under way.
  SteadyClock clock = SteadyTime;
};

struct HttpRequest {
  std::string method{};
  std::string path{};
  std::string query{};
  std::string host{};  // as the header Host has it; empty: there is none
  bool has_several_hosts = false;
  std::string site{};  // as Sec-Fetch-Site, from where a browser's page asks; likewise
  bool has_body = false;
};

// The answer to a request, without its transport.
HttpResponse Answer(const HttpRequest& request, const HttpContent& content);

// Status line and headers of a response; those of a page let it use this server alone.
std::string Headers(const HttpResponse& response);

class HttpServer {
 public:
  // Serves until destroyed. UNAVAILABLE where the address cannot be had.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const Address& address,
                                                           HttpContent content);
  ~HttpServer();

  int port() const { return address_.port; }

 private:
  explicit HttpServer(HttpContent content);

  const HttpContent content_;
  Address address_;  // with the port in use
  std::unique_ptr<CivetServer> civet_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_HTTP_H_
