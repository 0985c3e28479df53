// How the tree says that a page is damaged.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/text.h"
#include "page/page_file.h"

namespace stele::tree {

// CORRUPT, naming the file, the page and what is wrong with it.
[[nodiscard, gnu::cold, gnu::noinline]] inline std::unexpected<Error> damaged(
    const page::PageFile& file, uint64_t number, const std::string& reason) {
  return corruption(file.path(), number * file.page_size(), cat("page ", number, ": ", reason));
}

}  // namespace stele::tree
