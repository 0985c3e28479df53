// The tree of entities, and streams over trees and chunks.
#include "events/entity.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "events/positions.h"
#include "tree/apply.h"

namespace stele::events {

namespace {

constexpr size_t kFirstOffset = 0;
constexpr size_t kLastOffset = kFirstOffset + 8;
constexpr size_t kEntitySequenceOffset = kLastOffset + 8;
constexpr size_t kEntityHashOffset = kEntitySequenceOffset + 8;
constexpr size_t kEntityStateSize = kEntityHashOffset + sizeof(Digest);
static_assert(kEntityStateSize == 56);

std::array<uint8_t, kEntityStateSize> encode(const EntityState& state) {
  std::array<uint8_t, kEntityStateSize> bytes;
  store_le(bytes.data() + kFirstOffset, state.first_position);
  store_le(bytes.data() + kLastOffset, state.last_position);
  store_le(bytes.data() + kEntitySequenceOffset, state.sequence);
  std::ranges::copy(state.hash, bytes.data() + kEntityHashOffset);
  return bytes;
}

// The entities of a chunk in bytewise order, each with its state behind the chunk.
class EntityChanges final : public tree::ChangeSource {
 public:
  EntityChanges(const engine::Trees& trees, const engine::Chunk& chunk)
      : trees_(trees), tail_(Tail::of(chunk)) {
    tail_.terms().for_each([this](const Term& term) {
      if (term.kind == TermKind::kEntity) terms_.push_back(&term);
    });
    std::ranges::sort(terms_, {}, [](const Term* term) { return term->view(); });
  }

  Result<const tree::Change*> next() override {
    if (at_ == terms_.size()) return nullptr;
    const Term& term = *terms_[at_++];
    const RecordView last = tail_.record(term.postings.last());
    EntityState state = {.first_position = term.postings.view().list[0],
                         .last_position = last.position(),
                         .sequence = last.sequence()};
    std::copy_n(last.hash(), state.hash.size(), state.hash.begin());
    if (state.sequence > term.postings.count() && trees_.file != nullptr) {
      const auto before = entity_in_trees(trees_, term.view());
      if (!before) return fail(before.error());
      if (before->first_position != 0) state.first_position = before->first_position;
    }
    value_ = encode(state);
    change_ = {.key = as_bytes(term.view()), .value = value_};
    return &change_;
  }

 private:
  const engine::Trees& trees_;
  const Tail& tail_;
  std::vector<const Term*> terms_;
  size_t at_ = 0;
  std::array<uint8_t, kEntityStateSize> value_ = {};
  tree::Change change_ = {};
};

uint64_t sequence_at(const Tail& tail, uint64_t position) {
  return tail.record(position).sequence();
}

// Returns the position of a sequence in the trees, where positions and sequences ascend together.
Result<uint64_t> search_trees(History& history, std::string_view entity, uint64_t sequence) {
  const engine::Trees& trees = *history.view().trees;
  const auto state = entity_in_trees(trees, entity);
  if (!state) return fail(state.error());
  uint64_t low = state->first_position;  // The answer is at or behind it ...
  uint64_t high = state->last_position;  // ... and not behind this.
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    const auto tree = positions_in_trees(trees, TermKind::kEntity, entity, Direction::kForward);
    const auto at = tree->at_or_after(middle);
    if (!at) return fail(at.error());
    if (*at == kNoPosition || *at > high) {
      high = middle;
      continue;
    }
    const auto record = history.record(*at);
    if (!record) return fail(history.status().error());
    if (record->sequence() == sequence) return *at;
    if (record->sequence() < sequence) {
      low = *at + 1;
    } else {
      high = middle;
    }
  }
  const auto record = history.record(low);
  if (!record) return fail(history.status().error());
  if (record->entity() == entity && record->sequence() == sequence) return low;
  return fail(Code::kCorrupt, cat(trees.file->path(), ": entity ", quoted(entity),
                                  " has no event of sequence ", sequence));
}

}  // namespace

Result<EntityState> entity_in_trees(const engine::Trees& trees, std::string_view entity) {
  tree::Found found;
  const auto there = tree::get(*trees.file, trees.root(kEntityTree), as_bytes(entity), found);
  if (!there) return fail(there.error());
  if (!*there) return EntityState();
  const ByteView bytes = found.value.bytes;
  if (found.value.is_large || bytes.size() != kEntityStateSize) {
    return fail(Code::kCorrupt, cat(trees.file->path(), ": tree ", kEntityTree, ", entity ",
                                    quoted(entity), ": its size is impossible"));
  }
  EntityState state = {.first_position = load_le<uint64_t>(bytes.data() + kFirstOffset),
                       .last_position = load_le<uint64_t>(bytes.data() + kLastOffset),
                       .sequence = load_le<uint64_t>(bytes.data() + kEntitySequenceOffset)};
  std::copy_n(bytes.data() + kEntityHashOffset, state.hash.size(), state.hash.begin());
  return state;
}

Result<NewestOfEntity> newest_of_entity(History& history, std::string_view entity, uint64_t last) {
  const auto chunks = history.chunks();
  for (size_t i = chunks.size(); i-- > 0;) {
    const Tail& tail = Tail::of(*chunks[i]);
    const Postings* postings = tail.terms().find(TermKind::kEntity, entity);
    const uint64_t count = postings == nullptr ? 0 : postings->count_to(last);
    if (count == 0) continue;
    const uint64_t position = postings->view().list[count - 1];
    return NewestOfEntity{position, sequence_at(tail, position)};
  }
  if (!history.has_trees()) return NewestOfEntity();
  const auto state = entity_in_trees(*history.view().trees, entity);
  if (!state) return fail(state.error());
  if (state->last_position <= last) return NewestOfEntity{state->last_position, state->sequence};
  const uint64_t position = newest_position(history, TermKind::kEntity, entity, last);
  if (!history.status()) return fail(history.status().error());
  if (position == 0) return NewestOfEntity();
  const auto record = history.record(position);
  if (!record) return fail(history.status().error());
  return NewestOfEntity{position, record->sequence()};
}

Result<uint64_t> position_of_sequence(History& history, std::string_view entity, uint64_t sequence,
                                      uint64_t last) {
  const auto chunks = history.chunks();
  for (size_t i = chunks.size(); i-- > 0;) {
    const Tail& tail = Tail::of(*chunks[i]);
    const Postings* postings = tail.terms().find(TermKind::kEntity, entity);
    const uint64_t count = postings == nullptr ? 0 : postings->count_to(last);
    if (count == 0) continue;
    const uint64_t* list = postings->view().list;
    const uint64_t first = sequence_at(tail, list[0]);
    if (sequence < first) continue;
    // A forged log may say anything of sequences.
    if (sequence - first < count) return list[sequence - first];
    break;
  }
  if (history.has_trees()) return search_trees(history, entity, sequence);
  return fail(Code::kCorrupt,
              cat("entity ", quoted(entity), " has no event of sequence ", sequence));
}

Result<page::Root> add_entities(page::PageWriter& writer, const engine::Trees& trees,
                                const engine::Chunk& chunk) {
  EntityChanges changes(trees, chunk);
  return tree::apply(writer, trees.root(kEntityTree), tree::LeafKind::kSlotted, changes);
}

}  // namespace stele::events
