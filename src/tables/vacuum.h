// Vacuum: removes versions that a table does not keep any more, a slice of the history at a time.
//
// A version can be read as of the moments until the next one of its row. It is dead when that one
// is at or behind the table's horizon: the last commit whose moment is not kept any more. A
// deletion with nothing behind it that is not dead goes as well. Each checkpoint goes on where the
// one before has stopped, so that none stands still for a whole history.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/batch.h"
#include "tables/catalog.h"

namespace stele::tables {

// The last commit <= `last` as of which a table is not kept to be readable; 0: it keeps everything.
[[nodiscard]] Result<uint64_t> history_horizon(const engine::View& view, const TableInfo& table,
                                               uint64_t last);

// Keys of what is dead.
struct DeadVersions {
  std::vector<std::vector<uint8_t>> versions;  // Of `history`, ascending.
  std::vector<std::vector<uint8_t>> rows;      // Of `rows`, ascending.
};

class Vacuum {
 public:
  // Removes dead versions from the trees in `roots`, which stand at the end of the oldest chunk of
  // the view. Looks at about `most` versions.
  [[nodiscard]] Status run(page::PageWriter& writer, const engine::View& view, uint64_t most,
                           engine::Roots& roots);

 private:
  std::vector<uint8_t> from_;  // Where to go on: the first key of a row, or of a table.
};

}  // namespace stele::tables
