#include "server/open_streams.h"

#include <gtest/gtest.h>

#include <vector>

namespace activation {
namespace {

class Counted final : public OpenStream {
 public:
  void Drain() override { ++drains; }

  int drains = 0;
};

TEST(OpenStreamsTest, ADrainReachesThoseThatAreThere) {
  // The last that came, one amid them and the first.
  for (const size_t leaves : {2, 1, 0}) {
    std::vector<Counted> all(3);
    OpenStreams streams;
    for (Counted& stream : all) streams.Add(&stream);
    streams.Remove(&all[leaves]);
    streams.Drain();
    for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].drains, i == leaves ? 0 : 1);
    for (size_t i = 0; i < all.size(); ++i) {
      if (i != leaves) streams.Remove(&all[i]);
    }
    streams.Drain();
    for (const Counted& stream : all) EXPECT_LE(stream.drains, 1);
  }
}

}  // namespace
}  // namespace activation
