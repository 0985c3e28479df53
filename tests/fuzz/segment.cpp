// Any bytes as the log of a database: recovery, replay, an open to read and one to write, a
// verification, a commit on top of it, and all of that once more.
#include <memory>
#include <optional>
#include <string>

#include "db/batch.h"
#include "db/database.h"
#include "db/verify.h"
#include "events/reader.h"
#include "fuzz/image.h"
#include "fuzz/target.h"
#include "support/one_chunk.h"
#include "wal/reader.h"
#include "wal/recovery.h"

namespace stele::fuzz {
namespace {

uint64_t accepted_count = 0;  // NOLINT: for accepted(), which has no object to ask

using DatabasePtr = std::shared_ptr<db::Database>;

db::OpenOptions options(db::OpenMode mode) {
  return {.mode = mode, .fill_segments = false, .pipeline = {.background_threads = false}};
}

Result<DatabasePtr> open(Machine& machine, db::OpenMode mode = db::OpenMode::kExisting) {
  return db::Database::open(machine.environment(), kPath, options(mode));
}

// Reads the log without a database. Returns the head, or none if the log is refused.
std::optional<uint64_t> scan(Machine& machine) {
  const db::OpenOptions defaults = options(db::OpenMode::kExisting);
  const test::OneChunk chunk;
  engine::Pipeline pipeline(machine.environment(), defaults.pipeline,
                            engine::genesis_root(meta().uuid), chunk.participants());
  const auto end =
      wal::recover(machine.files, db::wal_directory(kPath), meta().uuid, {},
                   [&](const wal::FrameView& frame) { return pipeline.replay(frame); });
  if (!end) {
    require_refusal(end.error());
    return std::nullopt;
  }
  require(end->last_tsn == pipeline.snapshot().tsn, "recovery and replay count differently");
  require(end->durable.tsn <= end->last_tsn, "more is durable than there is");
  return pipeline.snapshot().head;
}

// Where the log is begun to be read makes no difference to what is found, whatever the bytes are.
void scan_from_places(Machine& machine) {
  constexpr int kPlacesMax = 4;
  const std::string directory = db::wal_directory(kPath);
  const wal::FrameSink nobody = [](const wal::FrameView&) -> Status { return {}; };
  auto reader = wal::SegmentReader::open(machine.files, directory, meta().uuid, 1);
  if (!reader) return;
  reader->set_chain({0, reader->header().previous_checksum});
  for (int i = 0; i < kPlacesMax; ++i) {
    const auto step = reader->next(UINT64_MAX);
    if (!step || !step->found) return;
    if (step->frame.type != wal::FrameType::kCommit) continue;
    const wal::LogStart start = {.floor = reader->chain().tsn,
                                 .place = wal::LogPlace{1, reader->offset(), reader->chain()}};
    const auto found = wal::recover(machine.files, directory, meta().uuid, start, nobody);
    const auto expected =
        wal::recover(machine.files, directory, meta().uuid, {.floor = start.floor}, nobody);
    require(found.has_value() == expected.has_value(), "a place makes a log good or bad");
    if (found) require(*found == *expected, "from a place the log has another end");
  }
}

uint64_t read_all(const DatabasePtr& database) {
  const events::Query all;
  events::Reader reader(database->views(), all, {}, database->snapshot());
  uint64_t count = 0;
  while (const auto record = *reader.peek()) {
    require(record->position() == ++count, "positions have a gap");
    reader.advance();
  }
  return count;
}

void verify(const DatabasePtr& database) {
  const auto verification = db::Verify::start(database);
  require_ok(verification, "the start of a verification");
  for (;;) {
    const auto more = (*verification)->step();
    if (!more) return require_refusal(more.error());
    if (!*more) return;
  }
}

// Returns whether there was a time left to record the commit at.
bool append(const DatabasePtr& database) {
  db::Batch batch(database);
  events::NewEvent event = {};
  event.type = "Fuzzed";
  event.entity = "entity";
  require_ok(batch.add_event(event), "an event");
  const auto stamp = batch.commit();
  if (!stamp && stamp.error().code() == Code::kIo) return false;
  require_ok(stamp, "a commit on top");
  return true;
}

void open_again_and_again(Machine& machine, const std::optional<uint64_t>& expected) {
  uint64_t head = 0;
  {
    const auto reading = open(machine, db::OpenMode::kReadOnly);
    require(reading.has_value() == expected.has_value(), "a scan and an open do not agree");
    if (!reading) return require_refusal(reading.error());
    head = (*reading)->snapshot().head;
    require(head == *expected, "a scan and an open find different heads");
    require(read_all(*reading) == head, "the head is not the last event");
    verify(*reading);
  }
  for (int round = 0; round < 2; ++round) {
    const auto database = open(machine);
    require_ok(database, "an open to write, after one to read");
    require((*database)->snapshot().head == head, "another open has another head");
    require(read_all(*database) == head, "the head is not the last event");
    verify(*database);
    require_ok((*database)->stats(), "figures");
    if (append(*database)) ++head;
    verify(*database);
    require_ok((*database)->close(), "a close");
  }
  ++accepted_count;
}

}  // namespace

uint64_t accepted() {
  return accepted_count;
}

}  // namespace stele::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stele::fuzz::Machine machine;
  machine.put(stele::fuzz::segment_of({data, size}));
  stele::fuzz::scan_from_places(machine);
  stele::fuzz::open_again_and_again(machine, stele::fuzz::scan(machine));
  return 0;
}
