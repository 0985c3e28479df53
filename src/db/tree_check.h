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
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/commit_entry.h"
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
  // Checks what comes next in the trees of commits. Returns how many bytes it has.
  Result<uint64_t> check_next();
  Result<uint64_t> check_commit(uint64_t tsn, const std::vector<uint8_t>& value);
  Status check_times(const engine::CommitEntry& entry);
  Status check_untimed(const engine::CommitEntry& entry);
  [[nodiscard]] Status check_entries() const;
  [[nodiscard]] Status in_file(Status checked) const;
  Result<os::ScratchBytes> whole_commit(uint64_t tsn, const std::vector<uint8_t>& value);
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
  uint64_t entries_ = 0;      // Of the trees of commits, so far.
  uint64_t keys_ = 0;
  std::optional<uint64_t> history_since_;  // Of the tables in the trees, once it is needed.
  std::map<std::string, events::Tracking::Mark> marks_;
};

}  // namespace stele::db
