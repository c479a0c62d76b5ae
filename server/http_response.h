// The answer to an HTTP request, without its transport.
#ifndef ACTIVATION_SERVER_HTTP_RESPONSE_H_
#define ACTIVATION_SERVER_HTTP_RESPONSE_H_

#include <string>

namespace activation {

struct HttpResponse {
  int code = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_HTTP_RESPONSE_H_
