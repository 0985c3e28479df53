// The comparison of stored and recomputed hashes.
#include "events/chain_check.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "events/digest.h"

namespace stele::events {

namespace {

std::unexpected<Error> fault_at(uint64_t tsn, uint64_t position, const std::string& reason) {
  const std::string where =
      position == 0 ? cat("commit ", tsn) : cat("commit ", tsn, ", event ", position);
  return fail(Error(Code::kCorrupt, cat(where, ": ", reason)).with_position(position));
}

}  // namespace

Status ChainCheck::check_stamp(const engine::Stamp& stamp) const {
  if (stamp.tsn != tsn_ + 1) return fault_at(stamp.tsn, 0, cat("expected commit ", tsn_ + 1));
  if (stamp.first_position != position_ + 1) {
    return fault_at(
        stamp.tsn, 0,
        cat("its first position is ", stamp.first_position, ", expected ", position_ + 1));
  }
  if (stamp.recorded <= recorded_) {
    return fault_at(stamp.tsn, 0, "it was recorded no later than the commit before it");
  }
  return {};
}

Status ChainCheck::check_place(const engine::Stamp& stamp, const RecordView& record,
                               uint64_t expected) const {
  const auto fault = [&](const char* reason) { return fault_at(stamp.tsn, expected, reason); };
  if (record.position() != expected) return fault("its position is not its place");
  if (record.tsn() != stamp.tsn) return fault("its TSN is not that of its commit");
  if (record.recorded() != stamp.recorded) return fault("`recorded` is not that of its commit");
  if ((record.flags() & kTimeIsRecorded) != 0 && record.time() != stamp.recorded) {
    return fault("its time should be that of its commit");
  }
  return {};
}

Status ChainCheck::check_events(const engine::Stamp& stamp, ByteView section,
                                std::vector<Digest>& hashes) {
  std::vector<RecordView> records;
  while (!section.empty()) {
    const auto record = RecordView::decode(section);
    const uint64_t expected = stamp.first_position + records.size();
    if (!record) return fault_at(stamp.tsn, expected, record.error().message());
    STELE_TRY(check_place(stamp, *record, expected));
    records.push_back(*record);
    section = section.subspan(record->size());
  }
  if (records.size() != stamp.event_count) {
    return fault_at(stamp.tsn, 0,
                    cat("it holds ", records.size(), " events and counts ", stamp.event_count));
  }
  std::vector<Digest> digests(records.size());
  header_digests(records, digests);
  for (size_t i = 0; i < records.size(); ++i) {
    const RecordView& record = records[i];
    const std::string entity(record.entity());
    EntityEnd none;
    EntityEnd& end = entity.empty() ? none : entities_[entity];
    const Digest hash = event_hash(digests[i], end.hash.data());
    if (!std::equal(hash.begin(), hash.end(), record.hash())) {
      return fault_at(stamp.tsn, record.position(),
                      "its hash does not match its content and the event before it");
    }
    if (record.sequence() != (entity.empty() ? 0 : end.sequence + 1)) {
      return fault_at(stamp.tsn, record.position(), "its sequence does not continue its entity's");
    }
    end = {record.sequence(), hash};
    hashes.push_back(hash);
  }
  return {};
}

Status ChainCheck::seal(uint64_t tsn, ByteSpan payload) const {
  const auto commit = engine::CommitView::decode(tsn, payload);
  if (!commit) return fail(commit.error());
  std::unordered_map<std::string, EntityEnd> ends;  // Of entities with events in this commit.
  std::vector<Digest> hashes;
  STELE_TRY(commit->for_each_section([&](const engine::SectionView& section) -> Status {
    if (section.kind != engine::SectionKind::kEvents) return {};
    for (ByteView rest = section.bytes; !rest.empty();) {
      const auto record = RecordView::decode(rest);
      if (!record) return fail(record.error());
      Digest digest;
      header_digests({&*record, 1}, {&digest, 1});
      const std::string entity(record->entity());
      if (!ends.contains(entity)) {
        const auto before = entities_.find(entity);
        ends[entity] = before == entities_.end() ? EntityEnd() : before->second;
      }
      const EntityEnd none;
      const EntityEnd& end = entity.empty() ? none : ends[entity];
      const uint64_t sequence = entity.empty() ? 0 : end.sequence + 1;
      hashes.push_back(event_hash(digest, end.hash.data()));
      uint8_t* bytes = payload.data() + (rest.data() - payload.data());
      store_le(bytes + kSequenceOffset, sequence);
      std::ranges::copy(hashes.back(), bytes + kHashOffset);
      ends[entity] = {sequence, hashes.back()};
      rest = rest.subspan(record->size());
    }
    return {};
  }));
  const Digest merkle = merkle_root(hashes);
  engine::store_roots(payload.data(), merkle,
                      engine::chained_root_of(commit->stamp(), merkle, root_));
  return {};
}

Status ChainCheck::add(const engine::CommitView& commit) {
  const engine::Stamp& stamp = commit.stamp();
  STELE_TRY(check_stamp(stamp));
  std::vector<Digest> hashes;
  STELE_TRY(commit.for_each_section([&](const engine::SectionView& section) -> Status {
    if (section.kind != engine::SectionKind::kEvents) return {};
    return check_events(stamp, section.bytes, hashes);
  }));
  if (hashes.size() != stamp.event_count) {
    return fault_at(stamp.tsn, 0,
                    cat("it holds ", hashes.size(), " events and counts ", stamp.event_count));
  }
  const Digest merkle = merkle_root(hashes);
  if (merkle != commit.merkle_root()) {
    return fault_at(stamp.tsn, 0, "its Merkle root does not match its events");
  }
  const Digest root = engine::chained_root_of(stamp, merkle, root_);
  if (root != commit.chained_root()) {
    return fault_at(stamp.tsn, 0, "its chained root does not match the commits before it");
  }
  root_ = root;
  tsn_ = stamp.tsn;
  position_ += stamp.event_count;
  recorded_ = stamp.recorded;
  return {};
}

Status ChainCheck::add_empty(const engine::Stamp& stamp) {
  STELE_TRY(check_stamp(stamp));
  root_ = engine::chained_root_of(stamp, {}, root_);
  tsn_ = stamp.tsn;
  recorded_ = stamp.recorded;
  return {};
}

Status ChainCheck::pass_to(const engine::Stamp& stamp, const Digest& root) {
  if (position_ != 0 || stamp.first_position != 1 || stamp.event_count != 0) {
    return fault_at(stamp.tsn, 0, "commits without times before it, but not without events");
  }
  // Each of them was recorded at a time of its own.
  const uint64_t span = static_cast<uint64_t>(stamp.recorded) - static_cast<uint64_t>(recorded_);
  if (stamp.recorded <= recorded_ || span < stamp.tsn - tsn_) {
    return fault_at(stamp.tsn, 0, "it was recorded no later than the commits before it");
  }
  root_ = root;
  tsn_ = stamp.tsn;
  recorded_ = stamp.recorded;
  return {};
}

}  // namespace stele::events
