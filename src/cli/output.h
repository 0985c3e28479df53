// Where a command's results go: standard output, or a file that appears only when it is complete.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace stele::cli {

// Writes through a buffer. Throws an OutputClosed when the reader of standard output has gone, and
// a Failure when writing fails in another way.
class Output {
 public:
  // Standard output.
  Output();

  // The file `path`. A regular file is written beside its final name and renamed by finish(), so
  // that what it held before outlives a failure.
  explicit Output(const std::string& path);

  ~Output();

  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view text);

  // Writes what is buffered.
  void flush();

  // Writes what is buffered, syncs a file and gives it its name.
  void finish();

 private:
  [[noreturn]] void fail(const char* what) const;

  std::FILE* file_;
  std::string name_;       // For messages.
  std::string temporary_;  // The path to rename from; empty when `file_` is written in place.
  bool owned_;             // We opened `file_`.
};

}  // namespace stele::cli
