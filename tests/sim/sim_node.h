// What a simulated disk holds of one file or directory, and what only the page cache knows so far.
//
//     cached     what the processes see
//     pending    changes to it, in order, that no sync has covered
//     durable    what is left when the power fails now: of the pending ones, nobody knows which
//
// A power failure decides on each pending change alone: kept, dropped, or, of a write, each sector
// kept, dropped or filled with garbage. Sizes are decided on apart from data. Any subset may
// survive, not only the first ones. What is promised is what POSIX file systems keep in practice:
//
//    I1  A sync covers everything written before it; the sync of a file does not cover its name.
//    I2  A name change happens whole or not at all: a rename never leaves both names, or none.
//    I3  Bytes that no pending write covers stay, also in a sector that is being written. (A disk
//        writes a sector whole or not at all; SQLite calls it powersafe overwrite.)
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "sim/dice.h"

namespace stele::sim {

inline constexpr uint64_t kSectorSize = 512;

// How a power failure treats what was not synced, in percent. Chosen anew for each failure: some
// lose everything, some nothing, most something.
struct Mood {
  uint64_t keep_data;   // A write is kept whole.
  uint64_t tear_data;   // Else it is torn, and lost otherwise.
  uint64_t keep_size;   // The newest size is kept; else any size since the last sync.
  uint64_t keep_names;  // A creation, renaming or removal is kept.

  static Mood any(Dice& dice);
};

// The bytes of a file.
class SimContent {
 public:
  [[nodiscard]] uint64_t size() const { return cached_.size(); }
  [[nodiscard]] ByteView cached() const { return cached_; }
  [[nodiscard]] ByteView durable() const { return durable_; }
  [[nodiscard]] bool is_clean() const { return pending_.empty(); }

  size_t read(uint64_t offset, ByteSpan into) const;
  void write(uint64_t offset, ByteView bytes);
  void resize(uint64_t size);

  // Makes all pending changes durable.
  void sync();
  // A sync that failed: some changes are durable and some are not, but none is pending any more, so
  // a later sync succeeds without writing them. Reads see them until the cache is gone.
  void fail_sync(const Mood& mood, Dice& dice);
  // The power fails.
  void lose(const Mood& mood, Dice& dice);
  // Flips a bit of what is stored.
  void flip(uint64_t offset, unsigned bit);

 private:
  struct Change {
    uint64_t offset;             // Of the bytes; of a resize, the new size.
    std::vector<uint8_t> bytes;  // Empty: a resize.
    uint64_t size_after;
  };
  // All of these bring changes to `durable_`.
  void apply(const Change& change);
  void apply_torn(const Change& change, Dice& dice);
  void apply_some(const Mood& mood, Dice& dice);

  std::vector<uint8_t> cached_;
  std::vector<uint8_t> durable_;
  std::vector<Change> pending_;
};

struct SimNode;
using NodePointer = std::shared_ptr<SimNode>;

// The names in a directory.
class SimNames {
 public:
  using Map = std::map<std::string, NodePointer>;

  [[nodiscard]] const Map& cached() const { return cached_; }
  [[nodiscard]] const Map& durable() const { return durable_; }
  [[nodiscard]] NodePointer find(const std::string& name) const;

  void add(const std::string& name, const NodePointer& node);
  void remove(const std::string& name);
  // Moves a name of this directory, replacing what has the new one.
  void rename(const std::string& from, const std::string& to);

  // A sync that fails leaves everything pending: file systems journal names, and none is known to
  // forget one that it still shows.
  void sync();
  void lose(const Mood& mood, Dice& dice);
  // Replaces every node by its copy.
  void replace_nodes(std::map<const SimNode*, NodePointer>& copies);

 private:
  struct Change {
    std::string gone;   // Empty: none.
    std::string there;  // Empty: none.
    NodePointer node;   // What is at `there`, or was at `gone`.
  };
  void record(Change change);
  static void apply(const Change& change, Map& names);
  void apply_some(const Mood& mood, Dice& dice);

  Map cached_;
  Map durable_;
  std::vector<Change> pending_;
};

struct SimNode {
  bool is_directory;
  SimContent content;  // Of a file.
  SimNames names;      // Of a directory.
};

// Returns a copy of the node and all that is reachable from it, on the disk or in the cache.
// `copies` holds what was copied already.
NodePointer copy_tree(const NodePointer& node, std::map<const SimNode*, NodePointer>& copies);

// The power fails for a directory and all below it.
void lose_tree(SimNode& node, const Mood& mood, Dice& dice);

}  // namespace stele::sim
