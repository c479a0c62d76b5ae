// What shared memory holds before a call: nothing that could pass for its result.
#include "client/cli/bench/prepared_calls.h"

#include <algorithm>
#include <cstring>

#include "client/cli/bench/shared_tensors.h"
#include "client/cli/bench/workload_text.h"
#include "gtest/gtest.h"
#include "tests/cli/bench/relu_server.h"

namespace activation::cli {
namespace {

// Servers write results in parts; none of them may be missing unseen.
constexpr size_t kPart = 1024;

TEST(PreparedCallsTest, NoPartOfAnOldResultIsTakenForANewOne) {
  const ReluServer server({});
  const auto workload = Workload::Make(*ParseMix("relu:1000", {.items = 2}));
  ASSERT_TRUE(workload.ok()) << workload.status();
  client::ClientOptions options;
  options.endpoint = server.endpoint();
  const auto shared =
      SharedTensors::Create(options, Api::kOwn, *workload, {.places = 1, .prefix = "/activation-"});
  ASSERT_TRUE(shared.ok()) << shared.status();
  const PreparedCalls calls({}, *workload, Expect::kResult, shared->get());
  const WorkloadCase& a_case = calls.CaseOf(0);
  char* const memory = (*shared)->PlacesOf(0, 0).result_memory;
  const auto right = [&](size_t item) { return a_case.expected(0, item); };
  const size_t each = right(0).size();
  for (size_t item = 0; item < a_case.items(); ++item) {
    std::memcpy(memory + item * each, right(item).data(), each);
  }
  calls.Prepare(0, 0);
  for (size_t item = 0; item < a_case.items(); ++item) {
    const char* const held = memory + item * each;
    for (size_t begin = 0; begin < each; begin += kPart) {
      const size_t size = std::min(kPart, each - begin);
      EXPECT_NE(std::memcmp(held + begin, right(item).data() + begin, size), 0) << begin;
    }
    EXPECT_NE(held[each - 1], right(item).back());
  }
}

}  // namespace
}  // namespace activation::cli
