// Checks the trees of tables: that each row belongs to a table, and that catalog, rows and history
// agree with one another.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/result.h"
#include "engine/view.h"
#include "tables/catalog.h"
#include "tree/cursor.h"

namespace stele::tables {

class TableCheck {
 public:
  // `trees` must outlive it.
  explicit TableCheck(const engine::Trees& trees) : trees_(trees) {}
  // CORRUPT: says which tree, which table and what.
  Status run();

 private:
  Status check_catalog();
  Status check_rows();
  Status check_history();
  // Finds the table that rows belong to; nothing: it was dropped, and they are being removed.
  Result<const TableInfo*> owner(TableId table, std::string_view tree);
  [[nodiscard]] std::unexpected<Error> fault(std::string_view tree,
                                             const std::string& reason) const;

  const engine::Trees& trees_;
  TableId known_ = 0;  // The table that owner() was asked for last, ...
  std::optional<TableInfo> info_;
};

}  // namespace stele::tables
