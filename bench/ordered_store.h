// What the benchmarks of trees and tables ask of a store of keys and values, and the keys and
// values themselves.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "page/page_cache.h"
#include "sample.h"

namespace stele::bench {

inline constexpr size_t kKeySize = 16;
inline constexpr size_t kValueSize = 100;

using Key = std::array<uint8_t, kKeySize>;
using Keys = std::span<const Key>;
using Bytes = std::span<const uint8_t>;

// Returns the value of a key: bytes that do not compress, at no cost.
[[nodiscard]] inline Bytes value_of(const Key& key) {
  static constexpr size_t kPool = 4096;
  static const std::vector<uint8_t> kBytes = [] {
    std::vector<uint8_t> bytes(kPool + kValueSize);
    std::mt19937 random(11);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    return bytes;
  }();
  uint16_t at = 0;
  std::memcpy(&at, key.data(), sizeof at);
  return {kBytes.data() + at % kPool, kValueSize};
}

[[nodiscard]] inline std::vector<Key> random_keys(uint64_t seed, size_t count) {
  std::mt19937_64 random(seed);
  std::vector<Key> keys(count);
  for (Key& key : keys) {
    const std::array<uint64_t, 2> numbers = {random(), random()};
    std::memcpy(key.data(), numbers.data(), key.size());
  }
  return keys;
}

// One side of the comparison. Each lives in a directory of its own.
//
// Threads: one at a time.
class OrderedStore {
 public:
  OrderedStore() = default;
  OrderedStore(const OrderedStore&) = delete;
  OrderedStore& operator=(const OrderedStore&) = delete;
  virtual ~OrderedStore() = default;

  // Fills the empty store with keys in ascending order, and brings them to their place, durably.
  virtual void load(Keys sorted) = 0;
  // Reads the values of keys, one look-up each. Requires: they are there.
  virtual Seen get(Keys keys) = 0;
  // Reads all entries in order.
  virtual Seen scan() = 0;
  // Writes keys, new ones and others, in one transaction that is durable when this returns.
  virtual void write(Keys keys) = 0;
  // Brings to its place what write() has put elsewhere, durably.
  virtual void finish() = 0;
  // Waits for what goes on in the background, so that nobody else bears it.
  virtual void settle() {}
  // All files, the log included.
  [[nodiscard]] virtual uint64_t file_bytes() const = 0;
};

// Whether stores wait for the disk.
enum class Sync : uint8_t { kNever, kEachCommit };

inline constexpr uint64_t kCacheSize = uint64_t{1} << 30;

struct Setup {
  std::string directory;  // What is there already is opened.
  Sync sync = Sync::kEachCommit;
  uint64_t memory = kCacheSize;       // Of pages; LMDB's are the system's.
  uint64_t log = uint64_t{64} << 20;  // Bytes between two checkpoints.
  bool keeps_log = false;             // finish() leaves the log's file as long as it is.
  bool scattered = false;             // Reads are of single keys: reading ahead is of no use.
  // Stele's memory, where it is to have been used before; null: its own. The others take theirs
  // from the heap.
  page::PageCache* cache = nullptr;
};

[[nodiscard]] std::unique_ptr<OrderedStore> make_stele_tree(const Setup& setup);
[[nodiscard]] std::unique_ptr<OrderedStore> make_lmdb_tree(const Setup& setup);
[[nodiscard]] std::unique_ptr<OrderedStore> make_sqlite_tree(const Setup& setup);
[[nodiscard]] std::unique_ptr<OrderedStore> make_rocksdb_tree(const Setup& setup);

// Returns the bytes of all files in a directory.
[[nodiscard]] uint64_t bytes_in(const std::string& directory);

}  // namespace stele::bench
