// The files of the page, in the program: index.html, styles and scripts of assets/, put
// there at build time by embed_assets.cmake.
#ifndef ACTIVATION_SERVER_PAGE_ASSETS_H_
#define ACTIVATION_SERVER_PAGE_ASSETS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace activation::page {

struct Asset {
  absl::string_view name;  // "index.html"
  absl::string_view content_type;
  absl::string_view body;
};

absl::Span<const Asset> Assets();

}  // namespace activation::page

#endif  // ACTIVATION_SERVER_PAGE_ASSETS_H_
