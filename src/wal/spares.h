// Spare segments: files with room in them, made ahead or left over, that wait to become segments.
//
// A commit is sequenced only when there is room for its frame, in the open segment or in a spare,
// so that a full disk is an answer to the caller and never a failed write of the log. A spare is
// either
//
//     made      spare-N, as long as a segment and with its blocks allocated;
//     recycled  a released segment under a spare's name; what it held does not verify under the
//               salt of its next life; or
//     found     left by the process before: trusted for its room only.
//
// A few are ready, open and as large as the next segment is to be; the others wait under their
// names, however many there are, and grow when they have to. So a log that is written and released
// in cycles goes through the same files again and again: nothing is allocated or filled any more.
//
// A made spare may be written with zeros bit by bit, as the log comes closer to it: a sync of many
// blocks is faster where they were written before (a third to a half, measured on ext4), but the
// zeros are writes, too, and all at once they would stand in the way of the log.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/file.h"

namespace stele::wal {

// The name of a spare: "spare-7".
[[nodiscard]] std::string spare_name(uint64_t number);
// Returns the number of a spare's name, 0 if it is none.
[[nodiscard]] uint64_t spare_number(std::string_view name);

struct Spare {
  std::string path;
  std::unique_ptr<os::File> file;
  uint64_t size;
  uint64_t filled;  // So many bytes were written with zeros.
  bool reused;      // It may hold anything.
};

class Spares {
 public:
  // `found` are the numbers of the spares in `directory`.
  Spares(os::FileSystem& files, std::string directory, std::vector<uint64_t> found);

  // Returns a spare of at least `size` bytes, or null if none is ready. Touches no file.
  [[nodiscard]] std::unique_ptr<Spare> take(uint64_t size);
  // The same, but null also where none would be left that has as much room: a reserve, in which
  // recovery can repeat what was in the segment even when the disk is full.
  [[nodiscard]] std::unique_ptr<Spare> take_leaving_one(uint64_t size);
  // Takes back a spare that was not written to. Its place is kept: there are never as many as
  // kPlaces, for who makes them stops at kReadyMax if any can grow, and a commit holds one.
  void give_back(std::unique_ptr<Spare> spare) noexcept;
  [[nodiscard]] bool has(uint64_t size, size_t count = 1) const;
  // Returns how many bytes all spares have, those that wait included. Waits for who makes or fills
  // some. A file that cannot be looked at counts for nothing.
  [[nodiscard]] uint64_t bytes();

  // Makes sure that `count` spares of `size` bytes are ready, from what waits or anew. FULL:
  // there is no room for them; whatever was begun is removed again.
  Status make(uint64_t size, size_t count = 1);

  // As take_leaving_one(needed), but where that finds none, makes spares of `size` bytes first.
  // Nobody else who makes or fills spares comes in between. Requires: size >= needed.
  Result<std::unique_ptr<Spare>> obtain(uint64_t needed, uint64_t size);

  // Writes the next zeros into a spare that was made, up to `target` bytes of it. Returns whether
  // there is more to write.
  bool fill_piece(uint64_t target);

  // Adds the file of a released segment, of `size` bytes, that is spare `number` now. That name
  // must be durable.
  void add_recycled(uint64_t number, uint64_t size);
  // Returns a number that no spare has yet.
  [[nodiscard]] uint64_t new_number() { return last_number_.fetch_add(1) + 1; }
  [[nodiscard]] std::string path_of(uint64_t number) const;

 private:
  // A spare that nobody has opened yet.
  struct Waiting {
    uint64_t number;
    uint64_t size;  // kUnknownSize until somebody has looked.
  };

  Result<std::unique_ptr<Spare>> open_waiting(size_t index);
  Result<std::unique_ptr<Spare>> create();
  Status enlarge(Spare& spare, uint64_t size) const;
  void shrink_back(std::unique_ptr<Spare> spare);
  Status make_one(uint64_t size);  // Under making_.
  [[nodiscard]] std::unique_ptr<Spare> take_smaller(uint64_t size);

  // The file to make the next spare of `size` bytes of: one that waits and is large enough, or one
  // that has to grow, or a new one. Under making_.
  Result<std::unique_ptr<Spare>> pick(uint64_t size);

  static constexpr uint64_t kUnknownSize = 0;
  static constexpr size_t kReadyMax = 4;
  static constexpr size_t kPlaces = 16;
  using Ready = std::vector<std::unique_ptr<Spare>>;
  // Both under mutex_.
  [[nodiscard]] size_t fitting(uint64_t size) const;
  std::unique_ptr<Spare> remove(Ready::iterator at);

  os::FileSystem& files_;
  std::string directory_;

  std::mutex making_;             // One at a time; the next finds what the first has made.
  std::vector<Waiting> waiting_;  // Guarded by making_.

  mutable std::mutex mutex_;
  Ready ready_;  // Those to use first in front. Guarded by mutex_.
  std::atomic<uint64_t> last_number_;
};

}  // namespace stele::wal
