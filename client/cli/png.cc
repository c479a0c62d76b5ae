#include "client/cli/png.h"

#include <zlib.h>

#include <cstddef>

#include "absl/strings/string_view.h"

namespace activation::cli {
namespace {

// The least significant byte last.
void AppendNumber(uint32_t number, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<char>(number >> shift));
}

void AppendChunk(absl::string_view type, absl::string_view data, std::string* out) {
  AppendNumber(static_cast<uint32_t>(data.size()), out);
  const size_t begin = out->size();
  out->append(type.data(), type.size());
  out->append(data.data(), data.size());
  const auto* const checked = reinterpret_cast<const Bytef*>(out->data() + begin);
  AppendNumber(static_cast<uint32_t>(crc32(0, checked, static_cast<uInt>(out->size() - begin))),
               out);
}

// Each row begins with its filter, none: a drawing's rows repeat as they are.
std::string Filtered(uint32_t width, const std::vector<uint8_t>& pixels) {
  const size_t row = size_t{3} * width;
  std::string filtered;
  filtered.reserve(pixels.size() + pixels.size() / row);
  for (size_t begin = 0; begin < pixels.size(); begin += row) {
    filtered.push_back(0);
    filtered.append(reinterpret_cast<const char*>(pixels.data()) + begin, row);
  }
  return filtered;
}

std::string Compressed(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string compressed(size, '\0');
  compress2(reinterpret_cast<Bytef*>(compressed.data()), &size,
            reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), Z_BEST_COMPRESSION);
  compressed.resize(size);
  return compressed;
}

}  // namespace

std::string EncodePng(uint32_t width, uint32_t height, const std::vector<uint8_t>& pixels) {
  std::string png = "\x89PNG\r\n\x1a\n";
  std::string header;
  AppendNumber(width, &header);
  AppendNumber(height, &header);
  // 8 bits a colour, three colours, and the one way there is to compress, filter and order.
  header.append("\x08\x02\0\0\0", 5);
  AppendChunk("IHDR", header, &png);
  AppendChunk("IDAT", Compressed(Filtered(width, pixels)), &png);
  AppendChunk("IEND", "", &png);
  return png;
}

}  // namespace activation::cli
