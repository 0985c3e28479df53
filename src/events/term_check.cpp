// Both trees from front to back, the entry of the lower term next.
#include "events/term_check.h"

#include <algorithm>

#include "base/text.h"
#include "events/term_key.h"
#include "events/term_tree.h"

namespace stele::events {

TermCheck::Side::Side(const engine::Trees& trees, std::string_view tree_name)
    : name(tree_name), cursor(*trees.file, trees.root(tree_name), page::PageUse::kOnce) {}

TermCheck::TermCheck(const engine::Trees& trees)
    : trees_(trees), main_(trees, kTermsMainTree), recent_(trees, kTermsRecentTree) {}

std::unexpected<Error> TermCheck::fault(const Side& side, const std::string& reason) const {
  return fail(Code::kCorrupt, cat(trees_.file->path(), ": tree ", side.name, ": ", reason));
}

Result<bool> TermCheck::move(Side& side, const Result<bool>& moved) const {
  TermKeyView key = {};
  if (moved && *moved && !TermKeyView::decode(side.cursor.key(), key)) {
    return fault(side, "there is a key that is none");
  }
  return moved;
}

Status TermCheck::add_run(const Side& side, TermDigest& digest) {
  TermKeyView key = {};
  [[maybe_unused]] const bool sound = TermKeyView::decode(side.cursor.key(), key);
  const tree::Value value = side.cursor.value();
  const char* reason =
      value.is_large ? "it is too long" : decode_run(key.position, value.bytes, positions_);
  if (!std::ranges::equal(term_, side.term())) {
    term_.assign(side.term().begin(), side.term().end());
    term_hash_ = TermDigest::hash_of(key.kind, key.text);
  } else if (reason == nullptr && key.position <= last_) {
    reason = "it is not behind the one before";
  }
  if (reason != nullptr) {
    return fault(side, cat("term ", quoted(key.text), ", run from ", key.position, ": ", reason));
  }
  last_ = positions_.back();
  for (const uint64_t position : positions_) digest.add(term_hash_, position);
  return {};
}

Status TermCheck::run(TermDigest& digest) {
  auto in_main = move(main_, main_.cursor.first());
  auto in_recent = move(recent_, recent_.cursor.first());
  while (in_main && in_recent && (*in_main || *in_recent)) {
    // Of equal terms, the main tree has the older positions.
    const bool takes_main = *in_main && (!*in_recent || !std::ranges::lexicographical_compare(
                                                            recent_.term(), main_.term()));
    Side& side = takes_main ? main_ : recent_;
    STELE_TRY(add_run(side, digest));
    (takes_main ? in_main : in_recent) = move(side, side.cursor.next());
  }
  if (!in_main) return fail(in_main.error());
  return in_recent ? Status() : Status(fail(in_recent.error()));
}

}  // namespace stele::events
