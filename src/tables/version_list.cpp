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

void VersionList::Node::ask_for_next(uint32_t level) const {
  const Node* next = next_[level].load(std::memory_order_relaxed);
  if (next == nullptr) return;
  __builtin_prefetch(next);
  __builtin_prefetch(&next->next_[level]);  // May be on the next cache line.
}

VersionList::Gap VersionList::find(const Probe& probe) const {
  Node* at = head();
  const Node* after = nullptr;
  for (uint32_t level = height_.load(std::memory_order_relaxed); level-- > 0;) {
    for (;;) {
      // Most searches that reach a node go down from it: that is waited for together with this.
      if (level > 0) at->ask_for_next(level - 1);
      Node* next = at->next_[level].load(std::memory_order_acquire);
      after = next;
      if (next == nullptr || !is_before(*next, probe)) break;
      at = next;
    }
  }
  return {.before = at, .after = after};
}

const VersionList::Node* VersionList::seek(TableId table, ByteView key,
                                           const VersionTime& at_most) const {
  return find(probe_of(table, key, at_most)).after;
}

const VersionList::Node* VersionList::seek_before(TableId table, const ByteView* key) const {
  constexpr VersionTime kNewest = {.tsn = UINT64_MAX, .position = UINT64_MAX};
  const Probe probe =
      key != nullptr ? probe_of(table, *key, kNewest) : probe_of(table + 1, {}, kNewest);
  const Node* last = find(probe).before;
  if (last == head() || last->table_ != table) return nullptr;
  return seek(table, last->key());  // Its newest version.
}

const VersionList::Node* VersionList::seek_newer(TableId table, ByteView key,
                                                 const VersionTime& than) const {
  const Node* last = find(probe_of(table, key, than)).before;
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

VersionList::Node* VersionList::make_version(const OpView& op, uint64_t tsn, uint32_t height) {
  Node* node = make_node(height);
  node->head_ = tree::number_of(op.key());
  node->key_ = op.key().data();
  node->tsn_ = tsn;
  node->position_ = op.position();
  node->table_ = op.table();
  node->value_size_ = static_cast<uint32_t>(op.value().size());
  node->key_size_ = static_cast<uint16_t>(op.key().size());
  node->is_deleted_ = op.kind() == OpKind::kDelete;
  return node;
}

// Does a step of each search in turn, so that what one of them waits for comes while the others go
// on.
void VersionList::find_paths(std::span<Search> searches) const {
  const uint32_t top = height_.load(std::memory_order_relaxed) - 1;
  for (Search& search : searches) {
    search.path.fill(head());
    search.at = head();
    search.level = top;
    search.is_over = false;
  }
  for (size_t left = searches.size(); left > 0;) {
    for (Search& search : searches) {
      if (search.is_over) continue;
      Node* next = search.at->next_[search.level].load(std::memory_order_relaxed);
      if (next != nullptr && is_before(*next, search.probe)) {
        search.at = next;
      } else {
        search.path[search.level] = search.at;
        if (search.level == 0) {
          search.is_over = true;
          --left;
          continue;
        }
        --search.level;
      }
      search.at->ask_for_next(search.level);
    }
  }
}

void VersionList::link(Node* node, uint32_t height, const Search& search) {
  for (uint32_t level = 0; level < height; ++level) {
    // Behind the place that was found are now perhaps those that were added since.
    Node* before = search.path[level];
    Node* next = before->next_[level].load(std::memory_order_relaxed);
    while (next != nullptr && is_before(*next, search.probe)) {
      before = next;
      next = before->next_[level].load(std::memory_order_relaxed);
    }
    node->next_[level].store(next, std::memory_order_relaxed);
    before->next_[level].store(node, std::memory_order_release);
  }
  if (height > height_.load(std::memory_order_relaxed)) {
    height_.store(height, std::memory_order_relaxed);
  }
}

void VersionList::add(std::span<const OpView> ops, uint64_t tsn) {
  std::array<Search, kAtOnce> searches;
  while (!ops.empty()) {
    const size_t count = std::min(ops.size(), kAtOnce);
    for (size_t i = 0; i < count; ++i) {
      const VersionTime time = {.tsn = tsn, .position = ops[i].position()};
      searches[i].probe = probe_of(ops[i].table(), ops[i].key(), time);
    }
    find_paths(std::span(searches).first(count));
    for (size_t i = 0; i < count; ++i) {
      const uint32_t height = draw_height();
      link(make_version(ops[i], tsn, height), height, searches[i]);
    }
    ops = ops.subspan(count);
  }
}

}  // namespace stele::tables
