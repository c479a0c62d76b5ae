#include "server/http.h"

#include <arpa/inet.h>
#include <civetweb.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "tests/base/no_memory_here.h"

namespace activation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

HttpContent Content(bool ready) {
  return {
      .local = true,
      .metrics = [] { return std::string("m 1\n"); },
      .ready = [ready] { return ready; },
      .page = [](const std::string& path, const std::string& query) -> std::optional<HttpResponse> {
        if (path != "/") return std::nullopt;
        return HttpResponse{.content_type = "text/html; charset=utf-8", .body = query};
      }};
}

HttpResponse Get(const std::string& path, bool ready = true) {
  return Answer({"GET", path, ""}, Content(ready));
}

TEST(HttpTest, AnswersItsPages) {
  EXPECT_EQ(Get("/metrics").body, "m 1\n");
  EXPECT_EQ(Get("/healthz", false).code, 200);
  EXPECT_EQ(Get("/readyz").code, 200);
  EXPECT_EQ(Get("/readyz", false).code, 503);
  EXPECT_EQ(Get("/etc/passwd").code, 404);
  EXPECT_EQ(Answer({"GET", "/", "a=1"}, Content(true)).body, "a=1");
}

TEST(HttpTest, OnlyGetAndHead) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"}) {
    EXPECT_EQ(Answer({method, "/metrics", ""}, Content(true)).code, 405) << method;
    EXPECT_EQ(Answer({method, "/", ""}, Content(true)).code, 405) << method;
  }
  EXPECT_EQ(Answer({"HEAD", "/metrics", ""}, Content(true)).code, 200);
}

TEST(HttpTest, BoundsTheQuery) {
  EXPECT_EQ(Answer({"GET", "/", std::string(2048, 'a')}, Content(true)).code, 200);
  EXPECT_EQ(Answer({"GET", "/", std::string(2049, 'a')}, Content(true)).code, 414);
}

TEST(HttpTest, TakesNoBody) {
  EXPECT_EQ(Answer({.method = "GET", .path = "/metrics", .has_body = true}, Content(true)).code,
            413);
}

// A site whose name leads to 127.0.0.1 is another origin than this page, until it reads it.
TEST(HttpTest, OnThisMachineNobodysNameIsAnswered) {
  const auto code = [](const std::string& host, bool local = true) {
    HttpContent content = Content(true);
    content.local = local;
    return Answer({.method = "GET", .path = "/metrics", .host = host}, content).code;
  };
  for (const char* host : {"", "localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:8080",
                           "10.1.2.3:1", "[::1]", "[::1]:8080"}) {
    EXPECT_EQ(code(host), 200) << host;
  }
  for (const char* host :
       {"example.org", "example.org:8080", "127.0.0.1.example.org", "localhost.example.org",
        "[example.org]", "[", "[127.0.0.1", "::1", ":8080"}) {
    EXPECT_EQ(code(host), 421) << host;
    EXPECT_EQ(code(host, false), 200) << host;
  }
}

TEST(HttpTest, OtherSitesPagesHaveNothingComputed) {
  const auto code = [](const std::string& path, const std::string& site) {
    return Answer({.method = "GET", .path = path, .site = site}, Content(true)).code;
  };
  for (const char* const site : {"", "same-origin", "none"}) {
    EXPECT_EQ(code("/api/curve", site), code("/api/curve", "")) << site;
    EXPECT_NE(code("/api/curve", site), 403) << site;
  }
  for (const char* const site : {"cross-site", "same-site", "anything"}) {
    EXPECT_EQ(code("/api/curve", site), 403) << site;
    EXPECT_EQ(code("/metrics", site), 200) << site;
  }
}

// A page may use what this server has; data needs nothing.
TEST(HttpTest, HeadersAreStrict) {
  const std::string page = Headers(Get("/"));
  EXPECT_THAT(page, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe")));
  const std::string data = Headers(Get("/metrics"));
  EXPECT_THAT(data, Not(HasSubstr("'self'")));
  for (const std::string& headers : {page, data}) {
    EXPECT_THAT(headers, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(headers, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(headers, HasSubstr("\r\nReferrer-Policy: no-referrer\r\n"));
  }
  EXPECT_THAT(Headers(Answer({"PUT", "/", ""}, Content(true))),
              HasSubstr("\r\nAllow: GET, HEAD\r\n"));
}

TEST(HttpTest, AnAddressInUseIsAnError) {
  const auto first = HttpServer::Start({"127.0.0.1", 0}, Content(true));
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_GT((*first)->port(), 0);
  const auto second = HttpServer::Start({"127.0.0.1", (*first)->port()}, Content(true));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
}

TEST(HttpTest, WhatTheLibraryLacksIsSaid) {
  const auto server = HttpServer::Start({"::1", 0}, Content(true));
  if (mg_check_feature(MG_FEATURES_IPV6) != 0) GTEST_SKIP() << "this library has IPv6";
  EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(server.status().message()),
              HasSubstr("--http-address: [::1]:0 is of IPv6"));
}

int ConnectTo(int port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // An answer comes once a thread is free, which takes its connection's 2 s to send a request and
  // 5 s to take an answer at most, and more on a machine that is busy.
  const timeval patience{.tv_sec = 60, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
  return fd;
}

void Send(int fd, const std::string& text) {
  EXPECT_EQ(send(fd, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

// The first bytes of the answer to a request for `path`.
std::string StatusLine(int port, const std::string& path,
                       const std::string& headers = "Host: localhost\r\n") {
  const int fd = ConnectTo(port);
  Send(fd, "GET " + path + " HTTP/1.1\r\n" + headers + "\r\n");
  std::string line(12, '\0');
  const ssize_t n = recv(fd, line.data(), line.size(), MSG_WAITALL);
  close(fd);
  return line.substr(0, static_cast<size_t>(std::max<ssize_t>(n, 0)));
}

// A proxy before this server may have looked at the other.
TEST(HttpTest, ARequestThatNamesTwoHostsIsRefused) {
  const auto server = HttpServer::Start({.host = "127.0.0.1"}, Content(true));
  ASSERT_TRUE(server.ok()) << server.status();
  const auto answer = [&server](const std::string& headers) {
    return StatusLine((*server)->port(), "/healthz", headers);
  };
  EXPECT_EQ(answer("Host: localhost\r\n"), "HTTP/1.1 200");
  EXPECT_EQ(answer("Host: localhost\r\nhost: example.org\r\n"), "HTTP/1.1 400");
}

thread_local std::optional<NoMemoryHere> no_memory_while_serving;

// Not even for an answer that says so. The thread that answers gets none from then on, until it is
// asked whether the server is ready.
TEST(HttpTest, WithoutMemoryTheAnswerIs503AndTheServerLives) {
  HttpContent content = Content(true);
  content.metrics = [] {
    no_memory_while_serving.emplace();
    return std::string();
  };
  content.ready = [] {
    no_memory_while_serving.reset();
    return true;
  };
  const auto server = HttpServer::Start({"127.0.0.1", 0}, std::move(content));
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ(StatusLine((*server)->port(), "/metrics"), "HTTP/1.1 503");
  EXPECT_EQ(StatusLine((*server)->port(), "/readyz"), "HTTP/1.1 200");
}

// Where the system has no thread for it there is an error, too.
TEST(HttpTest, WithoutMemoryForAThreadTheServerEnds) {
  auto server = HttpServer::Start({"127.0.0.1", 0}, Content(true));
  ASSERT_TRUE(server.ok()) << server.status();
  const NoMemoryHere none;
  server->reset();
  EXPECT_TRUE(NoMemoryHere::refused());
}

// More connections than there are threads, which each send `beginning`; `trickle` is called with
// each of them ever again. Whoever comes then is to be answered.
void ExpectToKeepNobodyOut(int port, const std::string& beginning,
                           const std::function<void(int fd)>& trickle) {
  std::vector<int> greedy(20);
  for (int& fd : greedy) {
    fd = ConnectTo(port);
    Send(fd, beginning);
  }
  absl::Notification answered;
  std::thread trickling([&] {
    while (!answered.WaitForNotificationWithTimeout(absl::Milliseconds(200))) {
      for (const int fd : greedy) trickle(fd);
    }
  });
  const int probe = ConnectTo(port);
  Send(probe, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  char answer[12];
  EXPECT_EQ(recv(probe, answer, sizeof(answer), MSG_WAITALL), static_cast<ssize_t>(sizeof(answer)));
  EXPECT_EQ(std::string(answer, sizeof(answer)), "HTTP/1.1 200");
  answered.Notify();
  trickling.join();
  for (const int fd : greedy) close(fd);
  close(probe);
}

void SendByte(int fd) { send(fd, "a", 1, MSG_NOSIGNAL); }

TEST(HttpTest, SilentConnectionsKeepNobodyOut) {
  const auto server = HttpServer::Start({"127.0.0.1", 0}, Content(true));
  ASSERT_TRUE(server.ok()) << server.status();
  ExpectToKeepNobodyOut((*server)->port(), "", [](int) {});
}

TEST(HttpTest, HeadersThatComeByteByByteKeepNobodyOut) {
  const auto server = HttpServer::Start({"127.0.0.1", 0}, Content(true));
  ASSERT_TRUE(server.ok()) << server.status();
  ExpectToKeepNobodyOut((*server)->port(), "GET /metrics HTTP/1.1\r\nX: ", SendByte);
}

TEST(HttpTest, BodiesThatComeByteByByteKeepNobodyOut) {
  const auto server = HttpServer::Start({"127.0.0.1", 0}, Content(true));
  ASSERT_TRUE(server.ok()) << server.status();
  ExpectToKeepNobodyOut((*server)->port(),
                        "POST /metrics HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n", SendByte);
}

// However fast this machine is: to the server a second passes whenever it looks.
TEST(HttpTest, SlowReadersAreCutOff) {
  constexpr size_t kPage = size_t{1} << 20;
  HttpContent content = Content(true);
  content.page = [](const std::string&, const std::string&) {
    return HttpResponse{.body = std::string(kPage, 'a')};
  };
  std::atomic<int> looks{0};
  content.clock = [&looks] { return absl::Seconds(looks++); };
  const auto server = HttpServer::Start({"127.0.0.1", 0}, std::move(content));
  ASSERT_TRUE(server.ok()) << server.status();
  const int reader = ConnectTo((*server)->port());
  Send(reader, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  std::vector<char> some(size_t{64} << 10);
  size_t taken = 0;
  ssize_t now = 0;
  while ((now = recv(reader, some.data(), some.size(), 0)) > 0) taken += static_cast<size_t>(now);
  EXPECT_EQ(now, 0) << "closed, not waited for in vain";
  // What was written in four seconds, in pieces of 16 KiB.
  EXPECT_EQ(taken, size_t{4} * (size_t{16} << 10));
  EXPECT_EQ(looks, 6);
  close(reader);
}

}  // namespace
}  // namespace activation
