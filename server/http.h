// The HTTP side: /metrics, /healthz, /readyz and an index, for GET and HEAD
// only, with strict headers. It has no action that writes. Thread-safe.
#ifndef ACTIVATION_SERVER_HTTP_H_
#define ACTIVATION_SERVER_HTTP_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/address.h"

class CivetServer;

namespace activation {

// What the pages show; called from any thread.
struct HttpContent {
  std::function<std::string()> metrics;
  // Whether new calls are welcome.
  std::function<bool()> ready;
  std::string version;
};

struct HttpResponse {
  int code = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// The answer to a request, without its transport.
HttpResponse Answer(const std::string& method, const std::string& path, const HttpContent& content);

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
