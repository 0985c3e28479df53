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
  // kPlaces, for who makes them stops at two, who recycles at three, and a commit holds one.
  void give_back(std::unique_ptr<Spare> spare) noexcept;
  [[nodiscard]] bool has(uint64_t size, size_t count = 1) const;
  // Returns whether there are fewer than `count`, also when nobody has one in hand to fill it.
  // Waits for who does, and for who makes spares.
  [[nodiscard]] bool lacks(uint64_t size, size_t count);

  // Makes sure that `count` spares of `size` bytes are ready, from what is found or anew. FULL:
  // there is no room for them; whatever was begun is removed again.
  Status make(uint64_t size, size_t count = 1);

  // As take_leaving_one(needed), but where that finds none, makes spares of `size` bytes first.
  // Nobody else who makes or fills spares comes in between. Requires: size >= needed.
  Result<std::unique_ptr<Spare>> obtain(uint64_t needed, uint64_t size);

  // Writes the next zeros into a spare that was made, up to `target` bytes of it. Returns whether
  // there is more to write.
  bool fill_piece(uint64_t target);

  // Adds the file of a released segment. Its name as a spare must be durable.
  void add(std::unique_ptr<Spare> spare);
  // Returns a path that no spare has yet.
  [[nodiscard]] std::string new_path();

 private:
  Result<std::unique_ptr<Spare>> open_found();
  Result<std::unique_ptr<Spare>> create();
  Status enlarge(Spare& spare, uint64_t size) const;
  void shrink_back(std::unique_ptr<Spare> spare);
  Status make_one(uint64_t size);  // Under making_.
  [[nodiscard]] std::unique_ptr<Spare> take_smaller(uint64_t size);

  static constexpr size_t kPlaces = 8;
  using Ready = std::vector<std::unique_ptr<Spare>>;
  // Both under mutex_.
  [[nodiscard]] size_t fitting(uint64_t size) const;
  std::unique_ptr<Spare> remove(Ready::iterator at);

  os::FileSystem& files_;
  std::string directory_;

  std::mutex making_;            // One at a time; the next finds what the first has made.
  std::vector<uint64_t> found_;  // Guarded by making_.

  mutable std::mutex mutex_;
  Ready ready_;  // Those to use first in front. Guarded by mutex_.
  std::atomic<uint64_t> last_number_;
};

}  // namespace stele::wal
