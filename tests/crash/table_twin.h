// What batches of the crash suite do to tables, and what the tables must hold because of it.
//
// The rows of a batch follow from its number, so that whoever knows which batches were committed,
// and in what order, knows every table: some rows in two tables, one of which keeps history; and
// now and then a table that is created with a row in it, or dropped.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crash/submission.h"
#include "db/batch.h"
#include "db/database.h"

namespace stele::crash {

// Adds to the batch what the submission does to tables, and notes it there. `alone`: nothing else
// is under way, so that tables may come and go.
[[nodiscard]] Status add_table_work(const std::shared_ptr<db::Database>& database, db::Batch& batch,
                                    Submission& submission, bool alone);

class TableTwin {
 public:
  // Takes note of the next commit.
  void apply(const Submission& submission);
  void clear() { *this = TableTwin(); }
  // Compares every table, and one moment of the past. Returns what is wrong.
  [[nodiscard]] std::optional<std::string> check(const std::shared_ptr<db::Database>& database,
                                                 uint64_t moment) const;

 private:
  using Rows = std::map<std::string, std::string>;
  std::map<std::string, Rows> tables_;
  std::vector<Rows> past_;  // Of the table that keeps history, behind commit [i + 1].
};

}  // namespace stele::crash
