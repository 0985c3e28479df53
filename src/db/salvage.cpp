// Commits put together from what is left of them.
#include "db/salvage.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "engine/commit_frame.h"
#include "events/new_event.h"
#include "page/superblock.h"
#include "tree/cursor.h"
#include "wal/frame.h"

namespace stele::db {

namespace {

constexpr uint64_t kReadCacheSize = uint64_t{4} << 20;

template <typename Decode>
std::optional<Uuid> uuid_in(os::FileSystem& files, const std::string& path, size_t size,
                            const Decode& decode) {
  const auto file = files.open(path, os::OpenFor::kReading);
  if (!file) return std::nullopt;
  std::vector<uint8_t> bytes(size);
  const auto got = (*file)->read_at(0, bytes);
  if (!got) return std::nullopt;
  bytes.resize(*got);
  return decode(ByteView(bytes));
}

std::optional<Uuid> uuid_of_pages(os::FileSystem& files, const std::string& path) {
  return uuid_in(files, path, 2 * page::kSlotSize, [&](ByteView bytes) -> std::optional<Uuid> {
    for (const size_t slot : {size_t{0}, size_t{1}}) {
      if (bytes.size() < (slot + 1) * page::kSlotSize) continue;
      const auto block = page::decode_superblock(
          bytes.subspan(slot * page::kSlotSize, page::kSlotSize), slot, path);
      if (block) return block->uuid;
    }
    return std::nullopt;
  });
}

// A header names the uuid, and its checksum says that it is whole.
std::optional<Uuid> uuid_of_segment(os::FileSystem& files, const std::string& path,
                                    uint64_t number) {
  constexpr size_t kUuidAt = 16;
  return uuid_in(files, path, wal::kSegmentHeaderSize, [&](ByteView bytes) -> std::optional<Uuid> {
    if (bytes.size() < wal::kSegmentHeaderSize) return std::nullopt;
    Uuid uuid;
    std::copy_n(bytes.data() + kUuidAt, uuid.size(), uuid.begin());
    if (!wal::decode_segment_header(bytes, path, uuid, number)) return std::nullopt;
    return uuid;
  });
}

}  // namespace

Result<Meta> find_meta(os::FileSystem& files, const std::string& directory) {
  auto meta = read_meta(files, directory);
  if (meta || meta.error().code() == Code::kUnsupported) return meta;
  Meta guessed = {.uuid = {}, .created = 0, .segment_size = 0};
  if (const auto uuid = uuid_of_pages(files, page_file_path(directory))) {
    guessed.uuid = *uuid;
    return guessed;
  }
  if (const auto log = wal::list_log(files, wal_directory(directory))) {
    for (const uint64_t number : log->segments) {
      const std::string path = wal::segment_path(wal_directory(directory), number);
      if (const auto uuid = uuid_of_segment(files, path, number)) {
        guessed.uuid = *uuid;
        return guessed;
      }
    }
  }
  return meta;
}

Salvage::Salvage(const os::Environment& environment, const std::string& path, const Meta& meta)
    : environment_(environment),
      cache_(kReadCacheSize),
      pages_(PageSalvage::open(environment, page_file_path(path),
                               {.uuid = meta.uuid, .file_id = kEventsFileId}, cache_)),
      log_(*environment.files, wal_directory(path), meta.uuid),
      id_clock_(*environment.clock),
      ids_(id_clock_, *environment.random) {}

Result<bool> Salvage::scan(uint64_t budget) {
  if (!are_pages_done_) {
    const uint32_t size =
        pages_->file() == nullptr ? page::kPageSizeDefault : pages_->file()->page_size();
    are_pages_done_ = !pages_->scan(budget / size);
    return true;
  }
  if (log_.scan()) return true;
  load_extras();
  return false;
}

uint64_t Salvage::bytes_done() const {
  const uint64_t size = pages_->file() == nullptr ? 0 : pages_->file()->page_size();
  return pages_->pages_done() * size + log_.bytes_done();
}

uint64_t Salvage::bytes_total() const {
  const uint64_t size = pages_->file() == nullptr ? 0 : pages_->file()->page_size();
  return pages_->pages_total() * size + log_.bytes_total();
}

uint64_t Salvage::durable_tsn() const {
  return std::max(pages_->applied_tsn(), log_.durable_tsn());
}

// ---- Keys and marks of commits that only their events are left of. ----

void Salvage::load_extras() {
  const page::PageFile* file = pages_->file();
  if (file == nullptr) return;
  const auto state = file->state();
  for (const std::string_view name : {events::kKeyTree, events::kTrackingTree}) {
    // From both ends, as far as pages are whole.
    for (const bool forward : {true, false}) {
      tree::Cursor cursor(*file, state->root(name));
      auto moved = forward ? cursor.first() : cursor.last();
      while (moved && *moved) {
        const tree::Value value = cursor.value();
        if (!value.is_large) add_extra(name, cursor.key(), value.bytes);
        moved = forward ? cursor.next() : cursor.previous();
      }
      if (moved) break;
    }
  }
}

void Salvage::add_extra(std::string_view tree, ByteView key, ByteView value) {
  const bool is_key = tree == events::kKeyTree;
  if (value.size() != (is_key ? 8 + sizeof(Digest) : 16)) return;
  const auto tsn = load_le<uint64_t>(value.data() + (is_key ? 0 : 8));
  if (pages_->may_have_commit(tsn)) return;
  Extras& extras = extras_[tsn];
  const std::string name(as_text(key));
  if (is_key) {
    events::KeyUse use = {.key = name, .batch = {}};
    std::copy_n(value.data() + 8, use.batch.size(), use.batch.begin());
    extras.key = std::move(use);
  } else if (!extras.marks.holds(name)) {
    extras.marks.add({.source = name,
                      .previous = events::kPreviousAny,
                      .position = load_le<uint64_t>(value.data())});
  }
}

void Salvage::append_extras(const engine::Stamp& stamp, std::vector<uint8_t>& payload,
                            uint32_t& sections) {
  const auto found = extras_.find(stamp.tsn);
  if (found == extras_.end()) return;
  const auto append = [&](engine::Part& part) {
    const size_t at = payload.size();
    payload.resize(at + engine::kSectionHeaderSize + align_up(part.size()));
    engine::encode_section_header(payload.data() + at, part.kind(), part.count(), part.size());
    part.encode(stamp, ByteSpan(payload).subspan(at + engine::kSectionHeaderSize, part.size()));
    ++sections;
  };
  if (found->second.marks.count() > 0) append(found->second.marks);
  if (found->second.key) {
    events::KeyPart part(*found->second.key);
    append(part);
  }
}

// ---- Commits. ----

std::vector<uint8_t> Salvage::put_together(const engine::Stamp& stamp, ByteView events,
                                           std::span<const uint8_t> rest, uint32_t rest_count) {
  std::vector<uint8_t> payload(engine::kCommitHeaderSize);
  uint32_t sections = rest_count;
  if (stamp.event_count > 0) {
    payload.resize(payload.size() + engine::kSectionHeaderSize);
    engine::encode_section_header(payload.data() + engine::kCommitHeaderSize,
                                  engine::SectionKind::kEvents, stamp.event_count, events.size());
    payload.insert(payload.end(), events.begin(), events.end());
    payload.resize(align_up(payload.size()));
    ++sections;
  }
  payload.insert(payload.end(), rest.begin(), rest.end());
  if (rest_count == 0) append_extras(stamp, payload, sections);
  engine::encode_commit_header(payload.data(), stamp, sections);
  return payload;
}

std::optional<Salvage::Found> Salvage::commit(uint64_t tsn, uint64_t first) {
  if (auto payload = log_.commit(tsn)) {
    const auto commit = engine::CommitView::decode(tsn, *payload);
    if (commit && commit->stamp().first_position == first) {
      return Found{.payload = *std::move(payload), .is_logged = true};
    }
  }
  if (pages_->may_have_commit(tsn)) {
    if (auto found = stored_in_trees(tsn, first)) return found;
  }
  return rebuilt(tsn, first);
}

std::optional<engine::CommitEntry> Salvage::untimed(uint64_t tsn) {
  auto entry = pages_->merged(tsn);
  if (!entry || entry->has_times()) return std::nullopt;
  return entry;
}

std::optional<Salvage::Found> Salvage::stored_in_trees(uint64_t tsn, uint64_t first) {
  const auto value = pages_->commit(tsn);
  if (!value) return std::nullopt;
  const engine::Stamp stamp = engine::stamp_at(tsn, value->data());
  if (stamp.first_position != first) return std::nullopt;
  std::vector<uint8_t> events;
  for (uint64_t i = 0; i < stamp.event_count; ++i) {
    const auto record = pages_->event(first + i);
    if (!record) return std::nullopt;
    events.insert(events.end(), record->bytes().begin(), record->bytes().end());
  }
  const auto sections = load_le<uint32_t>(value->data() + engine::kCommitSectionCountOffset);
  const std::span rest = std::span(*value).subspan(engine::kCommitHeaderSize);
  Found found = {.payload = put_together(stamp, events, rest, sections)};
  // With its roots.
  constexpr size_t kRoots = engine::kCommitMerkleOffset;
  std::copy_n(value->data() + kRoots, engine::kCommitHeaderSize - kRoots,
              found.payload.data() + kRoots);
  const auto merged = pages_->merged(tsn);
  found.is_merged = merged && merged->last() != tsn;
  return found;
}

std::optional<Salvage::Found> Salvage::rebuilt(uint64_t tsn, uint64_t first) {
  std::vector<uint8_t> events;
  engine::Stamp stamp = {.tsn = tsn, .first_position = first, .event_count = 0, .recorded = 0};
  for (;;) {
    const uint64_t position = first + stamp.event_count;
    const auto record = pages_->event(position);
    if (!record) {
      // Was that the last one? Then the next commit begins there, or all of it ends there.
      const engine::Snapshot applied = pages_->applied();
      const bool is_end = applied.tsn == tsn && applied.head + 1 == position;
      if (!is_end && first_position_of(tsn + 1) != position) return std::nullopt;
      break;
    }
    if (record->tsn() != tsn) break;
    stamp.recorded = record->recorded();
    ++stamp.event_count;
    events.insert(events.end(), record->bytes().begin(), record->bytes().end());
  }
  if (stamp.event_count == 0) return std::nullopt;
  return Found{.payload = put_together(stamp, events, {}, 0), .is_rebuilt = true};
}

uint64_t Salvage::first_position_of(uint64_t tsn) {
  if (const auto value = pages_->commit(tsn)) {
    return engine::stamp_at(tsn, value->data()).first_position;
  }
  if (const auto payload = log_.commit(tsn)) {
    return engine::stamp_at(tsn, payload->data()).first_position;
  }
  return 0;
}

// ---- What takes the place of what is lost. ----

std::optional<Salvage::Extent> Salvage::extent_of(uint64_t tsn, uint64_t first, int64_t recorded) {
  if (const auto value = pages_->commit(tsn)) {
    const engine::Stamp stamp = engine::stamp_at(tsn, value->data());
    if (stamp.first_position == first) return Extent{first + stamp.event_count, stamp.recorded};
  }
  // The next commit of which a header is left.
  const uint64_t in_trees = pages_->next_commit(tsn + 1);
  const uint64_t in_log = log_.next_commit(tsn + 1);
  const uint64_t next = in_trees != 0 && (in_log == 0 || in_trees < in_log) ? in_trees : in_log;
  const uint64_t bound = next == 0 ? 0 : first_position_of(next);
  Extent extent = {first, recorded};
  for (;;) {
    if (bound != 0 && extent.end >= bound) return extent;
    if (const auto record = pages_->event(extent.end)) {
      if (record->tsn() != tsn) return extent;
      extent.recorded = record->recorded();
      ++extent.end;
      continue;
    }
    // The next event that is left: what is between is lost.
    uint64_t following = pages_->next_event(extent.end + 1);
    while (following != 0 && !pages_->event(following)) {
      following = pages_->next_event(following + 1);
    }
    if (bound != 0 && (following == 0 || following >= bound)) {
      // Shared by all commits of which nothing is left.
      const uint64_t share = (bound - extent.end + (next - tsn) - 1) / (next - tsn);
      extent.end += share;
      return extent;
    }
    if (following == 0) return extent.end == first ? std::nullopt : std::optional(extent);
    extent.end = following;
  }
}

Status Salvage::append_lost(std::vector<uint8_t>& section) {
  const auto id = ids_.next();
  if (!id) return fail(id.error());
  events::NewEvent event = {};
  event.type = kLostType;
  event.id = id->data();
  return events::append_record(event, section);
}

Result<std::optional<Salvage::Found>> Salvage::stand_in(uint64_t tsn, uint64_t first,
                                                        int64_t recorded) {
  const auto extent = extent_of(tsn, first, recorded);
  if (!extent) return std::optional<Found>();
  Found found = {.payload = {}, .is_rebuilt = true};
  const engine::Stamp stamp = {.tsn = tsn,
                               .first_position = first,
                               .event_count = static_cast<uint32_t>(extent->end - first),
                               .recorded = std::max(extent->recorded, recorded)};
  std::vector<uint8_t> events;
  for (uint64_t position = first; position < extent->end; ++position) {
    const size_t at = events.size();
    if (const auto record = pages_->event(position)) {
      events.insert(events.end(), record->bytes().begin(), record->bytes().end());
    } else {
      STELE_TRY(append_lost(events));
      ++found.events_lost;
    }
    if ((events[at + events::kFlagsOffset] & events::kTimeIsRecorded) != 0) {
      store_le(events.data() + at + events::kTimeOffset, stamp.recorded);
    }
    store_le(events.data() + at + events::kPositionOffset, position);
    store_le(events.data() + at + events::kTsnOffset, tsn);
    store_le(events.data() + at + events::kRecordedOffset, stamp.recorded);
  }
  const auto value = pages_->commit(tsn);
  const bool is_known = value && engine::stamp_at(tsn, value->data()).first_position == first;
  const std::span<const uint8_t> rest =
      is_known ? std::span(*value).subspan(engine::kCommitHeaderSize) : std::span<const uint8_t>();
  const uint32_t count =
      is_known ? load_le<uint32_t>(value->data() + engine::kCommitSectionCountOffset) : 0;
  found.payload = put_together(stamp, events, rest, count);
  return std::optional(std::move(found));
}

}  // namespace stele::db
