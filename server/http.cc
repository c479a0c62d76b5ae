#include "server/http.h"

#include <CivetServer.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/steady_clock.h"
#include "server/why_not_listen.h"

namespace activation {
namespace {

// A page's scripts, styles and requests are this server's own; anything else has no use
// for the browser's powers at all.
constexpr char kPagePolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";
constexpr char kOtherPolicy[] = "default-src 'none'; frame-ancestors 'none'";

// More than any query of the page's own.
constexpr size_t kLongestQuery = 2048;

const char* ReasonPhrase(int code) {
  switch (code) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 421:
      return "Misdirected Request";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

// Whether a page asks that is not this server's: `site` is what a browser says of it, and nothing
// where none asks. "none" is a person's own doing.
bool IsOfAnotherSite(absl::string_view site) {
  return !site.empty() && site != "same-origin" && site != "none";
}

// Whether a Host header is an address or localhost, with or without a port.
bool IsNoOthersName(absl::string_view host) {
  const size_t colon = host.rfind(':');
  if (colon != absl::string_view::npos && host.find(']', colon) == absl::string_view::npos) {
    host = host.substr(0, colon);
  }
  if (absl::EqualsIgnoreCase(host, "localhost")) return true;
  const bool bracketed = host.size() > 1 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  in6_addr ignored{};
  return inet_pton(bracketed ? AF_INET6 : AF_INET, std::string(host).c_str(), &ignored) == 1;
}

std::string Text(const char* text) { return text == nullptr ? "" : text; }

// The C++ wrapper keeps itself as the library's user data, and ours in itself.
const HttpContent& ContentOf(const mg_connection* connection) {
  const auto* server =
      static_cast<const CivetServer*>(mg_get_user_data(mg_get_context(connection)));
  return *static_cast<const HttpContent*>(server->getUserContext());
}

// The library's time-out begins anew whenever the system takes a part, be it small: a client that
// reads slowly would keep a thread for as long as it likes.
void Write(mg_connection* connection, absl::string_view text) {
  const SteadyClock& clock = ContentOf(connection).clock;
  constexpr size_t kPiece = size_t{16} << 10;
  constexpr absl::Duration kPatience = absl::Seconds(5);
  const absl::Duration end = clock() + kPatience;
  for (size_t written = 0; written < text.size() && clock() < end;) {
    const size_t size = std::min(kPiece, text.size() - written);
    if (mg_write(connection, text.data() + written, size) != static_cast<int>(size)) return;
    written += size;
  }
}

std::string WholeText(const HttpResponse& response, bool with_body) {
  std::string text = Headers(response);
  if (with_body) text += response.body;
  return text;
}

// What is said where there is no memory to say it: made while there is.
const std::string& TextWithoutMemory() {
  static const auto* const text = new std::string(Headers({.code = 503}));
  return *text;
}

// What `make` returns, or 503 where there is no memory for it. The library is C: nothing may be
// thrown through it. Before a byte is written all that could be is over.
template <class Make>
void WriteWhole(mg_connection* connection, const Make& make) {
  std::string text;
  try {
    text = make();
  } catch (const std::bad_alloc&) {
    return Write(connection, TextWithoutMemory());
  }
  Write(connection, text);
}

bool HasBody(const mg_connection* connection) {
  const std::string length = Text(mg_get_header(connection, "Content-Length"));
  return (!length.empty() && length != "0") ||
         mg_get_header(connection, "Transfer-Encoding") != nullptr;
}

// Of which the library gives the first: it, and whoever passed the request on, may mean another.
bool HasSeveralHosts(const mg_request_info& info) {
  const auto is_host = [](const mg_header& header) {
    return absl::EqualsIgnoreCase(header.name, "Host");
  };
  return std::count_if(info.http_headers, info.http_headers + info.num_headers, is_host) > 1;
}

// Called by the HTTP library for every request; 1 means answered.
int OnRequest(mg_connection* connection) {
  WriteWhole(connection, [connection] {
    const mg_request_info* info = mg_get_request_info(connection);
    const HttpRequest request = {.method = Text(info->request_method),
                                 .path = Text(info->local_uri),
                                 .query = Text(info->query_string),
                                 .host = Text(mg_get_header(connection, "Host")),
                                 .has_several_hosts = HasSeveralHosts(*info),
                                 .site = Text(mg_get_header(connection, "Sec-Fetch-Site")),
                                 .has_body = HasBody(connection)};
    return WholeText(Answer(request, ContentOf(connection)), request.method != "HEAD");
  });
  // Else the library reads what the client announced, for as long as some of it comes.
  mg_disable_connection_keep_alive(connection);
  return 1;
}

// Called for what the library refuses itself, as a request that it cannot read; 0 means
// answered. Its own pages lack the headers.
int OnError(mg_connection* connection, int code, const char*) {
  WriteWhole(connection, [code] {
    return WholeText({.code = code, .body = "the request was refused\n"}, true);
  });
  return 0;
}

}  // namespace

std::string Headers(const HttpResponse& response) {
  const bool page = absl::StartsWith(response.content_type, "text/html");
  return absl::StrCat(
      "HTTP/1.1 ", response.code, " ", ReasonPhrase(response.code),
      "\r\nContent-Type: ", response.content_type, "\r\nContent-Length: ", response.body.size(),
      "\r\nContent-Security-Policy: ", page ? kPagePolicy : kOtherPolicy,
      "\r\nX-Content-Type-Options: nosniff"
      "\r\nReferrer-Policy: no-referrer"
      "\r\nCross-Origin-Resource-Policy: same-origin"
      "\r\nCross-Origin-Opener-Policy: same-origin"
      "\r\nPermissions-Policy: camera=(), geolocation=(), microphone=(), usb=()"
      "\r\nCache-Control: no-store",
      response.code == 405 ? "\r\nAllow: GET, HEAD" : "",
      response.code == 503 ? "\r\nRetry-After: 1" : "", "\r\nConnection: close\r\n\r\n");
}

HttpResponse Answer(const HttpRequest& request, const HttpContent& content) {
  if (request.method != "GET" && request.method != "HEAD") {
    return {.code = 405, .body = "only GET and HEAD\n"};
  }
  if (request.has_several_hosts) return {.code = 400, .body = "Host: is given twice\n"};
  if (request.has_body) return {.code = 413, .body = "no request has a body here\n"};
  if (content.local && !request.host.empty() && !IsNoOthersName(request.host)) {
    return {.code = 421, .body = "Host: must be localhost or an address\n"};
  }
  // Other sites' pages may read nothing here, and are not to have it computed either.
  if (absl::StartsWith(request.path, "/api/") && IsOfAnotherSite(request.site)) {
    return {.code = 403, .body = "only this server's page may ask for it from within a browser\n"};
  }
  if (request.query.size() > kLongestQuery) {
    return {.code = 414, .body = absl::StrCat("query: is above ", kLongestQuery, " bytes\n")};
  }
  if (request.path == "/metrics") {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = content.metrics()};
  }
  if (request.path == "/healthz") return {.body = "ok\n"};
  if (request.path == "/readyz") {
    return content.ready() ? HttpResponse{.body = "ready\n"}
                           : HttpResponse{.code = 503, .body = "not ready\n"};
  }
  return content.page(request.path, request.query)
      .value_or(HttpResponse{.code = 404, .body = "no such page\n"});
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const Address& address,
                                                              HttpContent content) {
  // Debian builds the library without it.
  if (absl::StrContains(address.host, ":") && mg_check_feature(MG_FEATURES_IPV6) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--http-address: ", HostPort(address.host, address.port),
                     " is of IPv6, which the HTTP library of this system lacks: give an IPv4 "
                     "address, or off"));
  }
  TextWithoutMemory();  // while there is some
  auto server = std::unique_ptr<HttpServer>(new HttpServer(std::move(content)));
  // The library takes numbers only.
  const std::string host = address.host == "localhost" ? "127.0.0.1" : address.host;
  // The size is of the request's line and headers together. A connection keeps a thread for the
  // timeout until its request is there, and in Write until its answer is taken: whoever reaches the
  // address can keep all of them, so there are more than a scrape, some probes and a page need, and
  // none is kept for long.
  const std::vector<std::string> options = {"listening_ports",
                                            HostPort(host, address.port),
                                            "num_threads",
                                            "16",
                                            "request_timeout_ms",
                                            "2000",
                                            "max_request_size",
                                            "16384",
                                            "enable_directory_listing",
                                            "no"};
  CivetCallbacks callbacks;
  callbacks.begin_request = OnRequest;
  callbacks.http_error = OnError;
  try {
    server->civet_ = std::make_unique<CivetServer>(options, &callbacks, &server->content_);
  } catch (const CivetException&) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", HostPort(address.host, address.port),
                     " for HTTP: ", WhyNotListen({.host = host, .port = address.port}),
                     "; --http-address chooses another port, or off"));
  }
  const std::vector<int> ports = server->civet_->getListeningPorts();
  server->address_ = {host, ports.empty() ? 0 : ports.front()};
  return server;
}

HttpServer::HttpServer(HttpContent content) : content_(std::move(content)) {}

// The library looks whether it is to stop when a connection comes, or else
// every two seconds; so connections are made until it has stopped. Where the system
// has no thread more for that, or no memory for one, the two seconds are waited for.
HttpServer::~HttpServer() {
  if (civet_ == nullptr) return;
  SteadyNotification stopped;
  std::thread waking;
  try {
    waking = std::thread([this, &stopped] {
      do {
        char ignored[1];
        mg_connection* connection =
            mg_connect_client(address_.host.c_str(), address_.port, 0, ignored, 0);
        if (connection != nullptr) mg_close_connection(connection);
      } while (!stopped.WaitFor(absl::Milliseconds(10)));
    });
  } catch (const std::exception&) {
  }
  civet_->close();
  stopped.Notify();
  if (waking.joinable()) waking.join();
}

}  // namespace activation
