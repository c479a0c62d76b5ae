#include "server/http.h"

#include <gtest/gtest.h>

namespace activation {
namespace {

HttpContent Content(bool ready) {
  return {.metrics = [] { return std::string("m 1\n"); },
          .ready = [ready] { return ready; },
          .version = "1.2.3"};
}

TEST(HttpTest, AnswersItsPages) {
  EXPECT_EQ(Answer("GET", "/metrics", Content(true)).body, "m 1\n");
  EXPECT_EQ(Answer("GET", "/healthz", Content(false)).code, 200);
  EXPECT_EQ(Answer("GET", "/readyz", Content(true)).code, 200);
  EXPECT_EQ(Answer("GET", "/readyz", Content(false)).code, 503);
  EXPECT_NE(Answer("GET", "/", Content(true)).body.find("1.2.3"), std::string::npos);
  EXPECT_EQ(Answer("GET", "/etc/passwd", Content(true)).code, 404);
}

TEST(HttpTest, OnlyGetAndHead) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"}) {
    EXPECT_EQ(Answer(method, "/metrics", Content(true)).code, 405) << method;
  }
  EXPECT_EQ(Answer("HEAD", "/metrics", Content(true)).code, 200);
}

TEST(HttpTest, AnAddressInUseIsAnError) {
  const auto first = HttpServer::Start({"127.0.0.1", 0}, Content(true));
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_GT((*first)->port(), 0);
  const auto second = HttpServer::Start({"127.0.0.1", (*first)->port()}, Content(true));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace activation
