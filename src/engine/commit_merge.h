// Brings the commits of a chunk into the trees of commits, and merges those that hold rows alone.
//
// A database that is used as a store of keys and values makes millions of such commits. With their
// times, which the chain of roots and reads as of a time need, one takes one to three bytes; where
// nothing needs them, all of them together are one entry, whatever their number.
//
// Threads: one at a time.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "engine/batch.h"
#include "engine/view.h"
#include "page/page_writer.h"

namespace stele::engine {

// Adds the commits of the view's oldest chunk to its trees, and puts the roots into `roots`.
// `timed`: the first commit whose time somebody may ask for.
[[nodiscard]] Status add_commits(page::PageWriter& writer, const View& view, uint64_t timed,
                                 Roots& roots);

}  // namespace stele::engine
