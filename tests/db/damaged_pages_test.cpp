// Damage to the page file of a whole database: whatever byte of it is another one, whatever page
// stands elsewhere, is an old one or is gone, every answer is the right one or CORRUPT, which names
// the file and the page; and a verification finds all of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "events/entity.h"
#include "page/superblock.h"
#include "sim/sim_environment.h"
#include "support/databases.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele {
namespace {

using test::commit;
using test::DatabasePtr;
using test::failed;
using test::succeeded;

constexpr const char* kPath = "/shop";
constexpr const char* kPages = "/shop/events.pages";
constexpr uint32_t kSize = page::kPageSizeDefault;

using Bytes = std::vector<uint8_t>;

Result<DatabasePtr> try_open(sim::SimMachine& machine) {
  db::OpenOptions options = test::World::small();
  options.checkpoint_close = UINT64_MAX;
  options.memory_budget = db::kMemoryBudgetMin;
  return db::Database::open(machine.environment(), kPath, options);
}

// ---- What there is to ask of a database, as of a head; an answer is bytes. ----

using Question = std::function<Result<std::string>(db::Database&, uint64_t head)>;

Result<std::string> read_all(db::Database& database, uint64_t head, const events::Query& query,
                             bool backward) {
  events::Reader reader(
      database.views(), query,
      {.backward = backward, .start = backward ? std::optional<uint64_t>(head) : std::nullopt},
      database.snapshot());
  std::string all;
  for (;;) {
    const auto record = reader.peek();
    if (!record) return fail(record.error());
    if (!*record || (*record)->position() > head) return all;
    all += as_text((*record)->bytes());
    reader.advance();
  }
}

Result<std::string> newest_of(db::Database& database, uint64_t head, std::string_view entity) {
  events::History history(database.views());
  const auto newest = events::newest_of_entity(history, entity, head);
  if (!newest) return fail(newest.error());
  return cat(newest->position, " ", newest->sequence);
}

Result<std::string> places_of_ids(db::Database& database, uint64_t head) {
  events::History history(database.views());
  std::string all;
  for (uint64_t number = 1; number <= head + 5; ++number) {
    all += cat(history.position_of(test::id_of(number).data(), head), " ");
    if (!history.status()) return fail(history.status().error());
  }
  return all;
}

Result<std::string> tags_from(db::Database& database, uint64_t /*head*/) {
  events::History history(database.views());
  std::string all;
  for (const auto& tag : history.with_prefix(events::TermKind::kTag, "t:", {}, 1000)) {
    all += cat(tag, " ");
  }
  if (!history.status()) return fail(history.status().error());
  return all;
}

Result<std::string> commit_infos(db::Database& database, uint64_t /*head*/) {
  const engine::ViewPtr view = database.views().current();
  std::string all;
  for (uint64_t tsn = 1; tsn <= 20; ++tsn) {
    const auto info = engine::commit_info(*view, tsn);
    if (!info) return fail(info.error());
    all += cat(info->stamp.recorded, " ", as_text(info->chained_root), " ");
  }
  return all;
}

Result<std::string> marks(db::Database& database, uint64_t /*head*/) {
  std::string all;
  for (const char* source : {"orders", "mail", "nobody"}) {
    const auto tracked = database.tracked(source);
    if (!tracked) return fail(tracked.error());
    all += cat(*tracked, " ");
  }
  return all;
}

const std::vector<std::pair<const char*, Question>>& questions() {
  static const auto by = [](events::QueryItem item, bool backward) -> Question {
    return [=](db::Database& database, uint64_t head) {
      return read_all(database, head, {{item}}, backward);
    };
  };
  static const std::vector<std::pair<const char*, Question>> all = {
      {"all events", by({}, false)},
      {"all events, backward", by({}, true)},
      {"a tag", by({.tags = {"t:3"}}, false)},
      {"a tag, backward", by({.tags = {"all"}}, true)},
      {"a type and a tag", by({.types = {"Changed"}, .tags = {"t:1"}}, false)},
      {"an entity", by({.entities = {"e:2"}}, false)},
      {"nothing", by({.tags = {"t:none"}}, false)},
      {"the newest of an entity",
       [](db::Database& d, uint64_t head) { return newest_of(d, head, "e:1"); }},
      {"the newest of no entity",
       [](db::Database& d, uint64_t head) { return newest_of(d, head, "e:none"); }},
      {"the places of ids", places_of_ids},
      {"the tags there are", tags_from},
      {"the commits", commit_infos},
      {"the marks", marks},
  };
  return all;
}

// ---- A database that was closed after checkpoints, and copies of it that are damaged. ----

class DamagedPages : public ::testing::Test {
 protected:
  DamagedPages() : machine_(seed_.value()), dice_(seed_.value()) {
    fill();
    image_ = machine_.disk.image();
    whole_ = *machine_.disk.cached(kPages);
    sim::SimMachine machine(1, image_);
    const auto database = try_open(machine);
    EXPECT_TRUE(succeeded(database));
    for (const auto& [name, question] : questions()) {
      const auto answer = question(**database, head_);
      EXPECT_TRUE(succeeded(answer)) << name;
      answers_.push_back(answer.value_or(""));
    }
    EXPECT_TRUE(succeeded(test::verify(*database)));
    sort_pages(**database);
  }

  // Three checkpoints or more, of events short and long, and a rest that is in the log only.
  void fill() {
    DatabasePtr database = *try_open(machine_);
    for (uint64_t round = 0; round < 6; ++round) {
      if (round == 5) before_ = *machine_.disk.cached(kPages);
      for (uint64_t i = 0; i < 6; ++i) add(database, round == 2 && i == 3 ? 300'000 : 0);
      if (round < 5) {
        ASSERT_TRUE(succeeded(database->checkpoint()));
      }
      if (round == 4) {
        ASSERT_TRUE(succeeded(database->close()));
        database = *try_open(machine_);
      }
    }
    ASSERT_TRUE(succeeded(database->checkpoint()));
    add(database, 0);
    add(database, 0);
    head_ = database->snapshot().head;
    ASSERT_TRUE(succeeded(database->close()));
  }

  void add(const DatabasePtr& database, uint64_t size) {
    db::Batch batch(database);
    for (uint64_t i = 0; i < 8; ++i) {
      const uint64_t number = ++events_;
      static constexpr std::array<uint64_t, 8> kSizes = {20, 300, 20, 3'000, 20, 300, 20, 40'000};
      const uint64_t usual = kSizes[number % 13 % 8];
      std::string data(i == 0 && size != 0 ? size : usual, '\0');
      for (char& byte : data) byte = static_cast<char>(dice_.next());
      const std::string tag = cat("t:", number % 7);
      const test::Draft draft = {.type = number % 2 == 0 ? "Changed" : "Opened",
                                 .entity = cat("e:", number % 5),
                                 .data = data,
                                 .tags = {tag, "all", cat("only:", number)},
                                 .id = test::id_of(number)};
      events::NewEvent event = draft.event();
      ASSERT_TRUE(succeeded(batch.add_event(event)));
    }
    const uint64_t tracked = events_;
    ASSERT_TRUE(succeeded(batch.add_tracking(
        {.source = "orders", .previous = events::kPreviousAny, .position = tracked})));
    ASSERT_TRUE(succeeded(batch.set_key(cat("key ", events_))));
    ASSERT_TRUE(succeeded(batch.commit()));
  }

  // Tells the pages that something refers to from those that are free.
  void sort_pages(const db::Database& database) {
    const auto file = database.checkpointer().file();
    const auto state = file->state();
    std::set<uint64_t> free;
    const auto listed = file->for_each_free(
        *state,
        [&](const page::FreeExtent& extent) -> Status {
          for (uint64_t n = extent.first; n < extent.end(); ++n) free.insert(n);
          return {};
        },
        [](uint64_t) -> Status { return {}; });
    ASSERT_TRUE(succeeded(listed));
    for (uint64_t n = page::first_page(kSize); n < state->page_count; ++n) {
      (free.contains(n) ? free_ : used_).push_back(n);
    }
    newest_slot_ = page::slot_of(state->generation);
    ASSERT_GE(state->generation, 5U);
  }

  [[nodiscard]] Bytes page_of(const Bytes& file, uint64_t number) const {
    const auto at = file.begin() + static_cast<ptrdiff_t>(number * kSize);
    return {at, at + kSize};
  }

  static void put(Bytes& file, uint64_t number, const Bytes& page) {
    std::ranges::copy(page, file.begin() + static_cast<ptrdiff_t>(number * kSize));
  }

  // Says that an error is CORRUPT, or rests on one that was, and names one of these pages and the
  // file; without pages, a file at all.
  static void expect_named(const Error& error, const std::vector<uint64_t>& pages) {
    const bool rests_on_it = error.code() == Code::kReadOnly &&
                             error.message().find("since an error") != std::string::npos;
    EXPECT_TRUE(error.code() == Code::kCorrupt || rests_on_it) << error.message();
    EXPECT_NE(error.message().find(pages.empty() ? kPath : kPages), std::string::npos)
        << error.message();
    const bool named = std::ranges::any_of(pages, [&](uint64_t page) {
      const std::string name = cat("page ", page);
      const size_t at = error.message().find(name);
      if (at == std::string::npos) return false;
      const char behind = (error.message() + ' ')[at + name.size()];
      return behind < '0' || behind > '9';  // Else it is another page.
    });
    EXPECT_TRUE(named || pages.empty()) << error.message();
  }

  void expect_right_answers(db::Database& database, const std::vector<uint64_t>& pages) {
    for (size_t i = 0; i < answers_.size(); ++i) {
      const auto& [name, question] = questions()[i];
      SCOPED_TRACE(name);
      const auto answer = question(database, head_);
      if (answer) {
        EXPECT_TRUE(*answer == answers_[i]) << "a wrong answer";
        ++right_;
      } else {
        expect_named(answer.error(), pages);
        ++refused_;
      }
    }
  }

  // Puts these bytes in place of the file and asks everything; then writes to the database,
  // whatever comes of it, and asks again. Returns whether the damage did no harm at all: it opened,
  // and a verification found nothing.
  bool is_harmless(const Bytes& bytes, const std::vector<uint64_t>& pages) {
    sim::SimMachine machine(dice_.next(), image_);
    {
      const auto file = machine.disk.open(kPages, os::OpenFor::kWriting);
      EXPECT_TRUE(succeeded((*file)->resize(0)));
      const ByteView piece = bytes;
      EXPECT_TRUE(succeeded((*file)->write_at(0, {&piece, 1})));
    }
    bool sound = true;
    for (int round = 0; round < 2; ++round) {
      auto database = try_open(machine);
      if (!database) {
        expect_named(database.error(), pages);
        return false;
      }
      expect_right_answers(**database, pages);
      if (const Status verified = test::verify(*database); !verified) {
        expect_named(verified.error(), pages);
        sound = false;
      }
      if (round == 1) break;
      // What is damaged is not made whole by writing it anew under a good checksum.
      db::Batch batch(*database);
      for (uint64_t i = 0; i < 3; ++i) {
        const test::Draft draft = {.entity = cat("e:", i),
                                   .tags = {cat("t:", i), "all"},
                                   .id = test::id_of(1'000'000 + i)};
        events::NewEvent event = draft.event();
        EXPECT_TRUE(succeeded(batch.add_event(event)));
      }
      const auto committed = batch.commit();
      if (!committed) expect_named(committed.error(), pages);
      const Status made = (*database)->checkpoint();
      if (!made) {
        EXPECT_FALSE(sound) << made.error().message();
        expect_named(made.error(), pages);
      }
      [[maybe_unused]] const Status closed = (*database)->close();
    }
    return sound;
  }

  test::Seed seed_;
  sim::SimMachine machine_;
  sim::Dice dice_;
  sim::SimDisk::Image image_;
  Bytes whole_;
  Bytes before_;  // As it was before the last checkpoints.
  std::vector<std::string> answers_;
  std::vector<uint64_t> used_;  // Pages.
  std::vector<uint64_t> free_;
  size_t newest_slot_ = 0;
  uint64_t head_ = 0;
  uint64_t events_ = 0;
  uint64_t right_ = 0;
  uint64_t refused_ = 0;
};

TEST_F(DamagedPages, AFlippedBitOfAnyPageIsNamed) {
  std::set<page::PageType> types;
  for (const uint64_t number : used_) {
    types.insert(page::PageHeader{whole_.data() + number * kSize}.type());
    for (const uint64_t at : {dice_.between(0, 31), dice_.between(32, kSize - 1)}) {
      SCOPED_TRACE(cat("page ", number, ", byte ", at, ", STELE_SEED=", seed_.value()));
      Bytes damaged = whole_;
      damaged[number * kSize + at] ^= static_cast<uint8_t>(1U << dice_.between(0, 7));
      EXPECT_FALSE(is_harmless(damaged, {number}));
    }
    if (HasFailure()) return;
  }
  // All kinds but extents pages, which need a file in hundreds of pieces: tree/damage_test.cpp.
  EXPECT_EQ(types,
            (std::set{page::PageType::kLeaf, page::PageType::kDenseLeaf, page::PageType::kInner,
                      page::PageType::kValue, page::PageType::kFree}));
  EXPECT_GT(right_, 0U);
  EXPECT_GT(refused_, 0U);
  std::cout << "  " << used_.size() << " pages in use; answers right " << right_ << ", refused "
            << refused_ << '\n';
}

TEST_F(DamagedPages, AFlippedBitOfAFreePageHarmsNobody) {
  ASSERT_FALSE(free_.empty());
  for (const uint64_t number : free_) {
    Bytes damaged = whole_;
    damaged[number * kSize + dice_.between(0, kSize - 1)] ^= 1;
    EXPECT_TRUE(is_harmless(damaged, {number})) << "page " << number;
  }
  EXPECT_EQ(refused_, 0U);
}

// The other superblock counts, and the log goes back as far.
TEST_F(DamagedPages, OneSuperblockIsEnough) {
  for (const size_t slot : {0U, 1U}) {
    for (int i = 0; i < 12; ++i) {
      Bytes damaged = whole_;
      damaged[slot * page::kSlotSize + dice_.between(0, page::kSlotSize - 1)] ^= 4;
      EXPECT_TRUE(is_harmless(damaged, {})) << "slot " << slot;
    }
    Bytes damaged = whole_;
    std::fill_n(damaged.begin() + static_cast<ptrdiff_t>(slot * page::kSlotSize), page::kSlotSize,
                uint8_t{0});
    EXPECT_TRUE(is_harmless(damaged, {})) << "slot " << slot << " of zeros";
  }
  EXPECT_EQ(refused_, 0U);
  Bytes damaged = whole_;
  damaged[100] ^= 1;
  damaged[page::kSlotSize + 100] ^= 1;
  EXPECT_FALSE(is_harmless(damaged, {}));
}

// Superblocks that were written lately, and are lost: the ones before them stand there.
TEST_F(DamagedPages, AStaleSuperblockIsNoWrongAnswer) {
  for (const size_t slot : {0U, 1U}) {
    SCOPED_TRACE(cat("slot ", slot));
    Bytes damaged = whole_;
    const auto at = static_cast<ptrdiff_t>(slot * page::kSlotSize);
    std::copy_n(before_.begin() + at, page::kSlotSize, damaged.begin() + at);
    (void)is_harmless(damaged, {});
  }
  Bytes damaged = whole_;
  std::copy_n(before_.begin(), 2 * page::kSlotSize, damaged.begin());
  EXPECT_FALSE(is_harmless(damaged, {})) << "the log that these need is gone";
  EXPECT_FALSE(is_harmless(before_, {})) << "as it is for the whole file of that time";
}

TEST_F(DamagedPages, PagesAtTheWrongPlaceAreNamed) {
  for (size_t i = 0; i < used_.size(); i += test::kSlowness) {
    const uint64_t one = used_[i];
    const uint64_t two = dice_.pick(used_);
    if (one == two) continue;
    SCOPED_TRACE(cat("pages ", one, " and ", two, ", STELE_SEED=", seed_.value()));
    Bytes damaged = whole_;
    put(damaged, one, page_of(whole_, two));
    EXPECT_FALSE(is_harmless(damaged, {one})) << "written there as well";
    put(damaged, two, page_of(whole_, one));
    EXPECT_FALSE(is_harmless(damaged, {one, two})) << "swapped";
    if (HasFailure()) return;
  }
}

// A page as it was under that number some checkpoints ago: its write was lost.
TEST_F(DamagedPages, AStalePageIsNamed) {
  uint64_t stale = 0;
  for (const uint64_t number : used_) {
    if ((number + 1) * kSize > before_.size()) continue;
    const Bytes page = page_of(before_, number);
    if (page == page_of(whole_, number)) continue;
    SCOPED_TRACE(cat("page ", number, ", STELE_SEED=", seed_.value()));
    Bytes damaged = whole_;
    put(damaged, number, page);
    EXPECT_FALSE(is_harmless(damaged, {number}));
    ++stale;
  }
  EXPECT_GT(stale, 5U);
  std::cout << "  " << stale << " stale pages\n";
}

TEST_F(DamagedPages, AFileThatIsCutOffIsNamed) {
  const uint64_t needed = (used_.back() + 1) * kSize;
  for (uint64_t size = 0; size < needed; size += dice_.between(1, 3 * kSize)) {
    SCOPED_TRACE(cat(size, " of ", needed, " bytes, STELE_SEED=", seed_.value()));
    (void)is_harmless({whole_.begin(), whole_.begin() + static_cast<ptrdiff_t>(size)}, {});
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace stele
