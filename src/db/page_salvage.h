// What can still be read of the trees of a damaged database: every page is looked at, whether
// anything refers to it or not.
//
// Events and commits never change once they are committed, and their leaves say which they hold,
// so that any leaf of them that is whole is right, however old it is. (Of merged commits, later
// ones can have joined an entry since; the newest is taken that is whole.) Superblocks, inner pages
// and the other trees are not needed.
//
//     scan        every page of the file; of each leaf of events or commits, what range it holds
//     event()     the record of a position, from the newest leaf that has it whole
//     commit()    the same of a TSN
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/commit_entry.h"
#include "engine/snapshot.h"
#include "engine/view.h"
#include "events/record.h"
#include "os/environment.h"
#include "page/page_cache.h"
#include "page/page_file.h"
#include "tree/node.h"

namespace stele::db {

class PageSalvage {
 public:
  // A file that is missing, or of which nothing can be read, has nothing. `cache` must outlive it.
  static std::unique_ptr<PageSalvage> open(const os::Environment& environment,
                                           const std::string& path,
                                           const page::PageFileOptions& options,
                                           page::PageCache& cache);

  // Looks at so many more pages. Returns false when all were looked at. NO_MEMORY.
  bool scan(uint64_t count);
  [[nodiscard]] uint64_t pages_done() const { return next_page_; }
  [[nodiscard]] uint64_t pages_total() const { return page_count_; }
  // Pages that are not what was written, and not empty either.
  [[nodiscard]] uint64_t pages_damaged() const { return pages_damaged_; }
  // Why the file could not be opened, if so.
  [[nodiscard]] const std::optional<Error>& damage() const { return damage_; }

  // The rest requires that all was looked at. ---------------------------------------------------

  // Returns the record of a position, which lives until the next call, if a whole one is there.
  std::optional<events::RecordView> event(uint64_t position);
  // Returns the value of a commit in a tree of commits, if a whole one is there.
  std::optional<std::vector<uint8_t>> commit(uint64_t tsn);
  // Returns the entry that has the commit among others, if a whole one is there.
  std::optional<engine::CommitEntry> merged(uint64_t tsn);
  [[nodiscard]] bool may_have_commit(uint64_t tsn) const {
    return commits_.holds(tsn) || merged_.holds(tsn);
  }
  // Returns the first position >= `from` that a leaf has, or 0; the same for commits.
  [[nodiscard]] uint64_t next_event(uint64_t from) const { return events_.next(from); }
  [[nodiscard]] uint64_t next_commit(uint64_t from) const {
    const uint64_t alone = commits_.next(from);
    const uint64_t merged = merged_.next(from);
    return alone == 0 || (merged != 0 && merged < alone) ? merged : alone;
  }
  // The last commit that is known to have been in the trees.
  [[nodiscard]] uint64_t applied_tsn() const { return applied_tsn_; }
  // What the newest superblock says is in the trees; zeros: none is good.
  [[nodiscard]] engine::Snapshot applied() const;
  // With the newest superblock, for other trees; null: there is nothing.
  [[nodiscard]] const page::PageFile* file() const { return file_.get(); }
  // The trees that it names; without a file if there is nothing.
  [[nodiscard]] engine::Trees trees() const;

 private:
  // The consecutive numbers that the leaves have.
  class Ranges {
   public:
    struct Range {
      uint64_t first;
      uint64_t page;
      uint64_t generation;
      uint64_t count;
    };
    void add(const Range& range);
    void sort();
    [[nodiscard]] bool holds(uint64_t number) const;
    [[nodiscard]] uint64_t next(uint64_t from) const;
    // Calls try_page(range) for each that has the number until one returns true.
    template <typename Try>
    bool find(uint64_t number, const Try& try_page) const;

   private:
    std::vector<Range> ranges_;  // By first number, then newest first.
    uint64_t count_max_ = 0;
  };

  void look_at(uint64_t number);
  // The same of a leaf that is in `page_`.
  void look_at_dense(uint64_t number);
  void look_at_slotted(uint64_t number);
  // Puts the page that a range is of into `page_`.
  bool read_page(const Ranges::Range& range, page::PageType type);
  // Stores the first entry of `merged_leaf_` at or behind `index` in `value_` and returns the TSN
  // of its key; 0: there is none, or it is not of this tree.
  uint64_t load_merged(size_t index);
  // Stores the bytes of entry `number` of a leaf in `value_`. Returns false if they are not whole.
  bool load(const Ranges::Range& range, uint64_t number);
  bool take(const tree::Value& value);

  std::shared_ptr<page::PageFile> file_;  // Null: there is nothing.
  std::optional<Error> damage_;
  uint64_t page_count_ = 0;
  uint64_t next_page_ = 0;
  uint64_t pages_damaged_ = 0;
  uint64_t applied_tsn_ = 0;
  Ranges events_;
  Ranges commits_;
  Ranges merged_;
  std::vector<uint8_t> page_;
  uint64_t page_number_ = 0;    // That page_ has; 0: none.
  tree::DenseNode leaf_;        // Of page_, ...
  tree::LeafNode merged_leaf_;  // ... which is one or the other.
  std::vector<uint8_t> value_;
};

}  // namespace stele::db
