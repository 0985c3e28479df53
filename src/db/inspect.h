// Draws what is in the page file of a database as text, for people who look into it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "db/database.h"

namespace stele::db {

// What to draw:
//
//     ""               the newest generation and its trees
//     "free"           the free list: runs of pages, and the generation that freed them
//     "page NUMBER"    a page, whatever it is
//     "path TREE KEY"  the way from the root of a tree to the place of a key; of events and commits
//                      the key is a number, of other trees text, or 0x and hexadecimal digits
//
// INVALID: anything else, or a page or a tree that is not there. NOT_FOUND: there was no checkpoint
// yet. A damaged page is drawn as far as that goes, and the drawing says what is wrong.
[[nodiscard]] Result<std::string> inspect(const Database& database, std::string_view what);

}  // namespace stele::db
