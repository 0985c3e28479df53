// Which projections there are, from the tables that they have; and dropping one with all it has.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "db/database.h"
#include "db/progress.h"

namespace stele::db {

// A projection, or a rebuild of one, as its tables and its mark tell of it.
struct ProjectionState {
  std::string name;  // Of a rebuild its source.
  uint32_t tables = 0;
  ProjectionLag lag = {};
};

// Returns the first that has a table and whose name is above `name`. NOT_FOUND: there is none.
[[nodiscard]] Result<ProjectionState> next_projection(Database& database, const std::string& name);

// Drops a projection in one commit: its tables, its rebuilds with theirs, and their marks. With the
// name of a rebuild, that one alone. NOT_FOUND: it has neither a table nor a mark. CONFLICT: it
// moves on so fast that no moment was found.
[[nodiscard]] Status drop_projection(const std::shared_ptr<Database>& database,
                                     const std::string& name);

}  // namespace stele::db
