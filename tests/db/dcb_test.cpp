// Guards under concurrency: of any two commits that exclude each other one fails, commits that do
// not never fail, and readers see one history without gaps meanwhile.
//
// After the checkers of the DCB specification (dcb.events, libraries/benchmark): consistency,
// monotonic reads and parallel writes.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/databases.h"
#include "support/scale.h"
#include "support/seed.h"
#include "support/tail_of.h"

namespace stele {
namespace {

using events::Query;
using test::between;
using test::commit;
using test::DatabasePtr;
using test::Draft;
using test::failed;
using test::query_of_tag;
using test::read;
using test::Seed;
using test::succeeded;
using test::tagged;
using test::World;

constexpr size_t kThreads = 20;

template <typename Work>
void run_threads(const Work& work) {
  std::vector<std::thread> threads;
  for (size_t t = 0; t < kThreads; ++t) threads.emplace_back([&, t] { work(t); });
  for (std::thread& thread : threads) thread.join();
}

// Twenty decide the same thing at the same time: one wins, and the others are told which event
// was faster.
TEST(Dcb, LetsOneOfManyDecide) {
  World world;
  world.files.skip_syncs();
  const DatabasePtr database = world.open();
  const size_t rounds = test::scaled(200);
  std::vector<std::atomic<uint64_t>> winner(rounds);
  std::vector<std::atomic<uint64_t>> winners(rounds);
  std::vector<std::array<uint64_t, kThreads>> told(rounds);
  std::barrier ready(static_cast<ptrdiff_t>(kThreads));
  run_threads([&](size_t thread) {
    for (size_t round = 0; round < rounds; ++round) {
      const std::string tag = "decision:" + std::to_string(round);
      ready.arrive_and_wait();
      const auto stamp = commit(database, {{tagged(tag), tagged(tag)}, {{query_of_tag(tag), 0}}});
      if (stamp) {
        ++winners[round];
        winner[round] = stamp->first_position;
        continue;
      }
      EXPECT_TRUE(failed(stamp, Code::kConflict));
      told[round][thread] = stamp.error().position();
    }
  });
  for (size_t round = 0; round < rounds; ++round) {
    ASSERT_EQ(winners[round], 1U) << "round " << round;
    for (const uint64_t position : told[round]) {
      ASSERT_TRUE(position == 0 || position == winner[round]) << "round " << round;
    }
  }
  EXPECT_EQ(read(database).size(), 2 * rounds);
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// The same over what a decision really reads: its own snapshot's head.
TEST(Dcb, CountsWithoutLosingAnUpdate) {
  World world;
  world.files.skip_syncs();
  const DatabasePtr database = world.open();
  const uint64_t each = test::scaled(25);
  std::atomic<uint64_t> conflicts = 0;
  const auto count = [&](size_t /*thread*/) {
    for (uint64_t done = 0; done < each;) {
      const auto snapshot = database->snapshot();
      events::Reader reader(database->views(), query_of_tag("counter"),
                            {.backward = true, .start = {}, .limit = 1}, snapshot);
      const auto last = *reader.peek();
      const uint64_t value = last ? std::stoull(std::string(as_text(last->data()))) : 0;
      const auto stamp = commit(database, {{tagged("counter", std::to_string(value + 1))},
                                           {{query_of_tag("counter"), snapshot.head}}});
      if (stamp) {
        ++done;
      } else {
        ASSERT_TRUE(failed(stamp, Code::kConflict));
        ++conflicts;
      }
    }
  };
  // On a busy machine one thread may be done before the next one has begun.
  uint64_t rounds = 0;
  do {
    run_threads(count);
    ++rounds;
  } while (conflicts == 0 && rounds < 100);
  const auto records = read(database, query_of_tag("counter"));
  ASSERT_EQ(records.size(), rounds * kThreads * each);
  for (size_t i = 0; i < records.size(); ++i) {
    ASSERT_EQ(as_text(records[i].data()), std::to_string(i + 1));
  }
  EXPECT_GT(conflicts, 0U) << "the threads never met";
}

// Each on its own tag: nobody ever stands in anybody's way.
TEST(Dcb, NeverRefusesWhatDoesNotOverlap) {
  World world;
  world.files.skip_syncs();
  const DatabasePtr database = world.open();
  run_threads([&](size_t thread) {
    const std::string tag = "own:" + std::to_string(thread);
    uint64_t last = 0;
    for (size_t i = 0; i < test::scaled(100); ++i) {
      const auto stamp = commit(database, {{tagged(tag)}, {{query_of_tag(tag), last}}});
      ASSERT_TRUE(succeeded(stamp));
      last = stamp->last_position();
    }
  });
  EXPECT_EQ(read(database).size(), kThreads * test::scaled(100));
}

// ---- Consistency --------------------------------------------------------------------------------

struct Pool {
  template <typename Generator>
  static std::vector<std::string> pick(Generator& random, const char* kind, uint64_t count_max) {
    std::vector<std::string> names;
    for (uint64_t left = between(random, 0, count_max); left > 0; --left) {
      names.push_back(kind + std::to_string(between(random, 0, 9)));
    }
    return names;
  }
  template <typename Generator>
  static Query query(Generator& random) {
    Query query;
    for (uint64_t left = between(random, 0, 3); left > 0; --left) {
      query.items.push_back({.types = pick(random, "type", 4), .tags = pick(random, "tag", 3)});
    }
    return query;
  }
  template <typename Generator>
  static Draft event(Generator& random) {
    return {.type = "type" + std::to_string(between(random, 0, 9)), .tags = pick(random, "tag", 4)};
  }
};

bool matches(const events::RecordView& record, const Query& query) {
  std::vector<std::string_view> tags;
  record.for_each_tag([&](std::string_view tag) { tags.push_back(tag); });
  return query.items.empty() || std::ranges::any_of(query.items, [&](const auto& item) {
           const bool type = item.types.empty() ||
                             std::ranges::find(item.types, record.type()) != item.types.end();
           return type && std::ranges::all_of(item.tags, [&](const std::string& tag) {
                    return std::ranges::find(tags, tag) != tags.end();
                  });
         });
}

// What a commit relied on: that `last` was the last match of `query` before its own events.
struct Reliance {
  Query query;
  uint64_t last;
  uint64_t first_position;
};

// Reads windows while others write: positions are consecutive, and what stood at a position stays.
class Watcher {
 public:
  explicit Watcher(const DatabasePtr& database) : database_(database) {}

  void look() {
    const auto snapshot = database_->snapshot();
    EXPECT_GE(snapshot.head, last_head_) << "the head went back";
    events::Reader reader(database_->views(), {}, {.backward = true, .start = {}, .limit = kWindow},
                          snapshot);
    uint64_t expected = snapshot.head;
    while (const auto record = *reader.peek()) {
      ASSERT_EQ(record->position(), expected--) << "a gap";
      if (record->position() == last_head_) {
        ASSERT_TRUE(std::equal(last_id_.begin(), last_id_.end(), record->id())) << "it changed";
      }
      if (record->position() == snapshot.head) next_id_.assign(record->id(), record->id() + 16);
      reader.advance();
    }
    last_head_ = snapshot.head;
    last_id_ = next_id_;
  }

 private:
  static constexpr uint64_t kWindow = 30;
  DatabasePtr database_;
  uint64_t last_head_ = 0;
  std::vector<uint8_t> last_id_;
  std::vector<uint8_t> next_id_;
};

// Random decisions over random queries. Each success is checked afterwards against a full read,
// each refusal at once: the event it names is there, behind `after`, and matches.
TEST(Dcb, IsConsistent) {
  const Seed seed;
  World world;
  world.files.skip_syncs();
  const DatabasePtr database = world.open();
  std::mutex mutex;
  std::vector<Reliance> reliances;
  std::atomic<uint64_t> refused = 0;
  std::atomic<bool> done = false;
  std::thread watcher([&] {
    Watcher eyes(database);
    while (!done && !::testing::Test::HasFatalFailure()) eyes.look();
  });
  const auto decide = [&](size_t thread) {
    auto random = seed.generator(thread);
    for (size_t i = 0; i < test::scaled(300); ++i) {
      const Query query = Pool::query(random);
      events::Reader reader(database->views(), query, {.backward = true, .start = {}, .limit = 1},
                            database->snapshot());
      const auto match = *reader.peek();
      const uint64_t last = match ? match->position() : 0;
      std::vector<Draft> drafts(between(random, 1, 2));
      for (Draft& draft : drafts) draft = Pool::event(random);
      const auto stamp = commit(database, {drafts, {{query, last}}});
      if (stamp) {
        const std::lock_guard lock(mutex);
        reliances.push_back({query, last, stamp->first_position});
        continue;
      }
      ++refused;
      ASSERT_TRUE(failed(stamp, Code::kConflict));
      const uint64_t position = stamp.error().position();
      ASSERT_GT(position, last);
      ASSERT_LE(position, database->snapshot().head) << "refused because of what nobody can see";
      ASSERT_TRUE(matches(test::tail_of(*database).record(position), query));
    }
  };
  uint64_t rounds = 0;  // Until they have met.
  do run_threads(decide);
  while (refused == 0 && ++rounds < 100 && !HasFatalFailure());
  done = true;
  watcher.join();

  const auto records = read(database);
  for (const Reliance& reliance : reliances) {
    uint64_t last = reliance.first_position - 1;
    while (last > 0 && !matches(records[last - 1], reliance.query)) --last;
    ASSERT_EQ(last, reliance.last)
        << "the commit at " << reliance.first_position << " should have been refused";
  }
  EXPECT_GT(reliances.size(), 0U);
  EXPECT_GT(refused, 0U) << "the threads never met";
  EXPECT_TRUE(succeeded(test::verify(database)));
}

}  // namespace
}  // namespace stele
