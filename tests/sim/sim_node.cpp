// Page cache, disk, and what is left of them.
#include "sim/sim_node.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace stele::sim {

Mood Mood::any(Dice& dice) {
  static constexpr std::array<uint64_t, 7> kShares = {0, 0, 20, 50, 80, 100, 100};
  return {.keep_data = dice.pick(kShares),
          .tear_data = dice.pick(kShares),
          .keep_size = dice.pick(kShares),
          .keep_names = dice.pick(kShares)};
}

size_t SimContent::read(uint64_t offset, ByteSpan into) const {
  if (offset >= cached_.size()) return 0;
  const size_t size = std::min<uint64_t>(into.size(), cached_.size() - offset);
  copy_bytes(into.data(), ByteView(cached_).subspan(offset, size));
  return size;
}

void SimContent::write(uint64_t offset, ByteView bytes) {
  if (bytes.empty()) return;
  if (offset + bytes.size() > cached_.size()) cached_.resize(offset + bytes.size());
  copy_bytes(cached_.data() + offset, bytes);
  pending_.push_back({offset, {bytes.begin(), bytes.end()}, cached_.size()});
}

void SimContent::resize(uint64_t size) {
  cached_.resize(size);
  pending_.push_back({size, {}, size});
}

void SimContent::apply(const Change& change) {
  if (change.bytes.empty()) {
    // A cut that is grown over again later shows zeros there, whatever the size is until then.
    const uint64_t kept = std::min<uint64_t>(change.offset, durable_.size());
    std::fill(durable_.begin() + static_cast<ptrdiff_t>(kept), durable_.end(), uint8_t{0});
    return;
  }
  const uint64_t end = change.offset + change.bytes.size();
  if (end > durable_.size()) durable_.resize(end);
  std::ranges::copy(change.bytes, durable_.begin() + static_cast<ptrdiff_t>(change.offset));
}

void SimContent::apply_torn(const Change& change, Dice& dice) {
  const uint64_t end = change.offset + change.bytes.size();
  if (end > durable_.size()) durable_.resize(end);
  for (uint64_t at = change.offset; at < end;) {
    const uint64_t next = std::min(end, (at / kSectorSize + 1) * kSectorSize);
    const uint64_t fate = dice.between(0, 9);
    for (uint64_t i = at; i < next; ++i) {
      if (fate < 5) durable_[i] = change.bytes[i - change.offset];
      if (fate == 9) durable_[i] = static_cast<uint8_t>(dice.next());
    }
    at = next;
  }
}

void SimContent::apply_some(const Mood& mood, Dice& dice) {
  std::vector<uint64_t> sizes = {durable_.size()};
  for (const Change& change : pending_) {
    sizes.push_back(change.size_after);
    const bool grows = change.size_after > sizes[sizes.size() - 2];
    if (grows && dice.chance(30)) {  // File systems grow a file page by page.
      sizes.push_back(dice.between(sizes[sizes.size() - 2], change.size_after));
    }
    if (dice.chance(mood.keep_data)) {
      apply(change);
    } else if (!change.bytes.empty() && dice.chance(mood.tear_data)) {
      apply_torn(change, dice);
    }
  }
  if (pending_.empty()) return;
  const uint64_t newest = pending_.back().size_after;
  durable_.resize(dice.chance(mood.keep_size) ? newest : dice.pick(sizes));
  pending_.clear();
}

void SimContent::sync() {
  if (pending_.empty()) return;
  const uint64_t size = pending_.back().size_after;
  for (const Change& change : pending_) apply(change);
  durable_.resize(size);
  pending_.clear();
}

void SimContent::fail_sync(const Mood& mood, Dice& dice) {
  apply_some(mood, dice);
}

void SimContent::lose(const Mood& mood, Dice& dice) {
  apply_some(mood, dice);
  cached_ = durable_;
}

void SimContent::flip(uint64_t offset, unsigned bit) {
  const auto mask = static_cast<uint8_t>(1U << (bit % 8));
  if (offset < cached_.size()) cached_[offset] ^= mask;
  if (offset < durable_.size()) durable_[offset] ^= mask;
}

NodePointer SimNames::find(const std::string& name) const {
  const auto found = cached_.find(name);
  return found == cached_.end() ? nullptr : found->second;
}

void SimNames::apply(const Change& change, Map& names) {
  if (!change.gone.empty()) {
    const auto found = names.find(change.gone);
    // What has the name by now may be something else, when changes between did not survive.
    if (found != names.end() && found->second == change.node) names.erase(found);
  }
  if (!change.there.empty()) names[change.there] = change.node;
}

void SimNames::record(Change change) {
  apply(change, cached_);
  pending_.push_back(std::move(change));
}

void SimNames::add(const std::string& name, const NodePointer& node) {
  record({"", name, node});
}

void SimNames::remove(const std::string& name) {
  record({name, "", find(name)});
}

void SimNames::rename(const std::string& from, const std::string& to) {
  record({from, to, find(from)});
}

void SimNames::apply_some(const Mood& mood, Dice& dice) {
  for (const Change& change : pending_) {
    if (dice.chance(mood.keep_names)) apply(change, durable_);
  }
  pending_.clear();
}

void SimNames::sync() {
  for (const Change& change : pending_) apply(change, durable_);
  pending_.clear();
}

void SimNames::lose(const Mood& mood, Dice& dice) {
  apply_some(mood, dice);
  cached_ = durable_;
}

void SimNames::replace_nodes(std::map<const SimNode*, NodePointer>& copies) {
  for (auto& [name, node] : cached_) node = copy_tree(node, copies);
  for (auto& [name, node] : durable_) node = copy_tree(node, copies);
  for (Change& change : pending_) change.node = copy_tree(change.node, copies);
}

NodePointer copy_tree(const NodePointer& node, std::map<const SimNode*, NodePointer>& copies) {
  const auto found = copies.find(node.get());
  if (found != copies.end()) return found->second;
  auto copy = std::make_shared<SimNode>(*node);
  copies.emplace(node.get(), copy);
  copy->names.replace_nodes(copies);
  return copy;
}

void lose_tree(SimNode& node, const Mood& mood, Dice& dice) {
  if (!node.is_directory) return node.content.lose(mood, dice);
  node.names.lose(mood, dice);
  for (const auto& [name, child] : node.names.cached()) lose_tree(*child, mood, dice);
}

}  // namespace stele::sim
