// The row versions of one chunk of the tail, in order: by table, key, and newest first.
//
// A skip list with one writer: nodes are linked from below by releasing stores and never change or
// go, so that readers walk it without a lock. A scan merges it with the tree.
//
//     Pugh, "Skip lists: a probabilistic alternative to balanced trees" (CACM 1990).
//
// A node points to key and row in the frame; beside that it keeps what the op says of them, and
// what most comparisons are decided by.
//
// Threads: one writer (the sequencer, or recovery), any number of readers.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "tables/row_format.h"
#include "tables/row_op.h"

namespace stele::tables {

class VersionList {
 public:
  VersionList();
  VersionList(const VersionList&) = delete;
  VersionList& operator=(const VersionList&) = delete;

  class Node {
   public:
    [[nodiscard]] TableId table() const { return table_; }
    [[nodiscard]] ByteView key() const { return {key_, key_size_}; }
    [[nodiscard]] ByteView value() const { return {key_ + key_size_, value_size_}; }
    [[nodiscard]] bool is_deleted() const { return is_deleted_; }
    [[nodiscard]] VersionTime time() const { return {.tsn = tsn_, .position = position_}; }
    [[nodiscard]] bool is_row(TableId table, ByteView key) const;
    // The next in order, null at the end.
    [[nodiscard]] const Node* next() const { return next_[0].load(std::memory_order_acquire); }

   private:
    friend class VersionList;
    // Asks the processor for what follows on a level.
    void ask_for_next(uint32_t level) const;

    uint64_t head_;  // The first bytes of the key, as a number that compares as they do.
    const uint8_t* key_;
    uint64_t tsn_;
    uint64_t position_;
    TableId table_;
    uint32_t value_size_;
    uint16_t key_size_;
    bool is_deleted_;
    std::atomic<Node*> next_[1];  // `height_` of them.
  };

  // Adds the versions that ops of a commit make. Their bytes stay where they are. Requires: no two
  // are equal, and none is there.
  void add(std::span<const OpView> ops, uint64_t tsn);

  // The first version of the key at or before a time, or what comes behind it in order.
  [[nodiscard]] const Node* seek(TableId table, ByteView key, const VersionTime& at_most) const;
  // The first version of the first key >= key.
  [[nodiscard]] const Node* seek(TableId table, ByteView key) const {
    return seek(table, key, {.tsn = UINT64_MAX, .position = UINT64_MAX});
  }
  // The first version of the last key < key of the table; without a key, of its last key. Null:
  // the table has none.
  [[nodiscard]] const Node* seek_before(TableId table, const ByteView* key) const;

  // The oldest version of the key that is newer than a time, null: there is none.
  [[nodiscard]] const Node* seek_newer(TableId table, ByteView key, const VersionTime& than) const;

  [[nodiscard]] bool empty() const { return first() == nullptr; }
  [[nodiscard]] const Node* first() const { return head()->next(); }
  [[nodiscard]] uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  static constexpr uint32_t kHeightMax = 16;
  struct Probe {
    TableId table;
    uint64_t head;
    ByteView key;
    VersionTime time;
  };
  static Probe probe_of(TableId table, ByteView key, const VersionTime& time);
  // Whether the node is before the probe in order.
  static bool is_before(const Node& node, const Probe& probe);
  [[nodiscard]] Node* head() const { return head_; }
  // Two nodes that were neighbours when the search passed between them. What follows `before` must
  // not be asked again: the writer may have put a node there meanwhile that is before the probe,
  // too.
  struct Gap {
    Node* before;       // The last node before the probe; the head, if none is.
    const Node* after;  // The first one that is not, or null.
  };
  [[nodiscard]] Gap find(const Probe& probe) const;
  // The writer's: it looks for the places of several versions at once.
  static constexpr size_t kAtOnce = 8;
  struct Search {
    Probe probe;
    std::array<Node*, kHeightMax> path;  // The last nodes before the probe of all heights.
    Node* at;
    uint32_t level;
    bool is_over;
  };
  void find_paths(std::span<Search> searches) const;
  void link(Node* node, uint32_t height, const Search& search);
  Node* make_version(const OpView& op, uint64_t tsn, uint32_t height);
  Node* make_node(uint32_t height);
  uint32_t draw_height();

  std::vector<std::unique_ptr<uint64_t[]>> blocks_;
  size_t free_ = 0;  // Words left in the newest block.
  size_t block_ = 0;
  Node* head_;
  std::atomic<uint32_t> height_ = 1;
  uint64_t random_ = 0x9e3779b97f4a7c15;
  std::atomic<uint64_t> bytes_ = 0;
};

}  // namespace stele::tables
