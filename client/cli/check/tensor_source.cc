#include "client/cli/check/tensor_source.h"

#include <sys/stat.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/file_io.h"
#include "client/cli/npy.h"
#include "client/cli/number_text.h"

namespace activation::cli::check {
namespace {

// Of a file, in which an .npy file's header is looked for.
constexpr size_t kBeginning = size_t{1} << 16;
constexpr int64_t kPatterns = int64_t{1} << 16;

// How the elements of a file lie there.
struct Contents {
  DType dtype;
  std::vector<int64_t> shape;
  size_t data_offset;
};

std::optional<Contents> NpyContents(const std::string& beginning, uint64_t file_bytes,
                                    std::optional<DType> dtype) {
  auto header = ParseNpyHeader(beginning);
  if (!header.ok()) return std::nullopt;
  const auto found = CheckNpyData(*header, file_bytes - header->data_offset, dtype);
  // In one dimension both orders are one.
  if (!found.ok() || (header->fortran_order && header->shape.size() > 1)) return std::nullopt;
  return Contents{*found, std::move(header->shape), header->data_offset};
}

std::optional<Contents> RawContents(uint64_t file_bytes, std::optional<DType> dtype) {
  if (!dtype || file_bytes % SizeOf(*dtype) != 0) return std::nullopt;
  return Contents{*dtype, {static_cast<int64_t>(file_bytes / SizeOf(*dtype))}, 0};
}

// The size of a file that has one, a pipe has none. Asked before it is opened: a pipe that was
// opened and closed again has lost its writer.
std::optional<uint64_t> BytesOf(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<uint64_t>(status.st_size);
}

}  // namespace

absl::StatusOr<TensorSource> TensorSource::Open(const std::string& argument,
                                                std::optional<DType> dtype) {
  if (!LooksLikeNumbers(argument) && argument != "-") {
    auto in_blocks = OpenInBlocks(argument, dtype);
    if (in_blocks.has_value()) return *std::move(in_blocks);
  }
  auto whole = ReadTensor(argument, {.dtype = dtype, .shape = {}});
  if (!whole.ok()) return whole.status();
  return Holding(InputName(argument), *std::move(whole));
}

TensorSource TensorSource::AllInputs(DType dtype) {
  Tensor all{.dtype = dtype, .shape = {kPatterns}, .bytes = {}};
  for (int64_t pattern = 0; pattern < kPatterns; ++pattern) {
    all.bytes.push_back(static_cast<char>(pattern & 0xff));
    all.bytes.push_back(static_cast<char>(pattern >> 8));
  }
  return Holding("x", {.tensor = std::move(all), .source = Source::kRaw});
}

std::optional<TensorSource> TensorSource::OpenInBlocks(const std::string& path,
                                                       std::optional<DType> dtype) {
  const auto file_bytes = BytesOf(path);
  if (!file_bytes) return std::nullopt;
  TensorSource source;
  source.file_ = File(std::fopen(path.c_str(), "rb"));
  if (!source.file_) return std::nullopt;
  std::string beginning(kBeginning, '\0');
  beginning.resize(std::fread(beginning.data(), 1, beginning.size(), source.file_.get()));
  source.has_shape_ = HasNpyMagic(beginning) || absl::EndsWith(path, ".npy");
  auto contents = source.has_shape_ ? NpyContents(beginning, *file_bytes, dtype)
                                    : RawContents(*file_bytes, dtype);
  if (!contents ||
      fseeko(source.file_.get(), static_cast<off_t>(contents->data_offset), SEEK_SET) != 0) {
    return std::nullopt;
  }
  source.name_ = path;
  source.dtype_ = contents->dtype;
  source.elements_ =
      static_cast<int64_t>((*file_bytes - contents->data_offset) / SizeOf(contents->dtype));
  source.shape_ = std::move(contents->shape);
  return source;
}

TensorSource TensorSource::Holding(std::string name, InputTensor input) {
  TensorSource source;
  source.name_ = std::move(name);
  source.dtype_ = input.tensor.dtype;
  source.elements_ = input.tensor.elements();
  source.shape_ = std::move(input.tensor.shape);
  source.has_shape_ = input.source == Source::kNpy;
  source.bytes_ = std::move(input.tensor.bytes);
  return source;
}

absl::Status TensorSource::Reshape(std::vector<int64_t> shape) {
  const auto elements = ElementsOf(shape, dtype_);
  if (!elements.ok()) return elements.status();
  if (*elements != elements_) {
    return absl::InvalidArgumentError(absl::StrCat(name_, ": it has ", elements_,
                                                   " elements, the shape ", ShapeText(shape),
                                                   " has ", *elements));
  }
  shape_ = std::move(shape);
  has_shape_ = true;
  return absl::OkStatus();
}

absl::StatusOr<const char*> TensorSource::Next(size_t count) {
  const size_t bytes = count * SizeOf(dtype_);
  if (!file_) {
    const char* block = bytes_.data() + next_;
    next_ += bytes;
    return block;
  }
  bytes_.resize(bytes);
  if (std::fread(bytes_.data(), 1, bytes, file_.get()) != bytes) {
    return absl::InvalidArgumentError(absl::StrCat(name_, ": it became shorter while it was read"));
  }
  return bytes_.data();
}

}  // namespace activation::cli::check
