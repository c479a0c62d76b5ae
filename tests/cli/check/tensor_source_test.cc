#include "client/cli/check/tensor_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <future>
#include <numeric>
#include <thread>
#include <vector>

#include "client/cli/check/inputs.h"
#include "client/cli/npy.h"
#include "client/cli/number_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Write(const std::string& name, const std::string& contents) {
  std::string path = ::testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << contents;
  return path;
}

Tensor Counting(const std::vector<int64_t>& shape) {
  Tensor tensor{.dtype = DType::kF32, .shape = shape, .bytes = {}};
  std::vector<float> values(static_cast<size_t>(*ElementsOf(shape, DType::kF32)));
  std::iota(values.begin(), values.end(), 0.0F);
  tensor.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return tensor;
}

std::vector<double> Take(TensorSource& source, size_t count) {
  const auto block = source.Next(count);
  EXPECT_TRUE(block.ok()) << block.status();
  std::vector<double> values;
  for (size_t i = 0; i < count; ++i) {
    values.push_back(ElementValue(source.dtype(), *block + i * SizeOf(source.dtype())));
  }
  return values;
}

TEST(TensorSourceTest, ReadsNpyInBlocks) {
  auto source = TensorSource::Open(Write("blocks.npy", NpyFile(Counting({2, 3}))), {});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_THAT(source->shape(), ElementsAre(2, 3));
  EXPECT_TRUE(source->has_shape());
  EXPECT_EQ(source->elements(), 6);
  EXPECT_THAT(Take(*source, 4), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Take(*source, 2), ElementsAre(4, 5));
}

TEST(TensorSourceTest, ReadsFortranOrderRowMajor) {
  std::string file = NpyFile(Counting({2, 3}));
  file.replace(file.find("False"), 5, "True ");
  auto source = TensorSource::Open(Write("fortran.npy", file), {});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_THAT(Take(*source, 3), ElementsAre(0, 2, 4));
  EXPECT_THAT(Take(*source, 3), ElementsAre(1, 3, 5));
}

TEST(TensorSourceTest, ReadsRawFilesAndNumbers) {
  auto raw = TensorSource::Open(Write("three.bin", Counting({3}).bytes), DType::kF32);
  ASSERT_TRUE(raw.ok()) << raw.status();
  EXPECT_FALSE(raw->has_shape());
  EXPECT_THAT(Take(*raw, 3), ElementsAre(0, 1, 2));
  auto numbers = TensorSource::Open("-1,0.5", DType::kF16);
  ASSERT_TRUE(numbers.ok()) << numbers.status();
  EXPECT_THAT(Take(*numbers, 2), ElementsAre(-1, 0.5));
}

TEST(TensorSourceTest, SaysWhatIsWrongWithAFile) {
  const std::string npy = NpyFile(Counting({3}));
  const std::string cut = Write("cut.npy", npy.substr(0, npy.size() - 1));
  EXPECT_THAT(std::string(TensorSource::Open(cut, {}).status().message()),
              HasSubstr("cut.npy: it is cut short"));
  const std::string raw = Write("raw.bin", "abc");
  EXPECT_THAT(std::string(TensorSource::Open(raw, {}).status().message()), HasSubstr("--dtype"));
  EXPECT_THAT(std::string(TensorSource::Open(raw, DType::kF16).status().message()),
              HasSubstr("no whole number"));
  EXPECT_THAT(std::string(TensorSource::Open("missing.npy", {}).status().message()),
              HasSubstr("missing.npy"));
}

TEST(TensorSourceTest, SaysThatAFileBecameShorter) {
  const std::string path = Write("shrinks.bin", Counting({100000}).bytes);
  auto source = TensorSource::Open(path, DType::kF32);
  ASSERT_TRUE(source.ok()) << source.status();
  Write("shrinks.bin", "");
  EXPECT_THAT(std::string(source->Next(100000).status().message()), HasSubstr("shorter"));
}

// Opened twice, it would wait for a second writer for ever.
TEST(TensorSourceTest, ReadsAPipeWithAName) {
  const std::string path = ::testing::TempDir() + "pipe.bin";
  unlink(path.c_str());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::promise<void> read;
  std::thread writer([&path, done = read.get_future()] {
    std::ofstream(path, std::ios::binary) << Counting({3}).bytes;
    // So that a reader who waits for another one ends, and the test with it.
    if (done.wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
      close(open(path.c_str(), O_WRONLY | O_NONBLOCK));
    }
  });
  auto source = TensorSource::Open(path, DType::kF32);
  read.set_value();
  writer.join();
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_THAT(Take(*source, 3), ElementsAre(0, 1, 2));
}

TEST(TensorSourceTest, AllInputsAreAllPatterns) {
  TensorSource all = TensorSource::AllInputs(DType::kBF16);
  EXPECT_EQ(all.elements(), 65536);
  const auto block = all.Next(65536);
  ASSERT_TRUE(block.ok());
  for (size_t i = 0; i < 65536; ++i) {
    uint16_t bits;
    std::memcpy(&bits, *block + 2 * i, 2);
    ASSERT_EQ(bits, i);
  }
}

TEST(InputsTest, TensorsMustFitEachOther) {
  const std::string x = Write("x23.npy", NpyFile(Counting({2, 3})));
  const std::string turned = Write("x32.npy", NpyFile(Counting({3, 2})));
  // Whether tensors fit where dy and the results are to have x's shape.
  const auto problem = [](const std::vector<std::string>& arguments) {
    const auto inputs = Inputs::Open(arguments, {}, {});
    const absl::Status status =
        inputs.ok() ? inputs->CheckShapes(inputs->shape(), inputs->shape()) : inputs.status();
    return std::string(status.message());
  };
  EXPECT_THAT(problem({x, turned}), HasSubstr("x32.npy: its shape is (3, 2)"));
  EXPECT_THAT(problem({x, turned, x}), HasSubstr("(3, 2)"));
  EXPECT_NE(problem({x, "1,2"}), "");
  Tensor wide{.dtype = DType::kF64, .shape = {2, 3}, .bytes = std::string(48, '\0')};
  EXPECT_THAT(problem({x, Write("f64.npy", NpyFile(wide))}),
              HasSubstr("it holds f64 where f32 is wanted"));
  // Without a shape of its own only the number of elements must agree.
  EXPECT_EQ(problem({x, "1,2,3,4,5,6"}), "");
}

TEST(InputsTest, XMayBeGivenAShape) {
  const std::vector<std::string> arguments = {"1,2,3,4,5,6",
                                              Write("y32.npy", NpyFile(Counting({3, 2})))};
  const auto inputs = Inputs::Open(arguments, {}, std::vector<int64_t>{3, 2});
  ASSERT_TRUE(inputs.ok()) << inputs.status();
  EXPECT_EQ(inputs->shape(), std::vector<int64_t>({3, 2}));
  EXPECT_TRUE(inputs->CheckShapes({3, 2}, {3, 2}).ok());
  // Of half its length along the last axis.
  EXPECT_THAT(std::string(inputs->CheckShapes({3, 2}, {3, 1}).message()),
              HasSubstr("which makes (3, 1)"));
  EXPECT_THAT(
      std::string(Inputs::Open(arguments, {}, std::vector<int64_t>{4, 2}).status().message()),
      HasSubstr("it has 6 elements, the shape (4, 2) has 8"));
}

TEST(InputsTest, AllInputsNeedAResultEach) {
  const std::string short_one = Write("short.bin", std::string(131070, '\0'));
  EXPECT_THAT(std::string(Inputs::OpenAll(short_one, DType::kF16).status().message()),
              HasSubstr("it has 65535 elements; there are 65536 numbers"));
}

}  // namespace
}  // namespace activation::cli::check
