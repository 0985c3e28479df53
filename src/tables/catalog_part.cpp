// Changes of the catalog: guard, section and recovery.
#include "tables/catalog_part.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "tables/catalog_tree.h"

namespace stele::tables {

namespace {

uint64_t size_of(const CatalogChange& change) {
  return align_up(kChangeHeaderSize + change.name.schema.size() + change.name.name.size() +
                  change.owner.size());
}

void encode_change(const CatalogChange& change, TableId table, uint8_t* at) {
  std::fill_n(at, size_of(change), uint8_t{0});
  at[0] = static_cast<uint8_t>(change.kind);
  at[1] = static_cast<uint8_t>(change.history);
  store_le(at + 2, static_cast<uint16_t>(change.name.schema.size()));
  store_le(at + 4, static_cast<uint16_t>(change.name.name.size()));
  store_le(at + 6, static_cast<uint16_t>(change.owner.size()));
  store_le(at + 8, table);
  store_le(at + 16, change.amount);
  at += kChangeHeaderSize;
  for (const std::string* text : {&change.name.schema, &change.name.name, &change.owner}) {
    copy_bytes(at, as_bytes(*text));
    at += text->size();
  }
}

// The newest change of a key in chunks by a commit in (from, tsn].
template <typename Key>
auto find_change(const engine::View& view, const Key& key, uint64_t from, uint64_t tsn) {
  auto change = CatalogTail::of(*view.chunks.back()).find(key, tsn);
  for (size_t i = view.chunks.size() - 1; i-- > 0 && !change;) {
    if (view.chunks[i + 1]->before().tsn <= from) break;
    change = CatalogTail::of(*view.chunks[i]).find(key, tsn);
  }
  if (change && change->tsn <= from) change.reset();
  return change;
}

}  // namespace

Result<TableId> CatalogPart::create(const TableName& name, History history, uint64_t amount,
                                    const std::string& owner) {
  STELE_TRY(owner.empty() ? check_free_name(name) : check_table_name(name));
  const bool has_amount = history == History::kCommits || history == History::kTime;
  if (has_amount ? amount == 0 : amount != 0) {
    return fail(Code::kInvalid,
                cat("the amount of history of table ", shown(name), " is ", amount));
  }
  const TableId table = state_.take_id();
  changes_.push_back({.kind = CatalogChangeKind::kCreate,
                      .table = table,
                      .name = name,
                      .history = history,
                      .amount = amount,
                      .owner = owner});
  return table;
}

Status CatalogPart::drop(TableId table) {
  changes_.push_back({.kind = CatalogChangeKind::kDrop, .table = table});
  return {};
}

Status CatalogPart::rename(TableId table, const TableName& name) {
  STELE_TRY(check_free_name(name));
  changes_.push_back({.kind = CatalogChangeKind::kRename, .table = table, .name = name});
  return {};
}

Status CatalogPart::adopt(TableId table, const TableName& name, const std::string& owner) {
  STELE_TRY(check_table_name(name));
  changes_.push_back(
      {.kind = CatalogChangeKind::kAdopt, .table = table, .name = name, .owner = owner});
  return {};
}

std::vector<uint8_t> CatalogPart::content() const {
  std::vector<uint8_t> bytes;
  for (const CatalogChange& change : changes_) {
    const size_t at = bytes.size();
    bytes.resize(at + size_of(change));
    const bool is_new = change.kind == CatalogChangeKind::kCreate;
    encode_change(change, is_new ? 0 : change.table, bytes.data() + at);
  }
  return bytes;
}

uint64_t CatalogPart::size() const {
  uint64_t size = 0;
  for (const CatalogChange& change : changes_) size += size_of(change);
  return size;
}

void CatalogPart::encode(const engine::Stamp& /*stamp*/, ByteSpan into) {
  uint8_t* at = into.data();
  for (const CatalogChange& change : changes_) {
    encode_change(change, change.table, at);
    at += size_of(change);
  }
  STELE_CHECK(at == into.data() + into.size());
}

Status CatalogPart::look_up(const engine::View& view) {
  known_.clear();
  for (const CatalogChange& change : changes_) {
    if (change.kind == CatalogChangeKind::kCreate) continue;
    auto info = table_in_trees(*view.trees, change.table);
    if (!info) return fail(std::move(info).error());
    if (*info) known_[change.table] = **std::move(info);
  }
  return {};
}

void CatalogPart::apply_to_tail(const engine::View& view, const engine::Stamp& stamp,
                                ByteSpan /*section*/, uint64_t /*visible*/) {
  CatalogTail& tail = CatalogTail::of(view.active());
  for (const CatalogChange& change : changes_) {
    TableInfo before;
    if (change.kind != CatalogChangeKind::kCreate) {
      // The newest, also of this batch; what no chunk has changed is as the trees had it.
      const auto changed = find_change(view, change.table, 0, stamp.tsn);
      before = changed && changed->now ? *changed->now : known_[change.table];
    }
    tail.apply(change, before, stamp.tsn);
  }
  state_.note_change();
}

std::optional<engine::Objection> CatalogGuard::check_table(const engine::View& view, TableId table,
                                                           uint64_t from, uint64_t tsn) const {
  const auto change = find_change(view, table, from, tsn);
  if (change && change->now) return std::nullopt;
  uint64_t dropped = change ? change->tsn : 0;
  if (!change) {
    if (from > 0) return std::nullopt;  // It was there.
    const auto stored = table_in_trees(*view.trees, table);
    if (!stored) return engine::objection(stored.error());
    if (*stored) return std::nullopt;
  }
  return engine::Objection{.code = Code::kNotFound,
                           .tsn = dropped,
                           .message = cat("table number ", table, " is not there any more")};
}

std::optional<engine::Objection> CatalogGuard::check_free(const engine::View& view,
                                                          const TableName& name, uint64_t from,
                                                          uint64_t tsn) const {
  const auto change = find_change(view, name, from, tsn);
  if (change ? !change->now : from > 0) return std::nullopt;
  if (!change) {
    const auto stored = find_table(view, name, tsn);
    if (!stored) return engine::objection(stored.error());
    if (!*stored) return std::nullopt;
  }
  return engine::Objection{.code = Code::kExists,
                           .tsn = change ? change->tsn : 0,
                           .message = cat("there is a table ", shown(name), " already")};
}

// What no chunk says stays as it was when the trees were asked.
std::optional<engine::Objection> CatalogGuard::note_name(const engine::View& view, TableId table,
                                                         uint64_t tsn) {
  const auto change = find_change(view, table, 0, tsn);
  if (change) {
    names_[table] = change->now ? change->now->name : TableName();
  } else if (!names_.contains(table)) {
    const auto stored = table_in_trees(*view.trees, table);
    if (!stored) return engine::objection(stored.error());
    names_[table] = *stored ? (*stored)->name : TableName();
  }
  return std::nullopt;
}

std::optional<engine::Objection> CatalogGuard::check(const engine::View& view,
                                                     const engine::Snapshot& held,
                                                     const engine::Snapshot& now) {
  // What was asked of trees before may have come into newer ones since.
  if (held.tsn == 0) names_.clear();
  std::set<TableId> made;
  std::set<TableName> given;
  std::set<TableName> freed;  // By changes before.
  for (const CatalogChange& change : part_.changes()) {
    if (change.kind == CatalogChangeKind::kCreate) {
      made.insert(change.table);
    } else if (!made.contains(change.table)) {
      if (auto objection = check_table(view, change.table, held.tsn, now.tsn)) return objection;
    }
    if (change.kind != CatalogChangeKind::kCreate) {
      if (auto objection = note_name(view, change.table, now.tsn)) return objection;
      freed.insert(names_[change.table]);
    }
    if (change.kind == CatalogChangeKind::kDrop) continue;
    if (!given.insert(change.name).second) {
      return engine::Objection{
          .code = Code::kExists,
          .message = cat("the batch gives the name ", shown(change.name), " twice")};
    }
    if (freed.contains(change.name)) continue;
    if (auto objection = check_free(view, change.name, held.tsn, now.tsn)) return objection;
  }
  for (const TableId table : used_) {
    if (made.contains(table)) continue;
    if (auto objection = check_table(view, table, held.tsn, now.tsn)) return objection;
  }
  return std::nullopt;
}

Status CatalogParticipant::replay(const engine::View& view, const engine::Stamp& stamp,
                                  uint32_t count, ByteView section) {
  return replay_present(view, stamp, count, section, {});
}

Status CatalogParticipant::replay_present(const engine::View& view, const engine::Stamp& stamp,
                                          uint32_t count, ByteView section,
                                          const PassOver& pass_over) {
  CatalogTail& tail = CatalogTail::of(view.active());
  state_.note_change();
  const auto impossible = [&](const CatalogChange& change, const char* fault) {
    return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": its catalog section changes table ",
                                    change.table, ", which ", fault));
  };
  return for_each_change(stamp, count, section, [&](const CatalogChange& change) -> Status {
    const auto before = find_table(view, change.table, stamp.tsn);
    if (!before) return fail(before.error());
    const bool is_new = change.kind == CatalogChangeKind::kCreate;
    if (pass_over && !is_new && !*before) {
      pass_over(change);
      return {};
    }
    if (is_new == before->has_value()) {
      return impossible(change, is_new ? "is there already" : "is not there");
    }
    if (change.kind != CatalogChangeKind::kDrop) {
      const auto owner = find_table(view, change.name, stamp.tsn);
      if (!owner) return fail(owner.error());
      if (*owner) return impossible(change, "gets a name that is not free");
    }
    state_.raise_next_id(change.table + 1);
    tail.apply(change, before->value_or(TableInfo()), stamp.tsn);
    return {};
  });
}

Status CatalogParticipant::checkpoint(page::PageWriter& writer, const engine::View& view,
                                      engine::Roots& roots) {
  const auto catalog = apply_catalog(writer, view.trees->root(kCatalogTree),
                                     CatalogTail::of(*view.chunks.front()), state_.next_id());
  if (!catalog) return fail(catalog.error());
  if (catalog->height > 0) roots[std::string(kCatalogTree)] = *catalog;
  return {};
}

Result<uint64_t> CatalogParticipant::times_needed_from(const engine::View& view) {
  const engine::Chunk& chunk = *view.chunks.front();
  // With ten thousand tables it is not asked for in vain.
  if (!CatalogTail::of(chunk).empty()) history_since_.reset();
  if (!history_since_) {
    const auto since = history_since(view, chunk.last().tsn);
    if (!since) return fail(since.error());
    history_since_ = *since;
  }
  return *history_since_;
}

}  // namespace stele::tables
