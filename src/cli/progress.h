// The progress bar of long commands, on standard error and only where that is a terminal.
//
//     import [##########----------]  51%  12.3 MiB / 24.1 MiB  48,213 events/s  0:04 left
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace stele::cli {

struct ProgressFigures {
  uint64_t bytes_start = 0;  // Where this run began: what came before took none of its time.
  uint64_t bytes_done = 0;
  uint64_t bytes_total = 0;  // 0: not known.
  uint64_t events = 0;       // Of this run.
  double seconds = 0;        // Since it began.
};

// Returns one line of at most `columns` characters: the bar gives way first, then what is at the
// end.
[[nodiscard]] std::string render_progress(const std::string& label, const ProgressFigures& figures,
                                          size_t columns);

class ProgressBar {
 public:
  ProgressBar(std::string label, uint64_t bytes_start, uint64_t bytes_total);
  ~ProgressBar() { clear(); }

  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Draws the figures, if there is a terminal and the last time was a while ago.
  void update(uint64_t bytes_done, uint64_t events);

  // Removes the bar from the terminal, so that something else can be printed there.
  void clear();

  // Returns how long this object has existed.
  [[nodiscard]] double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;

  std::string label_;
  ProgressFigures figures_;
  Clock::time_point begun_ = Clock::now();
  Clock::time_point drawn_;  // When it was drawn last.
  bool terminal_;            // Standard error is one.
  bool visible_ = false;     // There is a bar to clear.
};

}  // namespace stele::cli
