// The bytes of a reply as the message they should be.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_PARSE_REPLY_H_
#define ACTIVATION_CLIENT_CLI_BENCH_PARSE_REPLY_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace activation::cli {

// DATA_LOSS where they are none.
template <class Message>
absl::StatusOr<Message> ParseReply(absl::string_view bytes) {
  Message message;
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return message;
  return absl::DataLossError("the reply's bytes are no message");
}

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_PARSE_REPLY_H_
