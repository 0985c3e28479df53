// Pages as text, for people: what `stele inspect` prints.
//
// What is damaged is drawn as far as that goes, with a line that says what is wrong.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "page/page_file.h"
#include "tree/tree.h"

namespace stele::tree {

// Returns a key as text between quotes, bytes that cannot be printed as \x and two digits.
[[nodiscard]] std::string draw_key(ByteView key);

// Returns a drawing of what is in the bytes of a page: its header, then what its type says.
// Requires: bytes.size() is a page size.
[[nodiscard]] std::string draw_page(ByteView bytes);

// Reads the page of that number, whatever it is, and draws it. An error of the file system, or a
// damage that the checksum shows, is a line of the drawing.
[[nodiscard]] std::string draw_page(const page::PageFile& file, uint64_t number);

// Draws the way from the root to the place of a key: for each inner page which child is taken and
// why, then the leaf's entries around that place. Requires: the State that `root` is of is held.
[[nodiscard]] std::string draw_path(const page::PageFile& file, const page::Root& root,
                                    ByteView key);

}  // namespace stele::tree
