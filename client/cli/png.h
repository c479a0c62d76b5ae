// Pixels as a PNG file.
#ifndef ACTIVATION_CLIENT_CLI_PNG_H_
#define ACTIVATION_CLIENT_CLI_PNG_H_

#include <cstdint>
#include <string>
#include <vector>

namespace activation::cli {

// Rows from the top, each pixel red, green and blue: 3 * width * height bytes.
// Source: https://www.w3.org/TR/png-3/
std::string EncodePng(uint32_t width, uint32_t height, const std::vector<uint8_t>& pixels);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_PNG_H_
