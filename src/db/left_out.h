// A participant that passes over sections of its kind: for a repair, which brings back events and
// what follows from them, and leaves tables to be built again from those.
//
// Threads: as engine::Participant.
#pragma once

#include <memory>
#include <set>

#include "engine/batch.h"
#include "tables/catalog.h"

namespace stele::db {

class LeftOut : public engine::Participant {
 public:
  explicit LeftOut(engine::SectionKind kind) : kind_(kind) {}

  engine::SectionKind kind() const override { return kind_; }
  std::unique_ptr<engine::TailPart> make_tail_part(
      const engine::Snapshot& /*before*/) const override {
    return std::make_unique<Nothing>();
  }
  Status replay(const engine::View& /*view*/, const engine::Stamp& /*stamp*/, uint32_t /*count*/,
                ByteView /*section*/) override {
    return {};
  }
  Status checkpoint(page::PageWriter& /*writer*/, const engine::View& /*view*/,
                    engine::Roots& /*roots*/) override {
    return {};
  }

 private:
  struct Nothing final : engine::TailPart {
    [[nodiscard]] uint64_t bytes() const override { return 0; }
  };
  engine::SectionKind kind_;
};

// The same of the catalog; counts the tables.
class LeftOutTables final : public LeftOut {
 public:
  LeftOutTables() : LeftOut(engine::SectionKind::kCatalog) {}

  Status replay(const engine::View& /*view*/, const engine::Stamp& stamp, uint32_t count,
                ByteView section) override {
    return tables::for_each_change(stamp, count, section,
                                   [this](const tables::CatalogChange& change) -> Status {
                                     if (change.kind == tables::CatalogChangeKind::kCreate)
                                       tables_.insert(change.table);
                                     if (change.kind == tables::CatalogChangeKind::kDrop)
                                       tables_.erase(change.table);
                                     return {};
                                   });
  }
  [[nodiscard]] size_t count() const { return tables_.size(); }

 private:
  std::set<tables::TableId> tables_;
};

}  // namespace stele::db
