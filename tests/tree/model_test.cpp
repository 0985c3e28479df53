// A tree under random batches, reopened at random, holds what a std::map holds, and is sound after
// each of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "support/scale.h"
#include "support/seed.h"
#include "tree/trees.h"

namespace stele::tree {
namespace {

using test::between;
using test::succeeded;

// What a world's keys and values look like.
struct Shape {
  uint32_t page_size;
  uint64_t key_kind;
  uint64_t key_range;   // How many different keys there are.
  uint64_t value_size;  // At most, most often.
  bool has_large;
};

class TreeModel {
 public:
  TreeModel(uint64_t seed, LeafKind kind)
      : random_(seed), shape_(random_shape()), world_(shape_.page_size, kind) {}

  void run(int steps) {
    for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE(testing::Message()
                   << "step " << step << ", entries " << model_.size() << ", page size "
                   << shape_.page_size << ", keys " << shape_.key_kind);
      const Batch batch = world_.kind == LeafKind::kDense ? dense_batch() : slotted_batch();
      const page::Root before = world_.root();
      world_.apply(batch);
      if (testing::Test::HasFailure()) return;
      // Where prefixes are longer than pages, a node may have to be split that was only looked at:
      // its range has become wider, and its keys less alike.
      if (!apply_to_model(batch) && shape_.key_kind != 4 && shape_.key_kind != 2) {
        EXPECT_EQ(world_.root(), before) << "nothing has changed";
        EXPECT_EQ(world_.pages_written, 0U);
      }
      if (between(random_, 0, 4) == 0) world_.reopen();
      world_.verify();
      EXPECT_EQ(world_.root().entries, model_.size());
      EXPECT_TRUE(world_.contents() == model_);
      look_up();
    }
  }

 private:
  Shape random_shape() {
    constexpr uint32_t kPageSizes[] = {4096, 4096, 4096, 8192, 16384, 65536};
    constexpr uint64_t kRanges[] = {20, 500, 5000, 1'000'000'000};
    constexpr uint64_t kValueSizes[] = {0, 10, 100, 2000};
    return {.page_size = kPageSizes[between(random_, 0, std::size(kPageSizes) - 1)],
            .key_kind = between(random_, 0, 5),
            .key_range = kRanges[between(random_, 0, std::size(kRanges) - 1)],
            .value_size = kValueSizes[between(random_, 0, std::size(kValueSizes) - 1)],
            .has_large = between(random_, 0, 3) == 0};
  }

  std::string key(uint64_t number) {
    switch (shape_.key_kind) {
      case 0:
        return number_key(number);
      case 1:  // Of any length, the empty one as well.
        return bytes_of(number, number % 17);
      case 2:  // Long, and different only at the end.
        return std::string(1100, 'p') + std::to_string(number);
      case 3:  // Zeros and 0xff, where one begins the other.
        return std::string(number % 40, number % 3 == 0 ? '\0' : '\xff') +
               std::string((number / 40) % 40, '\0');
      case 4:  // Long ones of two kinds: there are separators as long as they can be.
        return std::string(number % 2 == 0 ? kKeySizeMax - 8 : kKeySizeMax - 9,
                           static_cast<char>('a' + number % 5)) +
               number_key(number / 5);
      default:
        return "tenant-" + std::to_string(number % 7) + "/" + std::to_string(number);
    }
  }

  std::string value() {
    const uint64_t size = between(random_, 0, shape_.value_size);
    if (!shape_.has_large || between(random_, 0, 9) > 0) return bytes_of(random_(), size);
    const uint64_t quarter = shape_.page_size / 4;
    if (between(random_, 0, 1) == 0) return bytes_of(random_(), between(random_, 0, 2 * quarter));
    return bytes_of(random_(), between(random_, 0, 20 * uint64_t{shape_.page_size}));
  }

  uint64_t batch_size() {
    constexpr uint64_t kSizes[] = {1, 10, 100, 1000};
    return between(random_, 0, kSizes[between(random_, 0, 3)]);
  }

  Batch slotted_batch() {
    Batch batch;
    const uint64_t size = batch_size();
    const uint64_t erase_percent = between(random_, 0, 3) * 33;
    const uint64_t from = between(random_, 0, shape_.key_range);
    switch (between(random_, 0, 4)) {
      case 0:  // A range goes.
        erase_range(batch);
        break;
      case 1:  // One behind the other.
        for (uint64_t i = 0; i < size; ++i) batch[key(from + i)] = value();
        break;
      case 2:  // What is there, again.
        for (const auto& [key, value] : model_) {
          if (between(random_, 0, 20) == 0) batch[key] = value;
        }
        break;
      default:
        for (uint64_t i = 0; i < size; ++i) {
          const bool erases = between(random_, 0, 99) < erase_percent;
          const std::string at = key(between(random_, 0, shape_.key_range));
          batch[at] = erases ? std::nullopt : std::optional(value());
        }
    }
    return batch;
  }

  void erase_range(Batch& batch) {
    if (model_.empty()) return;
    const uint64_t from = between(random_, 0, 2) == 0 ? 0 : between(random_, 0, model_.size() - 1);
    const uint64_t count = between(random_, 1, model_.size());
    auto at = std::next(model_.begin(), static_cast<ptrdiff_t>(from));
    for (uint64_t i = 0; i < count && at != model_.end(); ++i, ++at)
      batch[at->first] = std::nullopt;
  }

  // Numbers behind the last one, others anew, or some at either end away.
  Batch dense_batch() {
    Batch batch;
    const uint64_t size = batch_size();
    const uint64_t first =
        model_.empty() ? 0 : load_be<uint64_t>(as_bytes(model_.begin()->first).data());
    const uint64_t end = model_.empty() ? between(random_, 0, 1) * 1000 : first + model_.size();
    switch (between(random_, 0, 3)) {
      case 0:
        for (const auto& [key, old] : model_) {
          if (between(random_, 0, 20) == 0) batch[key] = value();
        }
        break;
      case 1: {
        const uint64_t count = std::min<uint64_t>(size, model_.size());
        const bool front = between(random_, 0, 1) == 0;
        for (uint64_t i = 0; i < count; ++i) {
          batch[number_key(front ? first + i : end - count + i)] = std::nullopt;
        }
        break;
      }
      default:
        for (uint64_t i = 0; i < size; ++i) batch[number_key(end + i)] = value();
    }
    return batch;
  }

  // Returns whether that changes anything.
  bool apply_to_model(const Batch& batch) {
    bool changed = false;
    for (const auto& [key, value] : batch) {
      if (!value) {
        changed |= model_.erase(key) > 0;
      } else {
        // A large value is written again, whatever it was.
        changed |= model_.find(key) == model_.end() || model_[key] != *value || value->size() > 100;
        model_[key] = *value;
      }
    }
    return changed || std::ranges::any_of(batch, [](const auto& change) {
             return change.second && change.second->size() % 2 == 1;  // From a source.
           });
  }

  // Asks for keys that are there and others, and moves cursors around them.
  void look_up() {
    Cursor cursor(*world_.file, world_.root());
    std::vector<std::string> all;
    for (int i = 0; i < 20; ++i) {
      std::string wanted = key(between(random_, 0, shape_.key_range));
      if (between(random_, 0, 1) == 0 && !model_.empty()) {
        const uint64_t at = between(random_, 0, model_.size() - 1);
        wanted = std::next(model_.begin(), static_cast<ptrdiff_t>(at))->first;
        if (between(random_, 0, 2) == 0) wanted += '\0';
        if (between(random_, 0, 2) == 0 && !wanted.empty()) wanted.pop_back();
      }
      if (wanted.size() > kKeySizeMax) wanted.resize(kKeySizeMax);
      const auto found = model_.find(wanted);
      EXPECT_EQ(world_.get(wanted),
                found == model_.end() ? std::nullopt : std::optional(found->second));
      move(cursor, wanted);
      check_neighbours(wanted);
      all.push_back(wanted);
    }
    check_at_once(all);
  }

  // What is looked up in two halves is what is looked up in one.
  void check_at_once(const std::vector<std::string>& wanted) {
    std::array<page::PageRef, kAskedMost> leaves;
    const size_t count = between(random_, 0, std::min(kAskedMost, wanted.size()));
    for (size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(succeeded(approach(*world_.file, world_.root(), as_bytes(wanted[i]), leaves[i])));
    }
    ask_for(*world_.file, std::span(leaves).first(count));
    for (size_t i = 0; i < count; ++i) {
      Found found;
      const auto there = get_in(*world_.file, leaves[i], as_bytes(wanted[i]), found);
      ASSERT_TRUE(succeeded(there));
      const auto expected = model_.find(wanted[i]);
      ASSERT_EQ(*there, expected != model_.end());
      if (*there) {
        EXPECT_EQ(world_.read(found.value), expected->second);
      }
      KeyBuffer key;
      const auto next =
          get_at_least_in(*world_.file, leaves[i], as_bytes(wanted[i]), {}, found, key);
      ASSERT_TRUE(succeeded(next));
      if (next->has_next) {
        EXPECT_EQ(as_text(key.view()), model_.lower_bound(wanted[i])->first);
      }
    }
  }

  // What it says is so; and in a tree of one leaf it says all there is.
  void check_neighbours(const std::string& wanted) {
    const std::string group = wanted.substr(0, between(random_, 0, wanted.size()));
    Found found;
    KeyBuffer key;
    const auto there =
        get_at_least(*world_.file, world_.root(), as_bytes(wanted), as_bytes(group), found, key);
    ASSERT_TRUE(succeeded(there));
    const auto next = model_.lower_bound(wanted);
    const bool follows = next != model_.begin() && std::prev(next)->first.starts_with(group);
    if (world_.root().height <= 1) {
      EXPECT_EQ(there->has_next, next != model_.end());
      EXPECT_EQ(there->follows_group, follows);
    }
    EXPECT_TRUE(follows || !there->follows_group);
    if (!there->has_next) return;
    ASSERT_TRUE(next != model_.end());
    EXPECT_EQ(as_text(key.view()), next->first);
    EXPECT_EQ(world_.read(found.value), next->second);
  }

  void move(Cursor& cursor, const std::string& wanted) {
    auto expected = model_.lower_bound(wanted);
    switch (between(random_, 0, 2)) {
      case 0:
        check(cursor.seek(as_bytes(wanted)), cursor, expected);
        break;
      case 1:
        expected = expected == model_.begin() ? model_.end() : std::prev(expected);
        check(cursor.seek_before(as_bytes(wanted)), cursor, expected);
        break;
      default:
        expected = model_.upper_bound(wanted);
        expected = expected == model_.begin() ? model_.end() : std::prev(expected);
        check(cursor.seek_at_most(as_bytes(wanted)), cursor, expected);
    }
    for (int i = 0; i < 30 && cursor.at_entry(); ++i) {
      if (between(random_, 0, 1) == 0) {
        check(cursor.next(), cursor, ++expected);
      } else {
        expected = expected == model_.begin() ? model_.end() : std::prev(expected);
        check(cursor.previous(), cursor, expected);
      }
    }
  }

  void check(const Result<bool>& moved, const Cursor& cursor, Model::const_iterator expected) {
    ASSERT_TRUE(succeeded(moved));
    ASSERT_EQ(*moved, expected != model_.end());
    ASSERT_EQ(cursor.at_entry(), *moved);
    if (!*moved) return;
    ASSERT_EQ(as_text(cursor.key()), expected->first);
    ASSERT_EQ(world_.read(cursor.value()), expected->second);
  }

  std::mt19937_64 random_;
  Shape shape_;
  World world_;
  Model model_;
};

void run(LeafKind kind, size_t rounds) {
  const test::Seed seed;
  auto generator = seed.generator();
  for (size_t round = 0; round < test::scaled(rounds); ++round) {
    SCOPED_TRACE(testing::Message() << "STELE_SEED=" << seed.value() << ", round " << round);
    TreeModel(generator(), kind).run(25);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(TreeModel, HoldsWhatAMapHolds) {
  run(LeafKind::kSlotted, 60);
}

TEST(TreeModel, HoldsWhatAMapHoldsInDenseLeaves) {
  run(LeafKind::kDense, 30);
}

}  // namespace
}  // namespace stele::tree
