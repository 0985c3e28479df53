// Goes through a whole tree and checks all that is said of trees.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "page/page_file.h"
#include "tree/tree.h"

namespace stele::tree {

// Checks that every page is good and in its place, that keys are in order within and across nodes,
// that the root's numbers are right, that large values are whole. Calls visit_page() for each page
// that the tree has, those of values included; an error of it ends the walk. CORRUPT names file,
// page and what is wrong. Requires: the State that `root` is of is held.
[[nodiscard]] Status verify(const page::PageFile& file, const page::Root& root, LeafKind kind,
                            const std::function<Status(uint64_t page)>& visit_page);

}  // namespace stele::tree
