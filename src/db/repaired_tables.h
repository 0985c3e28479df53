// The tables of a database that is being made by a repair: those that it has, and those that it has
// not although they were there.
//
// Up to the commit at which trees were found, what commits did to tables is in those trees, and the
// sections are only noted: they say which tables there were. Behind it they are replayed as a
// recovery does, but for what they do to tables that are left out.
//
// Threads: as engine::Participant.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tables/catalog_part.h"
#include "tables/row_part.h"

namespace stele::db {

// What participants pass over.
enum class TableReplay : uint8_t {
  kNote,     // The commit's tables are in trees, or its rows are lost.
  kPresent,  // What it did to tables that are left out.
};

class RepairedCatalog final : public engine::Participant {
 public:
  // Tables that are not there, by number; without a name if nothing tells it.
  using LeftOut = std::map<tables::TableId, tables::TableInfo>;

  void set_replay(TableReplay replay) { replay_ = replay; }
  // The lowest commit whose time somebody may ask for, in place of what the catalog says, until
  // release_times(); and those up to `last` have none.
  void keep_times_from(uint64_t tsn) { times_from_ = tsn; }
  void release_times() { times_from_.reset(); }
  void lack_times_until(uint64_t last) { times_lack_ = last; }

  [[nodiscard]] LeftOut& left_out() { return left_out_; }
  [[nodiscard]] const LeftOut& left_out() const { return left_out_; }
  [[nodiscard]] tables::CatalogState& state() { return catalog_.state(); }

  engine::SectionKind kind() const override { return engine::SectionKind::kCatalog; }
  std::unique_ptr<engine::TailPart> make_tail_part(const engine::Snapshot& before) const override {
    return catalog_.make_tail_part(before);
  }
  Status replay(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                ByteView section) override;
  Status checkpoint(page::PageWriter& writer, const engine::View& view,
                    engine::Roots& roots) override {
    return catalog_.checkpoint(writer, view, roots);
  }
  Result<uint64_t> times_needed_from(const engine::View& view) override;

 private:
  void note(const tables::CatalogChange& change, uint64_t tsn);

  tables::CatalogParticipant catalog_;
  TableReplay replay_ = TableReplay::kPresent;
  std::optional<uint64_t> times_from_;
  uint64_t times_lack_ = 0;
  LeftOut left_out_;
};

class RepairedRows final : public engine::Participant {
 public:
  // `catalog` must outlive it.
  explicit RepairedRows(RepairedCatalog& catalog) : catalog_(catalog) {}
  void set_replay(TableReplay replay) { replay_ = replay; }

  engine::SectionKind kind() const override { return engine::SectionKind::kRows; }
  std::unique_ptr<engine::TailPart> make_tail_part(const engine::Snapshot& before) const override {
    return rows_.make_tail_part(before);
  }
  Status replay(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                ByteView section) override {
    if (replay_ == TableReplay::kNote) return {};
    // Of a table that is written there was one, also where what created it is lost.
    return rows_.replay_present(view, stamp, count, section, [this](tables::TableId table) {
      catalog_.left_out()[table].id = table;
    });
  }
  Status checkpoint(page::PageWriter& writer, const engine::View& view,
                    engine::Roots& roots) override {
    return rows_.checkpoint(writer, view, roots);
  }

 private:
  RepairedCatalog& catalog_;
  tables::RowParticipant rows_;
  TableReplay replay_ = TableReplay::kPresent;
};

}  // namespace stele::db
