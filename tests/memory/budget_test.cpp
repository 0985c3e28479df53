// A database keeps to its memory, whatever is in it: with the smallest budget, a mebibyte,
// everything on the heap together stays within it while commits, checkpoints, reads and
// subscriptions go on; and its answers are those that it has with a gibibyte.
#include <gtest/gtest.h>
#include <stele/stele.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"
#include "heap/heap.h"
#include "support/c_api.h"
#include "support/scale.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

constexpr uint64_t kSmall = uint64_t{1} << 20;
constexpr uint64_t kLarge = uint64_t{1} << 30;
constexpr uint64_t kBatch = 20;
constexpr uint64_t kSubscribers = 64;
constexpr uint64_t kTagValues = 10'000;

// The caller's buffers are not the database's memory.
std::array<uint8_t, 32'768> buffer;

Db open_within(const std::string& path, uint64_t budget) {
  return open_with(path, [&](stele_options& options) {
    options.memory_budget = budget;
    options.durability = STELE_DURABILITY_OS;
    options.segment_size = 1 << 20;
  });
}

class Appender {
 public:
  explicit Appender(stele_db* db) : db_(db) {
    EXPECT_EQ(stele_batch_create(db, &batch_, nullptr), STELE_OK);
  }
  ~Appender() { stele_batch_close(batch_); }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  void append(uint64_t first, uint64_t count) {
    for (uint64_t i = first; i < first + count; ++i) {
      const std::string rare = stele::cat("order:", i);
      const std::string common = stele::cat("customer:", i % kTagValues);
      const std::array<stele_text, 2> tags = {text(rare), text(common)};
      const std::string entity = stele::cat("cart ", i % 1000);
      stele_new_event event = {};
      event.struct_size = sizeof event;
      event.event_type = STELE_TEXT("Sold");
      event.entity = text(entity);
      event.data = {reinterpret_cast<const uint8_t*>(data_.data()), data_.size()};
      event.tags = tags.data();
      event.tag_count = tags.size();
      ASSERT_EQ(stele_batch_event(batch_, &event, nullptr), STELE_OK);
    }
    ASSERT_EQ(stele_commit(db_, batch_, nullptr, nullptr), STELE_OK);
    ASSERT_EQ(stele_batch_clear(batch_, nullptr), STELE_OK);
  }

 private:
  static stele_text text(const std::string& from) { return {from.data(), from.size()}; }
  stele_db* db_;
  stele_batch* batch_ = nullptr;
  std::string data_ = std::string(100, 'd');
};

stele_query* query_of(const std::string& tag) {
  stele_query* query = nullptr;
  EXPECT_EQ(stele_query_create(&query, nullptr), STELE_OK);
  EXPECT_EQ(stele_query_item(query, nullptr), STELE_OK);
  EXPECT_EQ(stele_query_tag(query, tag.data(), tag.size(), nullptr), STELE_OK);
  return query;
}

// Subscribers of everything, and of a tag each; they take turns.
class Subscribers {
 public:
  explicit Subscribers(stele_db* db) : all_(kSubscribers) {
    for (uint64_t i = 0; i < kSubscribers; ++i) {
      stele_query* query = i % 2 == 0 ? nullptr : query_of(stele::cat("customer:", i));
      EXPECT_EQ(stele_subscribe(db, query, nullptr, &all_[i], nullptr), STELE_OK);
      stele_query_close(query);
    }
  }
  ~Subscribers() {
    for (stele_subscription* one : all_) stele_subscription_close(one);
  }
  Subscribers(const Subscribers&) = delete;
  Subscribers& operator=(const Subscribers&) = delete;

  void take(uint64_t turn) {
    size_t used = 0;
    uint32_t count = 0;
    const stele_status status =
        stele_subscription_next_batch(all_[turn % kSubscribers], 0, buffer.data(), buffer.size(),
                                      &used, &count, nullptr, nullptr);
    EXPECT_TRUE(status == STELE_OK || status == STELE_TIMEOUT) << status;
    seen_ += count;
  }
  [[nodiscard]] uint64_t seen() const { return seen_; }

 private:
  std::vector<stele_subscription*> all_;
  uint64_t seen_ = 0;
};

// What a read returns, as one number.
uint64_t answer_of(stele_db* db, const stele_query* query, uint32_t flags) {
  stele_read_options options;
  stele_read_options_init(&options);
  options.flags = flags;
  stele_cursor* cursor = nullptr;
  EXPECT_EQ(stele_read(db, query, &options, &cursor, nullptr), STELE_OK);
  uint64_t hash = 1469598103934665603U;
  for (;;) {
    size_t used = 0;
    uint32_t count = 0;
    const stele_status status =
        stele_cursor_next_batch(cursor, buffer.data(), buffer.size(), &used, &count, nullptr);
    if (status != STELE_OK) {
      EXPECT_EQ(status, STELE_END);
      break;
    }
    for (size_t i = 0; i < used; i += 8) {
      hash = (hash ^ stele::load_le<uint64_t>(buffer.data() + i)) * 1099511628211U;
    }
  }
  stele_cursor_close(cursor);
  return hash;
}

std::vector<uint64_t> answers_of(stele_db* db) {
  std::vector<uint64_t> answers = {answer_of(db, nullptr, 0)};
  for (uint64_t i = 0; i < 50; ++i) {
    for (const std::string& tag : {stele::cat("customer:", i * 197), stele::cat("order:", i * 997),
                                   stele::cat("nobody:", i)}) {
      stele_query* query = query_of(tag);
      for (const uint32_t flags : {0U, uint32_t{STELE_READ_BACKWARD}}) {
        answers.push_back(answer_of(db, query, flags));
      }
      uint64_t count = 0;
      EXPECT_EQ(stele_count(db, query, &count, nullptr), STELE_OK);
      answers.push_back(count);
      stele_query_close(query);
    }
  }
  return answers;
}

TEST(Budget, HoldsForEverythingOnTheHeap) {
  TempDirectory directory;
  const std::string path = directory.path("db");
  const uint64_t count = scaled(scaled(1'000'000));
  std::vector<uint64_t> answers;
  heap::reset_peak();
  const uint64_t at_start = heap::bytes();
  const auto peak = [&] { return heap::peak() - at_start; };
  {
    const Db db = open_within(path, kSmall);
    Appender appender(db);
    Subscribers subscribers(db);
    stele_cursor* held = nullptr;
    for (uint64_t i = 0; i < count; i += kBatch) {
      appender.append(i, kBatch);
      subscribers.take(i / kBatch);
      if (i != count / 10) continue;
      // A snapshot that is read from now and then, and of which something is always out.
      ASSERT_EQ(stele_read(db, nullptr, nullptr, &held, nullptr), STELE_OK);
      stele_event event = {};
      event.struct_size = sizeof event;
      ASSERT_EQ(stele_cursor_next(held, &event, nullptr), STELE_OK);
    }
    std::cout << "  " << count << " events, " << stats_of(db).checkpoints << " checkpoints, "
              << subscribers.seen() << " handed to subscribers: at most " << peak() / 1024
              << " KiB\n";
    EXPECT_LE(peak(), kSmall) << "while events were appended";
    EXPECT_GT(subscribers.seen(), count / 4);
    stele_cursor_close(held);
    heap::reset_peak();
    answers = answers_of(db);
    std::cout << "  while it was read: at most " << peak() / 1024 << " KiB\n";
    EXPECT_LE(peak(), kSmall) << "while it was read";
  }
  EXPECT_EQ(answers_of(open_within(path, kLarge)), answers);
}

// What a killed process has left in the log is brought back within the budget, too.
TEST(Budget, HoldsForARecovery) {
  TempDirectory directory;
  const std::string path = directory.path("db");
  constexpr uint64_t kCount = 20'000;
  const pid_t child = ::fork();
  if (child == 0) {
    const Db db = open_within(path, kSmall);
    Appender appender(db);
    for (uint64_t i = 0; i < kCount; i += kBatch) appender.append(i, kBatch);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  heap::reset_peak();
  const uint64_t at_start = heap::bytes();
  const Db db = open_within(path, kSmall);
  const uint64_t peak = heap::peak() - at_start;
  EXPECT_EQ(head_of(db), kCount);
  std::cout << "  " << stats_of(db).tail_events << " events from the log: at most " << peak / 1024
            << " KiB\n";
  EXPECT_LE(peak, kSmall);
}

// Sixty-four mebibytes that are not on the heap, and not all the same.
class LargeData {
 public:
  LargeData()
      : bytes_(static_cast<uint8_t*>(
            ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    for (uint64_t i = 0; i < kSize; i += 8) stele::store_le(bytes_ + i, i * 0x9e3779b97f4a7c15U);
  }
  ~LargeData() { ::munmap(bytes_, kSize); }
  LargeData(const LargeData&) = delete;
  LargeData& operator=(const LargeData&) = delete;

  [[nodiscard]] stele_bytes bytes() const { return {bytes_, kSize}; }
  // Expects the event at `position` to have this data, read piece by piece.
  void expect_at(stele_db* db, uint64_t position) const {
    size_t used = 0;
    for (uint64_t at = 0; at < kSize; at += used) {
      uint64_t total = 0;
      ASSERT_EQ(
          stele_data_read(db, position, at, buffer.data(), buffer.size(), &used, &total, nullptr),
          STELE_OK);
      ASSERT_EQ(total, kSize);
      ASSERT_GT(used, 0U);
      ASSERT_EQ(std::memcmp(buffer.data(), bytes_ + at, used), 0) << "at byte " << at;
    }
  }

  static constexpr uint64_t kSize = uint64_t{64} << 20;

 private:
  uint8_t* bytes_;
};

void append_large(stele_db* db, const LargeData& data) {
  stele_batch* batch = nullptr;
  ASSERT_EQ(stele_batch_create(db, &batch, nullptr), STELE_OK);
  stele_new_event event = {};
  event.struct_size = sizeof event;
  event.event_type = STELE_TEXT("Filmed");
  event.entity = STELE_TEXT("cart 7");
  event.data = data.bytes();
  ASSERT_EQ(stele_batch_event(batch, &event, nullptr), STELE_OK);
  ASSERT_EQ(stele_commit(db, batch, nullptr, nullptr), STELE_OK);
  stele_batch_close(batch);
}

// An event of 64 MiB, beside a snapshot and 64 subscribers, goes through memory of a mebibyte: into
// the log, into the trees, out again in pieces, through a verification.
TEST(Budget, HoldsForALargeEvent) {
  TempDirectory directory;
  const LargeData data;
  heap::reset_peak();
  const uint64_t at_start = heap::bytes();
  const auto peak = [&] {
    const uint64_t most = heap::peak() - at_start;
    std::cout << "  at most " << most / 1024 << " KiB\n";
    heap::reset_peak();
    return most;
  };
  const Db db = open_within(directory.path("db"), kSmall);
  Appender appender(db);
  Subscribers subscribers(db);
  for (uint64_t i = 0; i < 20'000; i += kBatch) appender.append(i, kBatch);
  stele_cursor* held = nullptr;
  ASSERT_EQ(stele_read(db, nullptr, nullptr, &held, nullptr), STELE_OK);
  peak();
  append_large(db, data);
  EXPECT_LE(peak(), kSmall) << "while it was appended";
  data.expect_at(db, 20'001);
  EXPECT_LE(peak(), kSmall) << "while it was read";
  for (uint64_t i = 0; i < 20'000; i += kBatch) {
    appender.append(i, kBatch);
    subscribers.take(i / kBatch);
  }
  ASSERT_EQ(stele_checkpoint(db, nullptr), STELE_OK);
  EXPECT_LE(peak(), kSmall) << "while it was written to the trees";
  data.expect_at(db, 20'001);
  EXPECT_LE(peak(), kSmall) << "while it was read from the trees";
  stele_error error = STELE_ERROR_INIT;
  EXPECT_EQ(verify(db, &error), STELE_END) << error.message;
  EXPECT_LE(peak(), kSmall) << "while it was verified";
  stele_cursor_close(held);
}

TEST(Budget, HoldsForTheRecoveryOfALargeEvent) {
  TempDirectory directory;
  const std::string path = directory.path("db");
  const LargeData data;
  const pid_t child = ::fork();
  if (child == 0) {
    const Db db = open_with(path, [](stele_options& options) {  // So that no checkpoint has it.
      options.durability = STELE_DURABILITY_OS;
    });
    append_large(db, data);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  heap::reset_peak();
  const uint64_t at_start = heap::bytes();
  const Db db = open_within(path, kSmall);
  EXPECT_LE(heap::peak() - at_start, kSmall);
  data.expect_at(db, 1);
}

}  // namespace
