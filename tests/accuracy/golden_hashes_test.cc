// The bits of every function are those that are written down, on every instruction set
// of this machine. tests/backends/neon says the same of NEON.
#include "tests/accuracy/golden_hashes.h"

#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace activation::accuracy {
namespace {

class GoldenHashesTest : public ::testing::TestWithParam<FunctionId> {};

// A change of one bit of these results is seen, and has to be wanted: then
// 'activation-prove --hashes' writes the file anew.
TEST_P(GoldenHashesTest, AreThoseOfEveryInstructionSet) {
  std::ifstream file(ACTIVATION_GOLDEN_HASHES);
  const nlohmann::json golden = nlohmann::json::parse(file);
  const char* const name = Catalogue()[GetParam()].name;
  ASSERT_TRUE(golden.contains(name)) << "new: activation-prove --hashes writes the file anew";
  for (const KernelSet& kernels : AllKernels()) {
    EXPECT_EQ(GoldenHashes(kernels, GetParam()), golden[name]) << kernels.target;
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, GoldenHashesTest,
                         ::testing::Range(FunctionId{0}, Catalogue().size()), [](const auto& test) {
                           return std::string(Catalogue()[test.param].name);
                         });

}  // namespace
}  // namespace activation::accuracy
