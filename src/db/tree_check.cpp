// The phases of a check of trees.
#include "db/tree_check.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "db/leaf_kind.h"
#include "engine/commit_tree.h"
#include "events/entity.h"
#include "events/event_terms.h"
#include "events/event_tree.h"
#include "events/keys.h"
#include "events/term_check.h"
#include "page/page_census.h"
#include "tables/catalog.h"
#include "tables/table_check.h"
#include "tree/cursor.h"
#include "tree/verify.h"

namespace stele::db {

TreeCheck::TreeCheck(const engine::View& view, events::ChainCheck& chain)
    : view_(view),
      trees_(*view.trees),
      chain_(chain),
      history_(view),
      phase_(trees_.file == nullptr ? Phase::kDone : Phase::kPages) {}

std::unexpected<Error> TreeCheck::fault(std::string_view tree, const std::string& reason) const {
  return fail(Code::kCorrupt, cat(trees_.file->path(), ": tree ", tree, ": ", reason));
}

// Says in which file a fault of the history is.
Status TreeCheck::in_file(Status checked) const {
  if (checked) return checked;
  return fail(std::move(checked).error().during(trees_.file->path()));
}

uint64_t TreeCheck::bytes_total() const {
  return trees_.file == nullptr ? 0 : trees_.state->page_count * trees_.file->page_size();
}

uint64_t TreeCheck::bytes_done() const {
  if (phase_ == Phase::kDone) return bytes_total();
  // Reading the history is most of the work.
  const uint64_t commits = std::min(chain_.commits(), trees_.applied.tsn);
  const double done = static_cast<double>(commits) / static_cast<double>(trees_.applied.tsn + 1);
  return static_cast<uint64_t>(done * static_cast<double>(bytes_total()));
}

Result<bool> TreeCheck::step(uint64_t budget) {
  switch (phase_) {
    case Phase::kPages:
      STELE_TRY(check_pages());
      phase_ = Phase::kHistory;
      return true;
    case Phase::kHistory:
      for (uint64_t read = 0; read < budget;) {
        if (chain_.commits() == trees_.applied.tsn) {
          STELE_TRY(check_entries());
          phase_ = Phase::kTerms;
          return true;
        }
        const auto size = check_next();
        if (!size) return fail(size.error());
        read += *size;
      }
      return true;
    case Phase::kTerms:
      STELE_TRY(check_terms());
      phase_ = Phase::kEntities;
      return true;
    case Phase::kEntities:
      STELE_TRY(check_entities());
      phase_ = Phase::kMarks;
      return true;
    case Phase::kMarks:
      STELE_TRY(check_marks());
      phase_ = Phase::kTables;
      return true;
    case Phase::kTables:
      STELE_TRY(tables::TableCheck(trees_).run());
      phase_ = Phase::kDone;
      return true;
    case Phase::kDone:
      return false;
  }
  return false;
}

Status TreeCheck::check_pages() {
  page::PageCensus census(*trees_.file, *trees_.state);
  for (const auto& [name, root] : trees_.state->roots) {
    auto checked = tree::verify(*trees_.file, root, leaf_kind(name),
                                [&](uint64_t number) { return census.mark(number); });
    if (!checked) return fail(std::move(checked).error().during(cat("tree ", name)));
  }
  STELE_TRY(census.mark_free());
  return census.finish();
}

Result<os::ScratchBytes> TreeCheck::whole_commit(uint64_t tsn, const std::vector<uint8_t>& value) {
  os::ScratchBytes whole((os::ScratchAllocator<uint8_t>(trees_.scratch)));
  const auto stored = engine::CommitView::decode(tsn, value);
  if (!stored) return fail(stored.error());
  const engine::Stamp& stamp = stored->stamp();
  if (stamp.event_count == 0) {
    whole.assign(value.begin(), value.end());
    return whole;
  }
  if (stamp.first_position != chain_.events() + 1 ||
      stamp.event_count > trees_.applied.head - chain_.events()) {
    return fault(engine::kCommitTree, cat("commit ", tsn, " has positions that are impossible"));
  }
  whole.assign(value.begin(), value.begin() + engine::kCommitHeaderSize);
  whole.resize(whole.size() + engine::kSectionHeaderSize);
  for (uint64_t i = 0; i < stamp.event_count; ++i) {
    const auto record = history_.record(stamp.first_position + i);
    if (!record) return fail(history_.status().error());
    const ByteView bytes = record->bytes();
    whole.insert(whole.end(), bytes.begin(), bytes.end());
    STELE_TRY(note_event(*record));
  }
  constexpr size_t kBegin = engine::kCommitHeaderSize + engine::kSectionHeaderSize;
  engine::encode_section_header(whole.data() + engine::kCommitHeaderSize,
                                engine::SectionKind::kEvents, stamp.event_count,
                                whole.size() - kBegin);
  whole.resize(engine::kCommitHeaderSize + align_up(whole.size() - engine::kCommitHeaderSize));
  whole.insert(whole.end(), value.begin() + engine::kCommitHeaderSize, value.end());
  const auto sections = load_le<uint32_t>(value.data() + engine::kCommitSectionCountOffset);
  store_le(whole.data() + engine::kCommitSectionCountOffset, sections + 1);
  return whole;
}

Result<uint64_t> TreeCheck::check_next() {
  const uint64_t tsn = chain_.commits() + 1;
  const auto entry = engine::CommitTree(trees_).entry_of(tsn);
  if (!entry) return fail(entry.error());
  if (entry->first() != tsn) {
    return fault(engine::kMergedTree, cat("the entry of commit ", tsn, " begins with commit ",
                                          entry->first(), ", which another one has"));
  }
  ++entries_;
  if (!entry->is_merged()) return check_commit(tsn, entry->commit());
  STELE_TRY(entry->has_times() ? check_times(*entry) : check_untimed(*entry));
  return entry->commit().size() + entry->count();
}

Status TreeCheck::check_entries() const {
  const uint64_t stored =
      trees_.root(engine::kCommitTree).entries + trees_.root(engine::kMergedTree).entries;
  if (stored == entries_) return {};
  return fault(engine::kMergedTree,
               cat("both trees of commits have ", stored, " entries, the history has ", entries_));
}

// What is left of merged commits must lead from the root before them to that of the last.
Status TreeCheck::check_times(const engine::CommitEntry& entry) {
  STELE_TRY(
      in_file(entry.for_each([&](const engine::Stamp& stamp) { return chain_.add_empty(stamp); })));
  const auto last = engine::CommitView::decode(entry.last(), entry.commit());
  if (!last) return fail(last.error());
  if (last->chained_root() == chain_.root() && last->merkle_root() == Digest()) return {};
  return fault(engine::kMergedTree,
               cat("the roots of commit ", entry.last(), " do not match the commits before it"));
}

Status TreeCheck::check_untimed(const engine::CommitEntry& entry) {
  if (!history_since_) {
    const auto since = tables::history_since(view_, trees_.applied.tsn);
    if (!since) return fail(since.error());
    history_since_ = *since;
  }
  if (entry.last() >= *history_since_) {
    return fault(engine::kMergedTree, cat("commits ", entry.first(), " to ", entry.last(),
                                          " have no times, but a table ",
                                          "keeps its history since commit ", *history_since_));
  }
  const auto last = engine::CommitView::decode(entry.last(), entry.commit());
  if (!last) return fail(last.error());
  if (last->merkle_root() != Digest()) {
    return fault(engine::kMergedTree, cat("commit ", entry.last(), " has a root of no events"));
  }
  return in_file(chain_.pass_to(last->stamp(), last->chained_root()));
}

Result<uint64_t> TreeCheck::check_commit(uint64_t tsn, const std::vector<uint8_t>& value) {
  const auto whole = whole_commit(tsn, value);
  if (!whole) return fail(whole.error());
  const auto commit = engine::CommitView::decode(tsn, *whole);
  if (!commit) return fail(commit.error());
  STELE_TRY(in_file(chain_.add(*commit)));
  STELE_TRY(commit->for_each_section(
      [&](const engine::SectionView& section) { return note_section(commit->stamp(), section); }));
  return whole->size();
}

Status TreeCheck::note_event(const events::RecordView& record) {
  const uint64_t position = record.position();
  for_each_term(record, [&](events::TermKind kind, std::string_view text) {
    terms_.add(kind, text, position);
  });
  const std::array<uint8_t, events::kIdSize> id = [&] {
    std::array<uint8_t, events::kIdSize> copy;
    std::copy_n(record.id(), copy.size(), copy.begin());
    return copy;
  }();
  terms_.add(events::TermKind::kId, as_text(id), position);
  const auto first = events::id_in_trees(trees_, id.data(), position);
  if (!first) return fail(first.error());
  if (*first == 0) return fault("terms", cat("the id of event ", position, " is missing"));
  if (*first == position) return {};
  return fail(Error(Code::kCorrupt, cat("event ", position, ": its id is that of event ", *first))
                  .with_position(position));
}

Status TreeCheck::note_section(const engine::Stamp& stamp, const engine::SectionView& section) {
  if (section.kind == engine::SectionKind::kKey) {
    const auto use = events::decode_key_section(stamp, section.count, section.bytes);
    if (!use) return fail(use.error());
    const auto entry = events::find_key(view_, use->key, 0, trees_.applied.tsn);
    if (!entry) return fail(entry.error());
    if (!*entry || (*entry)->stamp.tsn != stamp.tsn || (*entry)->batch != use->batch) {
      return fault(events::kKeyTree, cat("the key of commit ", stamp.tsn, " is not what it was"));
    }
    ++keys_;
  } else if (section.kind == engine::SectionKind::kTracking) {
    return events::for_each_mark(stamp, section.count, section.bytes,
                                 [&](const std::string& source, uint64_t position) -> Status {
                                   marks_[source] = {position, stamp.tsn};
                                   if (position == 0) marks_.erase(source);
                                   return {};
                                 });
  }
  return {};
}

Status TreeCheck::check_terms() {
  events::TermDigest found;
  STELE_TRY(events::TermCheck(trees_).run(found));
  if (found == terms_) return {};
  return fault("terms", cat("the index has ", found.count(), " entries, the events have ",
                            terms_.count(), ", and they are not the same"));
}

Status TreeCheck::check_entities() {
  uint64_t count = 0;
  STELE_TRY(chain_.for_each_entity(
      [&](const std::string& entity, uint64_t sequence, const Digest& hash) -> Status {
        ++count;
        const auto state = events::entity_in_trees(trees_, entity);
        if (!state) return fail(state.error());
        if (state->sequence == sequence && state->hash == hash) return {};
        return fault(events::kEntityTree,
                     cat("entity ", quoted(entity), " is not what its events say"));
      }));
  const uint64_t stored = trees_.root(events::kEntityTree).entries;
  if (stored == count) return {};
  return fault(events::kEntityTree, cat("it has ", stored, " entities, the events have ", count));
}

Status TreeCheck::check_marks() {
  for (const auto& [source, mark] : marks_) {
    const auto found = events::mark_in_trees(trees_, source);
    if (!found) return fail(found.error());
    if (found->position != mark.position || found->tsn != mark.tsn) {
      return fault(events::kTrackingTree, cat("source ", quoted(source), " stands elsewhere"));
    }
  }
  const uint64_t stored = trees_.root(events::kTrackingTree).entries;
  if (stored != marks_.size()) {
    return fault(events::kTrackingTree,
                 cat("it has ", stored, " sources, the commits have ", marks_.size()));
  }
  const uint64_t keys = trees_.root(events::kKeyTree).entries;
  if (keys == keys_) return {};
  return fault(events::kKeyTree, cat("it has ", keys, " keys, the commits have ", keys_));
}

}  // namespace stele::db
