#include "client/cli/npy.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/npy_header_reader.h"
#include "client/cli/transpose.h"

namespace activation::cli {
namespace {

constexpr absl::string_view kMagic("\x93NUMPY", 6);
// Elements begin at a multiple of it.
constexpr size_t kAlignment = 64;

absl::Status Bad(absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("not a valid .npy file: ", problem));
}

// Where the dictionary lies in the file.
struct Dictionary {
  size_t begin;
  size_t length;
};

absl::StatusOr<Dictionary> FindDictionary(absl::string_view file) {
  if (!HasNpyMagic(file)) return Bad("it does not begin with \\x93NUMPY");
  if (file.size() < 8) return Bad("it ends within the header");
  const int version = static_cast<uint8_t>(file[6]);
  if (version < 1 || version > 3) {
    return Bad(absl::StrCat("format version ", version, " is not 1, 2 or 3"));
  }
  const size_t bytes_of_length = version == 1 ? 2 : 4;
  const size_t begin = 8 + bytes_of_length;
  if (file.size() < begin) return Bad("it ends within the header");
  size_t length = 0;
  for (size_t i = 0; i < bytes_of_length; ++i) {
    length |= static_cast<size_t>(static_cast<uint8_t>(file[8 + i])) << (8 * i);
  }
  if (length > file.size() - begin) {
    return Bad(absl::StrCat("it ends within the header, which says it has ", length, " bytes"));
  }
  return Dictionary{begin, length};
}

absl::StatusOr<DType> DTypeOf(const std::string& descr, std::optional<DType> wanted) {
  if (descr == "<u2" || descr == "|V2" || descr == "<V2") {
    if (wanted == DType::kBF16) return DType::kBF16;
    return absl::InvalidArgumentError(
        absl::StrCat("its elements are '", descr, "'; if they are bfloat16, say --dtype=bf16"));
  }
  std::optional<DType> dtype;
  if (descr == "<f4") dtype = DType::kF32;
  if (descr == "<f8") dtype = DType::kF64;
  if (descr == "<f2") dtype = DType::kF16;
  if (!dtype && !descr.empty() && descr[0] == '>') {
    return absl::InvalidArgumentError(absl::StrCat(
        "its elements are '", descr, "', big-endian; save it little-endian, as x.astype('<",
        descr.substr(1), "')"));
  }
  if (!dtype) {
    return absl::InvalidArgumentError(absl::StrCat(
        "its elements are '", descr, "'; only '<f2', '<f4', '<f8' and bfloat16 can be read"));
  }
  if (wanted && *wanted != *dtype) {
    return absl::InvalidArgumentError(
        absl::StrCat("it holds ", NameOf(*dtype), " where ", NameOf(*wanted), " is wanted"));
  }
  return *dtype;
}

absl::string_view DescrOf(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return "<f4";
    case DType::kF64:
      return "<f8";
    case DType::kF16:
      return "<f2";
    case DType::kBF16:
      return "<u2";
  }
  return "<f4";
}

}  // namespace

bool HasNpyMagic(absl::string_view file) { return file.substr(0, kMagic.size()) == kMagic; }

absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view file) {
  const auto dictionary = FindDictionary(file);
  if (!dictionary.ok()) return dictionary.status();
  auto fields = ReadNpyDictionary(file.substr(dictionary->begin, dictionary->length));
  if (!fields.ok()) return Bad(std::string(fields.status().message()));
  return NpyHeader{.descr = std::move(fields->descr),
                   .fortran_order = fields->fortran_order,
                   .shape = std::move(fields->shape),
                   .data_offset = dictionary->begin + dictionary->length};
}

absl::StatusOr<DType> CheckNpyData(const NpyHeader& header, uint64_t data_bytes,
                                   std::optional<DType> dtype) {
  const auto found = DTypeOf(header.descr, dtype);
  if (!found.ok()) return found.status();
  const auto elements = ElementsOf(header.shape, *found);
  if (!elements.ok()) return elements.status();
  const uint64_t wanted = static_cast<uint64_t>(*elements) * SizeOf(*found);
  if (data_bytes != wanted) {
    return absl::InvalidArgumentError(
        absl::StrCat(data_bytes < wanted ? "it is cut short" : "it has bytes left over", ": shape ",
                     ShapeText(header.shape), " of ", NameOf(*found), " takes ", wanted, " bytes, ",
                     data_bytes, " are there"));
  }
  return *found;
}

absl::StatusOr<Tensor> ParseNpy(std::string file, std::optional<DType> dtype) {
  auto header = ParseNpyHeader(file);
  if (!header.ok()) return header.status();
  const auto found = CheckNpyData(*header, file.size() - header->data_offset, dtype);
  if (!found.ok()) return found.status();
  file.erase(0, header->data_offset);
  Tensor tensor{.dtype = *found, .shape = std::move(header->shape), .bytes = std::move(file)};
  if (header->fortran_order) MakeRowMajor(tensor);
  return tensor;
}

std::string NpyFile(const Tensor& tensor) {
  std::string dictionary =
      absl::StrCat("{'descr': '", DescrOf(tensor.dtype),
                   "', 'fortran_order': False, 'shape': ", ShapeText(tensor.shape), ", }");
  const size_t unpadded = kMagic.size() + 4 + dictionary.size() + 1;
  dictionary.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  dictionary.push_back('\n');

  std::string file(kMagic);
  file.append({'\x01', '\x00', static_cast<char>(dictionary.size() & 0xff),
               static_cast<char>(dictionary.size() >> 8)});
  file.append(dictionary);
  file.append(tensor.bytes);
  return file;
}

}  // namespace activation::cli
