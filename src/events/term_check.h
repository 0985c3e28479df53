// Goes through both trees of terms, side by side, for who compares them with the events.
//
// The digest says that they have the entries that the events ask for, and no others; what it cannot
// say is checked here: each term's runs follow one another, those of the main tree first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/view.h"
#include "events/run.h"
#include "events/term_digest.h"
#include "tree/cursor.h"

namespace stele::events {

class TermCheck {
 public:
  // `trees` must outlive it.
  explicit TermCheck(const engine::Trees& trees);

  // Adds all terms and positions to the digest. CORRUPT names the tree, the term and the run.
  // Requires: called once.
  Status run(TermDigest& digest);

 private:
  // One of the trees, and where in it this is.
  struct Side {
    Side(const engine::Trees& trees, std::string_view tree_name);
    // What all keys of a term begin with. Requires: at an entry.
    [[nodiscard]] ByteView term() const {
      return cursor.key().first(cursor.key().size() - sizeof(uint64_t));
    }
    std::string_view name;
    tree::Cursor cursor;
  };

  // Goes to the first or the next entry. False: there is none.
  Result<bool> move(Side& side, const Result<bool>& moved) const;
  Status add_run(const Side& side, TermDigest& digest);
  [[nodiscard]] std::unexpected<Error> fault(const Side& side, const std::string& reason) const;

  const engine::Trees& trees_;
  Side main_;
  Side recent_;
  std::vector<uint8_t> term_;  // That of the last run,
  uint64_t term_hash_ = 0;     // its hash,
  uint64_t last_ = 0;          // and the last position of the run.
  std::vector<uint64_t> positions_;
};

}  // namespace stele::events
