// The skip list of row versions.
#include "tables/version_list.h"

#include <algorithm>
#include <bit>
#include <new>

#include "base/check.h"

namespace stele::tables {

namespace {

// Memory is taken in blocks that double: a chunk with a few rows takes little.
constexpr size_t kBlockWordsMin = 64;
constexpr size_t kBlockWordsMax = 8192;

}  // namespace

VersionList::VersionList() : head_(make_node(kHeightMax)) {}

bool VersionList::Node::is_row(TableId table, ByteView key) const {
  return table_ == table && tree::equal(this->key(), key);
}

VersionList::Probe VersionList::probe_of(TableId table, ByteView key, const VersionTime& time) {
  return {.table = table, .head = tree::number_of(key), .key = key, .time = time};
}

bool VersionList::is_before(const Node& node, const Probe& probe) {
  if (node.table_ != probe.table) return node.table_ < probe.table;
  if (node.head_ != probe.head) return node.head_ < probe.head;
  const int order = tree::compare(node.key(), probe.key);
  return order != 0 ? order < 0 : node.time() > probe.time;  // The newest is first.
}

VersionList::Gap VersionList::find(const Probe& probe, std::array<Node*, kHeightMax>* path) const {
  Node* at = head();
  const Node* after = nullptr;
  for (uint32_t level = height_.load(std::memory_order_relaxed); level-- > 0;) {
    for (;;) {
      Node* next = at->next_[level].load(std::memory_order_acquire);
      after = next;
      if (next == nullptr || !is_before(*next, probe)) break;
      at = next;
    }
    if (path != nullptr) (*path)[level] = at;
  }
  return {.before = at, .after = after};
}

const VersionList::Node* VersionList::seek(TableId table, ByteView key,
                                           const VersionTime& at_most) const {
  return find(probe_of(table, key, at_most), nullptr).after;
}

const VersionList::Node* VersionList::seek_before(TableId table, const ByteView* key) const {
  constexpr VersionTime kNewest = {.tsn = UINT64_MAX, .position = UINT64_MAX};
  const Probe probe =
      key != nullptr ? probe_of(table, *key, kNewest) : probe_of(table + 1, {}, kNewest);
  const Node* last = find(probe, nullptr).before;
  if (last == head() || last->table_ != table) return nullptr;
  return seek(table, last->key());  // Its newest version.
}

const VersionList::Node* VersionList::seek_newer(TableId table, ByteView key,
                                                 const VersionTime& than) const {
  const Node* last = find(probe_of(table, key, than), nullptr).before;
  return last != head() && last->is_row(table, key) ? last : nullptr;
}

VersionList::Node* VersionList::make_node(uint32_t height) {
  constexpr size_t kWord = sizeof(uint64_t);
  const size_t words =
      (sizeof(Node) + (height - 1) * sizeof(std::atomic<Node*>) + kWord - 1) / kWord;
  if (words > free_) {
    block_ = std::clamp(2 * block_, kBlockWordsMin, kBlockWordsMax);
    blocks_.push_back(std::make_unique<uint64_t[]>(block_));
    free_ = block_;
    bytes_.fetch_add(block_ * kWord, std::memory_order_relaxed);
  }
  // The memory of a block is zeros, so that every pointer of a node is null.
  void* place = blocks_.back().get() + (block_ - free_);
  free_ -= words;
  Node* node = new (place) Node;
  for (uint32_t level = 0; level < height; ++level) {
    new (&node->next_[level]) std::atomic<Node*>(nullptr);
  }
  return node;
}

// A quarter of the nodes of each level is on the next.
uint32_t VersionList::draw_height() {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  const auto quarters = static_cast<uint32_t>(std::countr_zero(random_ | (uint64_t{1} << 63))) / 2;
  return std::min(1 + quarters, kHeightMax);
}

void VersionList::add(const OpView& op, uint64_t tsn) {
  const uint32_t height = draw_height();
  Node* node = make_node(height);
  node->head_ = tree::number_of(op.key());
  node->key_ = op.key().data();
  node->tsn_ = tsn;
  node->position_ = op.position();
  node->table_ = op.table();
  node->value_size_ = static_cast<uint32_t>(op.value().size());
  node->key_size_ = static_cast<uint16_t>(op.key().size());
  node->is_deleted_ = op.kind() == OpKind::kDelete;
  std::array<Node*, kHeightMax> path;
  path.fill(head());
  (void)find(probe_of(op.table(), op.key(), node->time()), &path);
  for (uint32_t level = 0; level < height; ++level) {
    node->next_[level].store(path[level]->next_[level].load(std::memory_order_relaxed),
                             std::memory_order_relaxed);
    path[level]->next_[level].store(node, std::memory_order_release);
  }
  if (height > height_.load(std::memory_order_relaxed)) {
    height_.store(height, std::memory_order_relaxed);
  }
}

}  // namespace stele::tables
