#include "server/http.h"

#include <CivetServer.h>

#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace activation {
namespace {

std::string Index(const std::string& version) {
  return absl::StrCat(
      "<!doctype html><html lang=\"en\"><title>activation-server</title>"
      "<h1>activation-server ",
      version,
      "</h1>"
      "<ul><li><a href=\"/metrics\">metrics</a>"
      "<li><a href=\"/healthz\">healthz</a>"
      "<li><a href=\"/readyz\">readyz</a></ul></html>\n");
}

const char* Reason(int code) {
  switch (code) {
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    default:
      return "Service Unavailable";
  }
}

std::string Headers(const HttpResponse& response) {
  return absl::StrCat(
      "HTTP/1.1 ", response.code, " ", Reason(response.code),
      "\r\nContent-Type: ", response.content_type, "\r\nContent-Length: ", response.body.size(),
      "\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'"
      "\r\nX-Content-Type-Options: nosniff"
      "\r\nReferrer-Policy: no-referrer"
      "\r\nCache-Control: no-store",
      response.code == 405 ? "\r\nAllow: GET, HEAD" : "", "\r\nConnection: close\r\n\r\n");
}

// Called by the HTTP library for every request; 1 means answered.
int OnRequest(mg_connection* connection) {
  const mg_request_info* request = mg_get_request_info(connection);
  // The C++ wrapper keeps itself as the library's user data, and ours in itself.
  const auto* server =
      static_cast<const CivetServer*>(mg_get_user_data(mg_get_context(connection)));
  const auto* content = static_cast<const HttpContent*>(server->getUserContext());
  const std::string method = request->request_method;
  const HttpResponse response = Answer(method, request->local_uri, *content);
  std::string text = Headers(response);
  if (method != "HEAD") text += response.body;
  mg_write(connection, text.data(), text.size());
  return 1;
}

}  // namespace

HttpResponse Answer(const std::string& method, const std::string& path,
                    const HttpContent& content) {
  if (method != "GET" && method != "HEAD") return {.code = 405, .body = "only GET and HEAD\n"};
  if (path == "/metrics") {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = content.metrics()};
  }
  if (path == "/healthz") return {.body = "ok\n"};
  if (path == "/readyz") {
    return content.ready() ? HttpResponse{.body = "ready\n"}
                           : HttpResponse{.code = 503, .body = "draining\n"};
  }
  if (path == "/") {
    return {.content_type = "text/html; charset=utf-8", .body = Index(content.version)};
  }
  return {.code = 404, .body = "no such page\n"};
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const Address& address,
                                                              HttpContent content) {
  auto server = std::unique_ptr<HttpServer>(new HttpServer(std::move(content)));
  // The library takes numbers only.
  const std::string host = address.host == "localhost" ? "127.0.0.1" : address.host;
  const std::vector<std::string> options = {
      "listening_ports", HostPort(host, address.port), "num_threads", "4", "request_timeout_ms",
      "10000",           "enable_directory_listing",   "no"};
  CivetCallbacks callbacks;
  callbacks.begin_request = OnRequest;
  try {
    server->civet_ = std::make_unique<CivetServer>(options, &callbacks, &server->content_);
  } catch (const CivetException&) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", HostPort(address.host, address.port), " for HTTP"));
  }
  const std::vector<int> ports = server->civet_->getListeningPorts();
  server->address_ = {host, ports.empty() ? 0 : ports.front()};
  return server;
}

HttpServer::HttpServer(HttpContent content) : content_(std::move(content)) {}

// The library looks whether it is to stop when a connection comes, or else
// every two seconds; so connections are made until it has stopped.
HttpServer::~HttpServer() {
  if (civet_ == nullptr) return;
  absl::Notification stopped;
  std::thread waking([this, &stopped] {
    do {
      char ignored[1];
      mg_connection* connection =
          mg_connect_client(address_.host.c_str(), address_.port, 0, ignored, 0);
      if (connection != nullptr) mg_close_connection(connection);
    } while (!stopped.WaitForNotificationWithTimeout(absl::Milliseconds(10)));
  });
  civet_->close();
  stopped.Notify();
  waking.join();
}

}  // namespace activation
