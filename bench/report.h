// What a benchmark reports: one line for each figure, as a table or as JSON lines.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace stele::bench {

struct Line {
  std::string bench;           // "commit.sync.1x1"
  std::string unit;            // "commits/s"
  double stele = 0;            // Median over the rounds.
  double reference = 0;        // The same of the reference; 0: there is none.
  std::string reference_name;  // "pwrite+fdatasync"
  // The same of others who are not judged by: names and figures.
  std::vector<std::pair<std::string, double>> others;
  bool higher_is_better = true;
  double target = 0;                // For the ratio, or for `stele` without a reference. 0: none.
  bool target_is_absolute = false;  // For `stele`, although there is a reference.
  int rounds = 0;
  double p50 = 0;  // Of single operations, microseconds; 0: not measured.
  double p99 = 0;
  std::string conditions;
};

// Prints lines as they come. Text shows whether a target was met; it never fails a run.
class Report {
 public:
  explicit Report(bool json) : json_(json) {}
  void add(const Line& line);

 private:
  void add_json(const Line& line) const;
  void add_text(const Line& line);

  bool json_;
  bool headed_ = false;
};

// Returns the value at `share` (0.5: the median) of the values. Requires: not empty.
[[nodiscard]] double percentile(std::vector<double> values, double share);

}  // namespace stele::bench
