// Changes of the catalog in one batch: the section, and what must hold of tables.
//
// Threads: one at a time; CatalogState by all.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "engine/batch.h"
#include "tables/catalog.h"

namespace stele::tables {

// What the parts of all batches share.
class CatalogState {
 public:
  // Returns a number that no table ever had.
  TableId take_id() { return next_id_.fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] TableId next_id() const { return next_id_.load(std::memory_order_relaxed); }
  void raise_next_id(TableId next) {
    TableId now = next_id();
    while (now < next && !next_id_.compare_exchange_weak(now, next, std::memory_order_relaxed)) {
    }
  }
  // Changes when the catalog does, before anybody sees that: who has looked a table up at one
  // version, and found nothing on its way that changes it, need not look again at the same.
  [[nodiscard]] uint64_t version() const { return version_.load(std::memory_order_acquire); }
  // Behind the change, so that whoever sees the new version finds it.
  void note_change() { version_.fetch_add(1, std::memory_order_release); }

 private:
  std::atomic<TableId> next_id_ = 1;
  std::atomic<uint64_t> version_ = 1;
};

class CatalogPart final : public engine::Part {
 public:
  explicit CatalogPart(CatalogState& state) : state_(state) {}

  // INVALID: a name that no table can have, or, without an owner, that of a rebuild. Returns the
  // number that it will have.
  Result<TableId> create(const TableName& name, History history, uint64_t amount,
                         const std::string& owner = {});
  Status drop(TableId table);
  Status rename(TableId table, const TableName& name);
  // The same, and the table is that projection's from then on.
  Status adopt(TableId table, const TableName& name, const std::string& owner);
  void clear() { changes_.clear(); }
  [[nodiscard]] bool empty() const { return changes_.empty(); }
  [[nodiscard]] const std::vector<CatalogChange>& changes() const { return changes_; }
  // What is asked for, as bytes, without the numbers that are made here.
  [[nodiscard]] std::vector<uint8_t> content() const;

  engine::SectionKind kind() const override { return engine::SectionKind::kCatalog; }
  uint32_t count() const override { return static_cast<uint32_t>(changes_.size()); }
  uint64_t size() const override;
  void encode(const engine::Stamp& stamp, ByteSpan into) override;
  Status look_up(const engine::View& view) override;
  void apply_to_tail(const engine::View& view, const engine::Stamp& stamp, ByteSpan section,
                     uint64_t visible) override;
  std::optional<Digest> seal(ByteSpan /*section*/) override { return std::nullopt; }
  bool is_stored_as(const engine::View& /*view*/, const engine::Stamp& /*stamp*/,
                    ByteView /*section*/) const override {
    return true;
  }

 private:
  CatalogState& state_;
  std::vector<CatalogChange> changes_;
  std::map<TableId, TableInfo> known_;  // Of tables that are changed, as the trees have them.
};

// Holds while the tables that a batch uses are there, and the names that it gives are free.
class CatalogGuard final : public engine::Guard {
 public:
  // `part` must outlive it.
  CatalogGuard(const CatalogPart& part, std::set<TableId> used)
      : part_(part), used_(std::move(used)) {}
  std::optional<engine::Objection> check(const engine::View& view, const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  std::optional<engine::Objection> check_table(const engine::View& view, TableId table,
                                               uint64_t from, uint64_t tsn) const;
  std::optional<engine::Objection> check_free(const engine::View& view, const TableName& name,
                                              uint64_t from, uint64_t tsn) const;
  // Notes the name that a table has before the batch.
  std::optional<engine::Objection> note_name(const engine::View& view, TableId table, uint64_t tsn);
  const CatalogPart& part_;
  std::set<TableId> used_;
  std::map<TableId, TableName> names_;  // That tables had which the batch changes.
};

class CatalogParticipant final : public engine::Participant {
 public:
  [[nodiscard]] CatalogState& state() { return state_; }

  engine::SectionKind kind() const override { return engine::SectionKind::kCatalog; }
  std::unique_ptr<engine::TailPart> make_tail_part(
      const engine::Snapshot& /*before*/) const override {
    return std::make_unique<CatalogTail>();
  }
  Status replay(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                ByteView section) override;
  // The same where tables are missing: changes of those are not applied but told.
  using PassOver = std::function<void(const CatalogChange&)>;
  Status replay_present(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                        ByteView section, const PassOver& pass_over);
  Status checkpoint(page::PageWriter& writer, const engine::View& view,
                    engine::Roots& roots) override;
  // Reads as of a time look for the commit of that time.
  Result<uint64_t> times_needed_from(const engine::View& view) override;

 private:
  CatalogState state_;
  std::optional<uint64_t> history_since_;  // Behind the chunk before, if that is known.
};

}  // namespace stele::tables
