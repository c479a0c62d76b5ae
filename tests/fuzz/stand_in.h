// What a request is answered with where neither kernels nor clients' memory are needed to
// tell two answers apart: results that depend on every byte of the inputs.
#ifndef ACTIVATION_TESTS_FUZZ_STAND_IN_H_
#define ACTIVATION_TESTS_FUZZ_STAND_IN_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/wire/decode.h"
#include "server/wire/reply.h"
#include "server/wire/slice_resolver.h"

namespace activation::wire {

// One region of shared memory, with the name "r": bytes in memory of their own, so that the
// address sanitizer sees what goes beyond it. Thread-compatible.
class StandInRegion final : public SliceResolver {
 public:
  StandInRegion();
  absl::StatusOr<std::byte*> Resolve(absl::string_view region, uint64_t offset,
                                     size_t bytes) override;
  std::string Contents() const;

 private:
  std::unique_ptr<std::byte[]> memory_;
};

// In place of the engine.
void RunStandIns(Batch* batch);

std::string Text(const grpc::ByteBuffer& buffer);

// The status, or the reply and what it left in the region. `begin` is what Reply's begins with.
template <class... Begin>
std::string Answer(absl::StatusOr<Batch> batch, const StandInRegion& region,
                   const Begin&... begin) {
  if (!batch.ok()) return batch.status().ToString();
  Reply reply(begin..., &*batch);
  RunStandIns(&*batch);
  return "reply " + Text(reply.Finish()) + region.Contents();
}

// "" where the bytes get in pieces what they get in one.
inline std::string DifferenceOf(const std::string& answer, const std::string& wanted) {
  return answer == wanted ? "" : "in pieces another answer: " + answer + ", not " + wanted;
}

}  // namespace activation::wire

#endif  // ACTIVATION_TESTS_FUZZ_STAND_IN_H_
