// Puts the rows of a file into a table, so many in a commit.
#pragma once

#include <cstdint>
#include <string>

#include "cli/handle.h"
#include "cli/line_source.h"
#include "cli/row_decode.h"

namespace stele::cli {

struct RowPlan {
  std::string input;  // Its name, for messages.
  RowFormat format = RowFormat::kJson;
  KeyForm keys = KeyForm::kText;
  uint64_t batch_rows = 0;  // Of a commit, at most.
};

struct RowReport {
  uint64_t rows = 0;
  uint64_t commits = 0;
  uint64_t last_tsn = 0;
  uint64_t last_line = 0;  // The last one that is committed.
};

class RowLoader {
 public:
  RowLoader(const Database& database, const OpenTable& table, RowPlan plan);

  // Puts all rows. Throws a Failure that says how far it got, also when it is interrupted: commits
  // that were made stay.
  [[nodiscard]] RowReport run(LineSource& lines);

 private:
  void load(LineSource& lines);
  void add(const Line& line);
  void commit();

  const Database& database_;
  const OpenTable& table_;
  RowPlan plan_;
  Batch batch_;
  RowDraft row_;               // Here for its memory.
  uint64_t waiting_rows_ = 0;  // In `batch_` ...
  uint64_t waiting_bytes_ = 0;
  uint64_t waiting_line_ = 0;  // ... the last one of this line.
  RowReport report_;
};

}  // namespace stele::cli
