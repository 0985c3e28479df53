// A database of a test: in a directory of its own, on files that can fail and with a clock that the
// test moves; and short ways to append, read and check.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "db/batch.h"
#include "db/database.h"
#include "db/verify.h"
#include "events/reader.h"
#include "support/drafts.h"
#include "support/fake_environment.h"
#include "support/fault_files.h"
#include "support/results.h"
#include "support/temp_directory.h"
#include "wal/segment.h"

namespace stele::test {

using DatabasePtr = std::shared_ptr<db::Database>;

// Where a database lives. Declare it before the database.
class World {
 public:
  [[nodiscard]] os::Environment environment() { return {&files, &clock, &random}; }
  [[nodiscard]] std::string path() const { return directory_.path("db"); }
  [[nodiscard]] std::string log_directory() const { return db::wal_directory(path()); }
  // The file of a segment, by number.
  [[nodiscard]] std::string segment(uint64_t number) const {
    return wal::segment_path(log_directory(), number);
  }

  [[nodiscard]] Result<DatabasePtr> try_open(const db::OpenOptions& options = small()) {
    return db::Database::open(environment(), path(), options);
  }
  [[nodiscard]] DatabasePtr open(const db::OpenOptions& options = small()) {
    auto opened = try_open(options);
    EXPECT_TRUE(succeeded(opened));
    return opened.value_or(nullptr);
  }
  // Lets go of the database as a crash would: nothing is written any more.
  void crash(DatabasePtr& database) {
    files.fail(1, FaultFiles::is_change, /*for_ever=*/true);
    database.reset();
    files.let_all_pass();
  }

  // The smallest segments, so that tests come to their ends; and nothing happens by itself.
  static db::OpenOptions small() {
    return {.mode = db::OpenMode::kCreate,
            .segment_size = 65536,
            .pipeline = {.background_threads = false}};
  }

  FaultFiles files;
  FakeClock clock;
  FakeRandom random;

 private:
  TempDirectory directory_;
};

// What a batch is to hold.
struct Attempt {
  std::vector<Draft> events;
  std::vector<std::pair<events::Query, uint64_t>> guards = {};
  std::vector<events::TrackingRequest> tracking = {};
};

inline void fill(db::Batch& batch, const Attempt& attempt) {
  for (const Draft& draft : attempt.events) {
    events::NewEvent event = draft.event();
    event.id = nullptr;
    EXPECT_TRUE(succeeded(batch.add_event(event)));
  }
  for (const auto& [query, after] : attempt.guards) {
    EXPECT_TRUE(succeeded(batch.add_guard(query, after)));
  }
  for (const auto& request : attempt.tracking) {
    EXPECT_TRUE(succeeded(batch.add_tracking(request)));
  }
}

inline Result<engine::Stamp> commit(const DatabasePtr& database, const Attempt& attempt) {
  db::Batch batch(database);
  fill(batch, attempt);
  return batch.commit();
}

inline Draft tagged(const std::string& tag, const std::string& data = "") {
  return {.data = data, .tags = {tag}};
}
inline events::Query query_of_tag(const std::string& tag) {
  return {{{.types = {}, .tags = {tag}}}};
}

// Returns the events that a read returns, as of now unless `snapshot` says otherwise.
inline std::vector<events::RecordView> read(const DatabasePtr& database,
                                            const events::Query& query = {},
                                            const events::ReadOptions& options = {}) {
  events::Reader reader(database->views(), query, options, database->snapshot());
  std::vector<events::RecordView> records;
  while (const auto record = *reader.peek()) {
    records.push_back(*record);
    reader.advance();
  }
  return records;
}

// Runs a verification to its end.
inline Status verify(const DatabasePtr& database) {
  auto verification = db::Verify::start(database);
  if (!verification) return fail(std::move(verification).error());
  for (;;) {
    const auto more = (*verification)->step();
    if (!more) return fail(more.error());
    if (!*more) return {};
  }
}

}  // namespace stele::test
