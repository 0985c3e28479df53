// Trees of terms in a page file in memory, filled from chunks as checkpoints do it, and a model of
// what is in them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "engine/chunk.h"
#include "engine/view.h"
#include "events/event_part.h"
#include "events/tail.h"
#include "events/term_check.h"
#include "events/term_digest.h"
#include "events/term_index.h"
#include "events/term_tree.h"
#include "events/term_writer.h"
#include "os/fixed_environment.h"
#include "os/memory_files.h"
#include "page/page_cache.h"
#include "page/page_census.h"
#include "page/page_file.h"
#include "page/page_writer.h"
#include "support/results.h"
#include "tree/apply.h"
#include "tree/verify.h"

namespace stele::events {

// The terms of events, those of one event together; an id is a term as well.
using TermName = std::pair<TermKind, std::string>;
using EventTerms = std::set<TermName>;
using TermModel = std::map<TermName, std::vector<uint64_t>>;

class TermWorld {
 public:
  explicit TermWorld(uint32_t page_size = page::kPageSizeDefault,
                     uint64_t cache_bytes = uint64_t{1} << 20)
      : cache_(cache_bytes) {
    options_.page_size = page_size;
    auto made = page::PageFile::create(environment(), kPath, options_, cache_);
    EXPECT_TRUE(test::succeeded(made));
    if (made) file_ = *std::move(made);
    note_trees();
  }

  // Brings events into the trees, at the positions behind `head`. Requires: each has one id at
  // most; without one it has that of 16 zeros, which does not count.
  void checkpoint(const std::vector<EventTerms>& events, uint64_t head) {
    std::vector<engine::Participant*> participants = {&participant_};
    engine::Chunk chunk({.tsn = 0, .head = head}, participants, 4096);
    Tail& tail = Tail::of(chunk);
    std::vector<std::vector<uint8_t>> records;
    records.reserve(events.size());
    uint64_t position = head;
    for (const EventTerms& event : events) {
      ++position;
      std::string id(kIdSize, '\0');
      for (const auto& [kind, text] : event) {
        model_[{kind, text}].push_back(position);
        if (kind == TermKind::kId) {
          id = text;
        } else {
          tail.terms().intern(kind, text, term_hash(kind, text)).append(position);
        }
      }
      std::vector<uint8_t>& record = records.emplace_back(kFixedSize);
      copy_bytes(record.data() + kIdOffset, as_bytes(id));
      if (id == std::string(kIdSize, '\0')) model_[{TermKind::kId, id}].push_back(position);
      tail.add(record.data(), 0);
    }
    change([&](page::PageWriter& writer, engine::Roots& roots) {
      return term_writer_.add(writer, chunk, roots);
    });
  }

  // Moves about so many entries from the recent tree to the main one.
  void fold(uint64_t entries) {
    change([&](page::PageWriter& writer, engine::Roots& roots) {
      return term_writer_.fold(writer, roots, entries);
    });
  }

  // Puts an entry into a tree, whatever it may be.
  void put(std::string_view tree, ByteView key, ByteView value) {
    class One final : public tree::ChangeSource {
     public:
      explicit One(const tree::Change& change) : change_(change) {}
      Result<const tree::Change*> next() override {
        return std::exchange(given_, true) ? nullptr : &change_;
      }

     private:
      tree::Change change_;
      bool given_ = false;
    };
    change([&](page::PageWriter& writer, engine::Roots& roots) -> Status {
      One source({.key = key, .value = value});
      page::Root& root = roots[std::string(tree)];
      const auto made = tree::apply(writer, root, tree::LeafKind::kSlotted, source);
      if (!made) return fail(made.error());
      root = *made;
      return {};
    });
  }

  // What is remembered between checkpoints is forgotten.
  void reopen() {
    trees_ = {};
    file_.reset();
    auto opened = page::PageFile::open(environment(), kPath, options_, cache_, true);
    ASSERT_TRUE(test::succeeded(opened));
    file_ = *std::move(opened);
    term_writer_ = TermWriter();
    note_trees();
  }

  // The pages are sound, and the trees have what the model has.
  void verify() const {
    page::PageCensus census(*file_, *trees_.state);
    for (const auto& [name, root] : trees_.state->roots) {
      ASSERT_TRUE(test::succeeded(tree::verify(*file_, root, tree::LeafKind::kSlotted,
                                               [&](uint64_t page) { return census.mark(page); })));
    }
    ASSERT_TRUE(test::succeeded(census.mark_free()));
    ASSERT_TRUE(test::succeeded(census.finish()));
    TermDigest found;
    ASSERT_TRUE(test::succeeded(TermCheck(trees_).run(found)));
    TermDigest expected;
    for (const auto& [term, positions] : model_) {
      for (const uint64_t position : positions) expected.add(term.first, term.second, position);
    }
    ASSERT_EQ(found.count(), expected.count());
    ASSERT_TRUE(found == expected);
  }

  [[nodiscard]] const engine::Trees& trees() const { return trees_; }
  [[nodiscard]] const TermModel& model() const { return model_; }
  [[nodiscard]] const page::PageFile& file() const { return *file_; }
  [[nodiscard]] uint64_t entries(std::string_view tree) const { return trees_.root(tree).entries; }
  // By the newest change.
  [[nodiscard]] uint64_t pages_written() const { return pages_written_; }
  [[nodiscard]] const Status& last_change() const { return last_change_; }
  // From now on a change may fail: last_change() tells.
  void expect_failures() { may_fail_ = true; }

 private:
  static constexpr const char* kPath = "/terms.pages";
  [[nodiscard]] os::Environment environment() { return {&files_, &clock_, &random_}; }

  template <typename Make>
  void change(const Make& make) {
    auto writer = file_->begin();
    ASSERT_TRUE(test::succeeded(writer));
    engine::Roots roots = trees_.state->roots;
    last_change_ = make(**writer, roots);
    if (!last_change_) {
      EXPECT_TRUE(may_fail_ || test::succeeded(last_change_));
      return;
    }
    pages_written_ = (*writer)->pages_written();
    ASSERT_TRUE(test::succeeded((*writer)->commit(roots, 0, {})));
    note_trees();
  }
  void note_trees() {
    trees_.file = file_;
    trees_.state = file_->state();
  }

  os::MemoryFiles files_;
  os::FixedClock clock_{0};
  os::SeededRandom random_{1};
  page::PageFileOptions options_{.uuid = {1, 2, 3}, .file_id = 7};
  page::PageCache cache_;
  std::shared_ptr<page::PageFile> file_;
  engine::Trees trees_;
  EventParticipant participant_;
  TermWriter term_writer_;
  TermModel model_;
  uint64_t pages_written_ = 0;
  bool may_fail_ = false;
  Status last_change_;
};

}  // namespace stele::events
