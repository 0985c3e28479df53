// Imports lines in batches, each of which records in the same commit how far it has got.
//
//     input    | line | line | line | line | line |  ...
//     commit   {events 1-2, source at *}             {events 3-4, source at *}
//                            *-> the next run starts here
//
// So after a crash, wherever it falls, the recorded offset and the events agree, and the next run
// neither repeats nor leaves out a line. The offset that a batch expects is the one it found: were
// two imports of one source to run, the second commit would be a conflict and not a duplicate.
#pragma once

#include <cstdint>
#include <string>

#include "cli/handle.h"
#include "cli/line_batch.h"
#include "cli/line_source.h"
#include "cli/progress.h"

namespace stele::cli {

struct ImportPlan {
  std::string input;          // Its name, for messages.
  std::string source;         // Records the progress; empty: nothing does.
  std::string rerun;          // The command line that continues this import, for messages.
  uint64_t offset = 0;        // Bytes of the input that earlier runs have imported.
  uint64_t batch_events = 0;  // Of a commit, at most.
  LineFormat format = LineFormat::kStele;
};

struct ImportReport {
  uint64_t events = 0;
  uint64_t first_position = 0;  // 0: no event.
  uint64_t last_position = 0;
};

class Importer {
 public:
  Importer(const Database& database, ImportPlan plan, ProgressBar& progress);

  // Imports every line that is left. Throws a Failure at the first line that holds no event, or
  // when a commit fails, or when the user interrupts; its message says how to continue.
  // Requires: `lines` is at plan.offset.
  ImportReport run(LineSource& lines);

 private:
  void import_all(LineSource& lines);
  void add(const Line& line);
  void commit();
  [[noreturn]] void fail_existing(uint64_t position) const;
  [[nodiscard]] std::string done_so_far() const;

  const Database& database_;
  ImportPlan plan_;
  ProgressBar& progress_;
  Batch batch_;
  LineBatch adder_;
  uint64_t committed_;           // The offset that the last commit recorded ...
  uint64_t committed_line_ = 0;  // ... and the number of the line in front of it.
  uint64_t waiting_events_ = 0;  // In `batch_` ...
  uint64_t waiting_bytes_ = 0;   // ... from so many bytes of lines ...
  Line waiting_;                 // ... the last of which is this one; without its text.
  ImportReport report_;
};

}  // namespace stele::cli
