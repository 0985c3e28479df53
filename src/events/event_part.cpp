// Events on their way into the log, and back out of it at recovery.
#include "events/event_part.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "base/check.h"
#include "base/text.h"
#include "events/digest.h"
#include "events/event_terms.h"
#include "events/history.h"

namespace stele::events {

namespace {

// How many terms ahead their places are fetched: with many terms each would be a cache miss.
constexpr size_t kPrefetch = 16;
constexpr size_t kPrefetchIds = 4;
// What an emptied batch keeps for the next events.
constexpr uint64_t kKeptMax = uint64_t{4} << 20;
constexpr uint64_t kBatchSizeMax = uint64_t{256} << 20;

// Returns whether a stored record is what the caller's asks for.
bool is_stored_as(const RecordView& asked, const RecordView& stored) {
  if (asked.size() != stored.size()) return false;
  const ByteView ours = asked.bytes().subspan(kCallerOffset);
  const ByteView theirs = stored.bytes().subspan(kCallerOffset);
  constexpr size_t kTime = kTimeOffset - kCallerOffset;
  constexpr size_t kBehindTime = kTime + sizeof(int64_t);
  const bool times = (asked.flags() & kTimeIsRecorded) != 0 || asked.time() == stored.time();
  return times && std::ranges::equal(ours.first(kTime), theirs.first(kTime)) &&
         std::ranges::equal(ours.subspan(kBehindTime), theirs.subspan(kBehindTime));
}

}  // namespace

Status EventPart::add_checked(NewEvent& event) {
  std::array<uint8_t, kIdSize> made = {};
  const bool is_made = event.id == nullptr;
  if (is_made) {
    const auto id = ids_.next();
    if (!id) return fail(id.error());
    made = *id;
    event.id = made.data();
  }
  // Room for its place first: once its bytes are there, nothing may fail.
  const size_t count = offsets_.size();
  if (count == offsets_.capacity()) offsets_.reserve(std::max<size_t>(16, 2 * count));
  id_is_made_.reserve(offsets_.capacity());
  const size_t start = bytes_.size();
  STELE_TRY(append_record(event, bytes_));
  if (bytes_.size() > kBatchSizeMax) {
    const size_t size = bytes_.size();
    bytes_.resize(start);
    return fail(Code::kTooLarge, cat("the batch would have ", size, " bytes, at most ",
                                     kBatchSizeMax, " are allowed"));
  }
  offsets_.push_back(start);
  id_is_made_.push_back(is_made);
  return {};
}

Status EventPart::add(NewEvent& event) {
  if (auto status = add_checked(event); !status) {
    return fail(std::move(status).error().during("append"));
  }
  return {};
}

Status EventPart::add_records(ByteView bytes) {
  const size_t size_before = bytes_.size();
  const size_t count_before = offsets_.size();
  const auto take_back = [&] {
    bytes_.resize(size_before);
    offsets_.resize(count_before);
    id_is_made_.resize(count_before);
  };
  try {
    for (uint64_t at = 0; at < bytes.size();) {
      uint64_t size = 0;
      auto event = parse_record(bytes.subspan(at), size);
      Status added = event ? add_checked(*event) : Status(fail(event.error()));
      if (!added) {
        const size_t index = offsets_.size() - count_before;
        take_back();
        return fail(std::move(added)
                        .error()
                        .during(cat("append: record ", index, " at byte ", at))
                        .with_offset(at));
      }
      at += size;
    }
  } catch (...) {
    take_back();  // Out of memory: all or none, also then.
    throw;
  }
  return {};
}

void EventPart::clear() {
  bytes_.clear();
  if (bytes_.capacity() > kKeptMax) bytes_.shrink_to_fit();
  offsets_.clear();
  id_is_made_.clear();
  term_hashes_.clear();
  id_hashes_.clear();
  given_ids_.clear();
  header_digests_.clear();
}

Status EventPart::check_given_ids() {
  given_ids_.clear();
  for (size_t i = 0; i < offsets_.size(); ++i) {
    if (id_is_made_[i]) continue;
    given_ids_.push_back({id_hashes_[i], i});
  }
  const auto compare = [this](const GivenId& a, const GivenId& b) {
    return std::memcmp(id_of(a), id_of(b), kIdSize);
  };
  std::ranges::sort(given_ids_, [&](const GivenId& a, const GivenId& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    const int compared = compare(a, b);
    return compared != 0 ? compared < 0 : a.index < b.index;
  });
  const auto same = [&](const GivenId& a, const GivenId& b) {
    return a.hash == b.hash && compare(a, b) == 0;
  };
  const auto found = std::ranges::adjacent_find(given_ids_, same);
  if (found == given_ids_.end()) return {};
  return fail(Code::kInvalid, cat("commit: events ", found->index, " and ", std::next(found)->index,
                                  " of the batch have the same id"));
}

Status EventPart::prepare() {
  const size_t done = header_digests_.size();
  const size_t count = offsets_.size() - done;
  if (count == 0) return check_given_ids();
  std::vector<RecordView> records;
  std::vector<uint64_t> hashes;
  std::vector<uint64_t> id_hashes;
  std::vector<Digest> digests(count);
  records.reserve(count);
  for (size_t i = done; i < offsets_.size(); ++i) {
    records.push_back(RecordView::trusted(bytes_.data() + offsets_[i]));
    for_each_term(records.back(), [&](TermKind kind, std::string_view text) {
      hashes.push_back(term_hash(kind, text));
    });
    id_hashes.push_back(id_hash(records.back().id()));
  }
  events::header_digests(records, digests);
  // All or none: when memory runs out in between, the next call starts where this one did.
  term_hashes_.reserve(term_hashes_.size() + hashes.size());
  id_hashes_.reserve(offsets_.size());
  header_digests_.reserve(offsets_.size());
  term_hashes_.insert(term_hashes_.end(), hashes.begin(), hashes.end());
  id_hashes_.insert(id_hashes_.end(), id_hashes.begin(), id_hashes.end());
  header_digests_.insert(header_digests_.end(), digests.begin(), digests.end());
  return check_given_ids();
}

void EventPart::append_request(std::vector<ByteView>& pieces) const {
  static constexpr std::array<uint8_t, kIdSize> kNoId = {};
  // The stamp is written to a copy, the frame: here its place still holds zeros.
  const ByteView records(bytes_);
  size_t from = 0;
  for (size_t i = 0; i < offsets_.size(); ++i) {
    if (!id_is_made_[i]) continue;
    const size_t id = offsets_[i] + kIdOffset;
    pieces.push_back(records.subspan(from, id - from));
    pieces.emplace_back(kNoId);
    from = id + kIdSize;
  }
  pieces.push_back(records.subspan(from));
}

void EventPart::encode(const engine::Stamp& stamp, ByteSpan into) {
  STELE_DCHECK(header_digests_.size() == offsets_.size());
  std::ranges::copy(bytes_, into.data());
  for (size_t i = 0; i < offsets_.size(); ++i) {
    uint8_t* record = into.data() + offsets_[i];
    store_le(record + kPositionOffset, stamp.first_position + i);
    store_le(record + kTsnOffset, stamp.tsn);
    store_le(record + kRecordedOffset, stamp.recorded);
    if ((record[kFlagsOffset] & kTimeIsRecorded) != 0) {
      store_le(record + kTimeOffset, stamp.recorded);
    }
  }
}

Status EventPart::look_up(const engine::View& view) {
  looked_up_.clear();
  if (view.trees->file == nullptr) return {};
  looked_up_.resize(offsets_.size());
  for (size_t i = 0; i < offsets_.size(); ++i) {
    const std::string_view entity = RecordView::trusted(bytes_.data() + offsets_[i]).entity();
    if (entity.empty()) continue;
    const auto is_in = [&](const auto& chunk) {
      const Postings* postings = Tail::of(*chunk).terms().find(TermKind::kEntity, entity);
      return postings != nullptr && postings->count() > 0;
    };
    if (std::ranges::any_of(view.chunks, is_in)) continue;
    const auto state = entity_in_trees(*view.trees, entity);
    if (!state) return fail(state.error());
    looked_up_[i] = *state;
  }
  return {};
}

const uint8_t* EventPart::hash_before(const engine::View& view, size_t index,
                                      std::string_view entity, uint64_t& sequence) const {
  // The active chunk has been looked at.
  for (size_t i = view.chunks.size() - 1; i-- > 0;) {
    const Tail& tail = Tail::of(*view.chunks[i]);
    const Postings* postings = tail.terms().find(TermKind::kEntity, entity);
    if (postings == nullptr) continue;
    const RecordView last = tail.record(postings->last());
    sequence = last.sequence();
    return last.hash();
  }
  if (looked_up_.empty() || looked_up_[index].last_position == 0) return nullptr;
  sequence = looked_up_[index].sequence;
  return looked_up_[index].hash.data();
}

void EventPart::apply_to_tail(const engine::View& view, const engine::Stamp& stamp,
                              ByteSpan section, uint64_t /*visible*/) {
  Tail& tail = Tail::of(view.active());
  previous_.assign(offsets_.size(), nullptr);
  size_t hash = 0;
  size_t prefetched = 0;
  for (size_t i = 0; i < offsets_.size(); ++i) {
    uint8_t* bytes = section.data() + offsets_[i];
    const RecordView record = RecordView::trusted(bytes);
    const uint64_t position = stamp.first_position + i;
    const size_t first_hash = hash;
    tail.ids().prefetch(id_hashes_[std::min(i + kPrefetchIds, id_hashes_.size() - 1)]);
    for (; prefetched < std::min(hash + kPrefetch, term_hashes_.size()); ++prefetched) {
      tail.terms().prefetch(term_hashes_[prefetched]);
    }
    for_each_term(record, [&](TermKind kind, std::string_view text) {
      Postings& postings = tail.terms().intern(kind, text, term_hashes_[hash++]);
      if (kind == TermKind::kEntity) {
        uint64_t sequence = 0;
        if (postings.count() > 0) {
          const RecordView last = tail.record(postings.last());
          sequence = last.sequence();
          previous_[i] = last.hash();
        } else {
          previous_[i] = hash_before(view, i, text, sequence);
        }
        store_le(bytes + kSequenceOffset, sequence + 1);
      }
      postings.append(position);
    });
    tail.add(bytes, hash - first_hash);
    tail.add_id(id_hashes_[i], position);
  }
}

bool EventPart::is_stored_as(const RecordView& stored, size_t index) const {
  return events::is_stored_as(RecordView::trusted(bytes_.data() + offsets_[index]), stored);
}

bool EventPart::is_stored_as(const engine::View& view, const engine::Stamp& stamp,
                             ByteView section) const {
  if (given_ids_.size() != offsets_.size() || stamp.event_count != offsets_.size()) return false;
  if (!section.empty()) {
    if (section.size() != bytes_.size()) return false;
    for (size_t i = 0; i < offsets_.size(); ++i) {
      if (!is_stored_as(RecordView::trusted(section.data() + offsets_[i]), i)) return false;
    }
    return true;
  }
  History history(view);
  for (size_t i = 0; i < offsets_.size(); ++i) {
    const auto stored = history.record(stamp.first_position + i);
    if (!stored || !is_stored_as(*stored, i)) return false;
  }
  return true;
}

std::optional<Digest> EventPart::seal(ByteSpan section) {
  std::vector<Digest> hashes(offsets_.size());
  for (size_t i = 0; i < offsets_.size(); ++i) {
    const uint8_t* previous = previous_[i] == nullptr ? kNoHash.data() : previous_[i];
    hashes[i] = event_hash(header_digests_[i], previous);
    std::ranges::copy(hashes[i], section.data() + offsets_[i] + kHashOffset);
  }
  return merkle_root(hashes);
}

Status EventParticipant::replay(const engine::View& view, const engine::Stamp& stamp,
                                uint32_t count, ByteView section) {
  Tail& tail = Tail::of(view.active());
  if (count != stamp.event_count) {
    return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": it counts ", stamp.event_count,
                                    " events, its section ", count));
  }
  if (count == 0) {
    return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": its event section is empty"));
  }
  for (uint64_t i = 0; i < count; ++i) {
    const auto record = RecordView::decode(section);
    if (!record) return fail(record.error());
    if (record->position() != stamp.first_position + i || record->tsn() != stamp.tsn) {
      return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": event ", record->position(),
                                      " stands at the place of ", stamp.first_position + i));
    }
    if (record->recorded() != stamp.recorded) {
      return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": event ", record->position(),
                                      " was not recorded with its commit"));
    }
    uint64_t term_count = 0;
    for_each_term(*record, [&](TermKind kind, std::string_view text) {
      tail.terms().intern(kind, text, term_hash(kind, text)).append(record->position());
      ++term_count;
    });
    tail.add(section.data(), term_count);
    // A log in which an id occurs twice is for verify to report; the first event keeps it.
    const uint64_t hash = id_hash(record->id());
    if (tail.position_of(record->id(), hash, record->position()) == 0) {
      tail.add_id(hash, record->position());
    }
    if (clock_ != nullptr) clock_->observe(record->id(), stamp.recorded);
    section = section.subspan(record->size());
  }
  if (!section.empty()) {
    return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": bytes behind its last event"));
  }
  return {};
}

Status EventParticipant::checkpoint(page::PageWriter& writer, const engine::View& view,
                                    engine::Roots& roots) {
  const engine::Chunk& chunk = *view.chunks.front();
  const auto events = add_events(writer, view.trees->root(kEventTree), chunk);
  if (!events) return fail(events.error());
  roots[std::string(kEventTree)] = *events;
  const auto entities = add_entities(writer, *view.trees, chunk);
  if (!entities) return fail(entities.error());
  roots[std::string(kEntityTree)] = *entities;
  return terms_.add(writer, chunk, roots);
}

}  // namespace stele::events
