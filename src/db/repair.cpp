// The steps of a repair.
#include "db/repair.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "engine/commit_frame.h"
#include "wal/frame.h"

namespace stele::db {

namespace {

constexpr uint64_t kRepairStep = uint64_t{1} << 20;
constexpr uint64_t kCopyStep = uint64_t{8} << 20;  // Each ends in a superblock.
constexpr uint64_t kCacheSize = uint64_t{64} << 20;
constexpr uint64_t kCheckpointEvery = uint64_t{32} << 20;

// What is left of an earlier attempt.
Status remove_if_there(os::FileSystem& files, const std::string& path) {
  const auto kind = files.kind(path);
  if (!kind) return fail(kind.error());
  return *kind == os::FileKind::kMissing ? Status() : files.remove(path);
}

Status must_be_directory(os::FileSystem& files, const std::string& path) {
  const auto kind = files.kind(path);
  if (!kind) return fail(kind.error());
  if (*kind == os::FileKind::kMissing) return fail(Code::kNotFound, cat("there is no ", path));
  if (*kind == os::FileKind::kDirectory) return {};
  return fail(Code::kInvalid, cat(path, " is not a directory"));
}

}  // namespace

Repair::Repair(const os::Environment& environment, const std::string& from, const std::string& to,
               const Meta& meta, Lost lost)
    : environment_(environment),
      from_(from),
      to_(to),
      meta_(meta),
      lost_(lost),
      salvage_(environment, from, meta),
      chain_(engine::genesis_root(meta.uuid)),
      cache_(kCacheSize),
      pipeline_(environment, {.background_threads = false}, engine::genesis_root(meta.uuid),
                {&events_, &tracking_, &keys_, &catalog_, &rows_}),
      checkpointer_(
          environment,
          {.path = page_file_path(to), .file = {.uuid = meta.uuid, .file_id = kEventsFileId}},
          cache_, pipeline_, {&events_, &tracking_, &keys_, &catalog_, &rows_}),
      tables_(salvage_.pages(), {.catalog = catalog_,
                                 .rows = rows_,
                                 .pipeline = pipeline_,
                                 .checkpointer = checkpointer_}) {}

Repair::~Repair() = default;

Result<std::unique_ptr<Repair>> Repair::start(const os::Environment& environment,
                                              const std::string& from, const std::string& to,
                                              Lost lost) {
  os::FileSystem& files = *environment.files;
  STELE_TRY(must_be_directory(files, from));
  std::unique_ptr<os::DirectoryLock> lock;
  const auto lock_file = files.kind(lock_path(from));
  if (lock_file && *lock_file == os::FileKind::kFile) {
    auto locked = files.lock_for_reading(lock_path(from));
    if (!locked) return fail(std::move(locked).error());
    lock = *std::move(locked);
  }
  auto meta = find_meta(files, from);
  if (!meta) return fail(std::move(meta).error());
  if (meta->segment_size == 0) meta->segment_size = kSegmentSizeDefault;
  auto directory = UnfinishedDirectory::begin(files, to, meta->uuid);
  if (!directory) return fail(std::move(directory).error());
  STELE_TRY(remove_if_there(files, page_file_path(to)));
  std::unique_ptr<Repair> repair(new Repair(environment, from, to, *meta, lost));
  repair->directory_ = *std::move(directory);
  repair->from_lock_ = std::move(lock);
  return repair;
}

// Building what was found takes about as long as finding it; so it is with tables.
uint64_t Repair::bytes_total() const {
  return (tables_.entries_total() > 0 ? 4 : 2) * salvage_.bytes_total();
}

uint64_t Repair::bytes_done() const {
  if (phase_ == Phase::kDone) return bytes_total();
  if (phase_ == Phase::kScan) return salvage_.bytes_done();
  const auto size = static_cast<double>(salvage_.bytes_total());
  double parts = static_cast<double>(chain_.commits()) /
                 static_cast<double>(std::max(salvage_.durable_tsn(), chain_.commits()) + 1);
  if (tables_.entries_total() > 0) {
    const auto total = static_cast<double>(tables_.entries_total());
    const auto done = static_cast<double>(tables_.entries_done());
    parts += 2 * std::min(1.0, done / total);
  }
  return salvage_.bytes_total() + static_cast<uint64_t>(parts * size);
}

RepairStats Repair::stats() const {
  RepairStats stats = stats_;
  stats.commits = chain_.commits();
  stats.events = chain_.events();
  stats.pages_damaged = salvage_.pages_damaged();
  stats.log_damaged = salvage_.log_damaged();
  stats.tables_left_out = static_cast<uint32_t>(left_out_.size());
  return stats;
}

Result<bool> Repair::step() {
  if (failure_) return fail(*failure_);
  auto made = make_step();
  if (!made) failure_ = made.error();
  return made;
}

Result<bool> Repair::make_step() {
  switch (phase_) {
    case Phase::kScan: {
      const auto more = salvage_.scan(kRepairStep);
      if (!more) return fail(more.error());
      if (!*more) phase_ = Phase::kSurvey;
      return true;
    }
    case Phase::kSurvey: {
      const auto more = tables_.survey(kRepairStep);
      if (!more) return fail(more.error());
      if (!*more) phase_ = Phase::kBuild;
      return true;
    }
    case Phase::kBuild: {
      const auto more = build(kRepairStep);
      if (!more) return fail(more.error());
      if (*more) return true;
      STELE_TRY(finish());
      phase_ = Phase::kDone;
      return false;
    }
    case Phase::kDone:
      return false;
  }
  return false;
}

Result<bool> Repair::build(uint64_t budget) {
  for (uint64_t done = 0; done < budget;) {
    if (tables_.is_due()) {
      const auto more = tables_.bring(kCopyStep);
      return more ? Result<bool>(true) : more;
    }
    uint64_t size = 0;
    const auto more = add_next(size);
    if (!more) return fail(more.error());
    if (!*more) return false;
    done += size;
  }
  if (pipeline_.log_behind_trees() < kCheckpointEvery) return true;
  pipeline_.start_reading();  // All of it counts as durable: the directory is no database yet.
  STELE_TRY(checkpointer_.run());
  return true;
}

Result<bool> Repair::add_next(uint64_t& size) {
  const uint64_t tsn = chain_.commits() + 1;
  if (!untimed_) {
    untimed_ = salvage_.untimed(tsn);
    next_untimed_ = tsn;
    if (untimed_) tables_.lack_times_until(untimed_->last());
  }
  if (untimed_) {
    STELE_TRY(add_untimed(size));
    return true;
  }
  auto found = salvage_.commit(tsn, chain_.events() + 1);
  if (found) {
    size = found->payload.size();
    if (found->is_rebuilt) ++stats_.commits_rebuilt;
    STELE_TRY(add(*std::move(found)));
    return true;
  }
  if (tsn > salvage_.durable_tsn()) return false;  // What is behind was never acknowledged.
  if (stats_.first_lost == 0) stats_.first_lost = chain_.events() + 1;
  if (lost_ == Lost::kReplace) {
    const auto replaced = replace_lost(tsn, size);
    if (!replaced || *replaced) return replaced;
  }
  if (lost_ == Lost::kRefuse) return fail(loss(tsn));
  stats_.commits_lost += salvage_.durable_tsn() - chain_.commits();
  return false;
}

Error Repair::loss(uint64_t tsn) const {
  std::string reason =
      cat(from_, ": commit ", tsn, ", which begins at event ", chain_.events() + 1,
          ", cannot be read any more; ", salvage_.durable_tsn(), " commits were durable");
  if (const auto& damage = salvage_.page_file_damage()) reason += cat("; ", damage->message());
  return Error(Code::kCorrupt, reason).with_position(chain_.events() + 1);
}

Result<bool> Repair::replace_lost(uint64_t tsn, uint64_t& size) {
  auto stand_in = salvage_.stand_in(tsn, chain_.events() + 1, recorded_ + 1);
  if (!stand_in) return fail(std::move(stand_in).error());
  if (!*stand_in) return false;
  Salvage::Found& found = **stand_in;
  size = found.payload.size();
  ++stats_.commits_lost;
  stats_.events_lost += found.events_lost;
  is_changed_ = true;
  STELE_TRY(add(std::move(found)));
  return true;
}

// Gives it the roots that it has behind the commits before it.
Status Repair::seal(Salvage::Found& found) {
  const uint64_t tsn = chain_.commits() + 1;
  const std::vector<uint8_t> before = found.payload;
  STELE_TRY(chain_.seal(tsn, found.payload));
  if (is_changed_) return {};
  const auto behind_header = [](const std::vector<uint8_t>& payload) {
    return ByteView(payload).subspan(engine::kCommitHeaderSize);
  };
  if (std::ranges::equal(behind_header(before), behind_header(found.payload))) return {};
  return fail(Error(Code::kCorrupt, cat("commit ", tsn, ": its hashes do not match its events and ",
                                        "the commits before it"))
                  .with_position(chain_.events() + 1));
}

Status Repair::add(Salvage::Found found) {
  const uint64_t tsn = chain_.commits() + 1;
  Status checked;
  if (found.is_rebuilt || found.is_merged || is_changed_) checked = seal(found);
  if (checked) {
    const auto commit = engine::CommitView::decode(tsn, found.payload);
    if (!commit) return fail(commit.error());
    checked = chain_.add(*commit);
  }
  if (!checked && lost_ == Lost::kReplace && !is_changed_) {
    // What it says cannot be what it said: from here on the history is another one.
    is_changed_ = true;
    if (stats_.first_lost == 0) stats_.first_lost = chain_.events() + 1;
    return add(std::move(found));
  }
  if (!checked) return fail(std::move(checked).error().during(from_));
  recorded_ = engine::stamp_at(tsn, found.payload.data()).recorded;
  using Commit = TableRepair::Commit;
  const Commit without_rows = found.is_rebuilt ? Commit::kEvents : Commit::kWithoutRows;
  return replay(tsn, found.payload, found.is_logged ? Commit::kWhole : without_rows);
}

// They have times in between only until a checkpoint merges them again. Those that are not in trees
// of tables have their rows in the log.
Status Repair::add_untimed(uint64_t& size) {
  const auto last = engine::CommitView::decode(untimed_->last(), untimed_->commit());
  if (!last) return fail(last.error());
  const uint64_t tsn = next_untimed_++;
  engine::Stamp stamp = last->stamp();
  const uint64_t behind = stamp.tsn - tsn;
  stamp.tsn = tsn;
  stamp.recorded -= static_cast<int64_t>(behind);
  std::vector<uint8_t> payload(engine::kCommitHeaderSize);
  bool is_whole = tables_.is_in_trees(tsn);
  if (!is_whole) {
    auto logged = salvage_.logged(tsn);
    is_whole = logged && engine::stamp_at(tsn, logged->data()).event_count == 0;
    if (is_whole) payload = *std::move(logged);
  }
  const auto sections = load_le<uint32_t>(payload.data() + engine::kCommitSectionCountOffset);
  engine::encode_commit_header(payload.data(), stamp, sections);
  if (behind == 0) {
    engine::store_roots(payload.data(), last->merkle_root(), last->chained_root());
    if (auto passed = chain_.pass_to(stamp, last->chained_root()); !passed) {
      return fail(std::move(passed).error().during(from_));
    }
    untimed_.reset();
  }
  recorded_ = stamp.recorded;
  size = payload.size();
  return replay(tsn, payload,
                is_whole ? TableRepair::Commit::kWhole : TableRepair::Commit::kWithoutRows);
}

Status Repair::replay(uint64_t tsn, ByteView payload, TableRepair::Commit is_there) {
  STELE_TRY(tables_.begin(tsn, is_there));
  std::vector<uint8_t> frame(wal::kFrameHeaderSize + payload.size());
  copy_bytes(frame.data() + wal::kFrameHeaderSize, payload);
  wal::start_frame(frame, wal::FrameType::kCommit, tsn, frame.size());
  return pipeline_.replay({.bytes = frame,
                           .type = wal::FrameType::kCommit,
                           .tsn = tsn,
                           .durable_tsn = 0,
                           .checksum = 0});
}

Status Repair::finish() {
  tables_.end(chain_.commits());
  for (const auto& [id, table] : catalog_.left_out()) left_out_.push_back(table);
  pipeline_.start_reading();
  if (chain_.commits() > 0) STELE_TRY(checkpointer_.run());
  checkpointer_.close();
  return directory_->finish(meta_, chain_.commits(), /*has_log=*/false, *environment_.random);
}

}  // namespace stele::db
