// Checks the trees of a view: the pages, the history that they hold, and that every index says of
// it what there is.
//
//     pages     each tree is sound; every page is reached once, or free
//     history   commits and events, recomputed as those of the log are
//     indexes   terms, ids, entities, keys and marks are those of the history, and no others
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/view.h"
#include "events/chain_check.h"
#include "events/history.h"
#include "events/term_digest.h"
#include "events/tracking.h"

namespace stele::db {

class TreeCheck {
 public:
  // Both must outlive it. `chain` is at its beginning.
  TreeCheck(const engine::View& view, events::ChainCheck& chain);

  // Checks about `budget` bytes of history, or a tree. Returns false when everything is checked.
  Result<bool> step(uint64_t budget);
  // Bytes of the page file that were dealt with.
  [[nodiscard]] uint64_t bytes_done() const;
  [[nodiscard]] uint64_t bytes_total() const;

 private:
  enum class Phase : uint8_t { kPages, kHistory, kTerms, kEntities, kMarks, kTables, kDone };

  Status check_pages();
  Result<uint64_t> check_commit(uint64_t tsn);
  Result<os::ScratchBytes> whole_commit(uint64_t tsn);
  Status note_event(const events::RecordView& record);
  Status note_section(const engine::Stamp& stamp, const engine::SectionView& section);
  Status check_terms();
  Status check_entities();
  Status check_marks();
  [[nodiscard]] std::unexpected<Error> fault(std::string_view tree,
                                             const std::string& reason) const;

  const engine::View& view_;
  const engine::Trees& trees_;
  events::ChainCheck& chain_;
  events::History history_;
  Phase phase_;
  events::TermDigest terms_;  // Of the events.
  uint64_t keys_ = 0;
  std::map<std::string, events::Tracking::Mark> marks_;
};

}  // namespace stele::db
