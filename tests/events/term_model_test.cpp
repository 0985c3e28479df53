// Trees of terms under random checkpoints and folds, reopened at random, say what a std::map of
// lists says.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "events/term_world.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::events {
namespace {

using test::between;
using test::succeeded;

constexpr TermKind kKinds[] = {TermKind::kType,        TermKind::kTag,      TermKind::kEntity,
                               TermKind::kCategory,    TermKind::kScope,    TermKind::kId,
                               TermKind::kCorrelation, TermKind::kCausation};

// What a world's events look like.
struct Shape {
  uint32_t page_size;
  uint64_t texts;       // How many of a kind there are.
  uint64_t text_kind;   // What they look like.
  uint64_t batch_size;  // Events at a time, at most.
  uint64_t gap_bits;    // Between two batches: as if other positions were in between.
};

class TermTreesModel {
 public:
  explicit TermTreesModel(uint64_t seed)
      : random_(seed), shape_(random_shape()), world_(shape_.page_size) {}

  void run(int steps) {
    for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE(testing::Message() << "step " << step << ", texts " << shape_.texts
                                      << " of kind " << shape_.text_kind << ", head " << head_
                                      << ", main " << world_.entries(kTermsMainTree) << ", recent "
                                      << world_.entries(kTermsRecentTree));
      if (between(random_, 0, 2) == 0) {
        world_.fold(random_fold());
      } else {
        checkpoint();
      }
      if (between(random_, 0, 5) == 0) world_.reopen();
      if (testing::Test::HasFailure()) return;
      world_.verify();
      for (int i = 0; i < 30 && !testing::Test::HasFailure(); ++i) look_up();
      for (int i = 0; i < 3 && !testing::Test::HasFailure(); ++i) list();
    }
  }

 private:
  Shape random_shape() {
    constexpr uint32_t kPageSizes[] = {4096, 4096, 8192, 16384};
    constexpr uint64_t kTexts[] = {2, 30, 1000, 1'000'000};
    constexpr uint64_t kBatchSizes[] = {3, 100, 1000, 4000};
    constexpr uint64_t kGapBits[] = {0, 0, 10, 55};
    return {.page_size = kPageSizes[between(random_, 0, 3)],
            .texts = kTexts[between(random_, 0, 3)],
            .text_kind = between(random_, 0, 3),
            .batch_size = kBatchSizes[between(random_, 0, 3)],
            .gap_bits = kGapBits[between(random_, 0, 3)]};
  }

  uint64_t random_fold() {
    constexpr uint64_t kMost[] = {0, 10, 300, 1'000'000};
    return between(random_, 0, kMost[between(random_, 0, 3)]);
  }

  // Frequent and rare ones.
  uint64_t random_number() {
    const uint64_t most = between(random_, 0, 1) == 0 ? 3 : shape_.texts;
    return between(random_, 0, most - 1);
  }

  std::string text(TermKind kind, uint64_t number) {
    if (kind >= TermKind::kId) {  // 16 bytes, any.
      std::string id(kIdSize, number % 3 == 0 ? '\0' : '\xff');
      store_be(reinterpret_cast<uint8_t*>(id.data()) + number % 9, number + 1);
      return id;
    }
    switch (shape_.text_kind) {
      case 0:
        return "tag-" + std::to_string(number);
      case 1:  // One begins the other, and ends where keys have what follows a text.
        return std::string(1 + number % 100, number % 2 == 0 ? '\x01' : '\xff') +
               std::string(number / 100, '\x01').substr(0, 300);
      case 2:  // As long as they can be.
        return std::string(kTermSizeMax - 10, 'x') + std::to_string(1'000'000'000 + number);
      default:
        return std::to_string(number * 0x9e3779b97f4a7c15) + "/" + std::to_string(number % 7);
    }
  }

  void checkpoint() {
    if (shape_.gap_bits > 0) head_ += between(random_, 0, uint64_t{1} << shape_.gap_bits);
    std::vector<EventTerms> events(between(random_, 0, shape_.batch_size));
    for (EventTerms& event : events) {
      event.insert({TermKind::kType, text(TermKind::kType, between(random_, 0, 1))});
      if (between(random_, 0, 9) > 0) {
        event.insert({TermKind::kId, text(TermKind::kId, (uint64_t{1} << 40) + ++ids_)});
      }
      for (uint64_t left = between(random_, 0, 3); left > 0; --left) {
        TermKind kind = kKinds[between(random_, 0, std::size(kKinds) - 1)];
        if (kind == TermKind::kId) kind = TermKind::kTag;
        event.insert({kind, text(kind, random_number())});
      }
    }
    world_.checkpoint(events, head_);
    head_ += events.size();
  }

  // A term that may be there, and its positions.
  TermName random_term() {
    if (!world_.model().empty() && between(random_, 0, 9) > 0) {
      const TermKind kind = kKinds[between(random_, 0, std::size(kKinds) - 1)];
      auto found = world_.model().lower_bound({kind, text(kind, random_number())});
      if (found == world_.model().end()) --found;
      return found->first;
    }
    const TermKind kind = kKinds[between(random_, 0, std::size(kKinds) - 1)];
    return {kind, text(kind, random_number())};
  }

  uint64_t random_position(const std::vector<uint64_t>& positions) {
    if (positions.empty() || between(random_, 0, 3) == 0) return between(random_, 0, head_ + 10);
    const uint64_t near = positions[between(random_, 0, positions.size() - 1)];
    return near - 1 + between(random_, 0, 2);
  }

  void look_up() {
    const TermName term = random_term();
    const auto found = world_.model().find(term);
    const std::vector<uint64_t> positions =
        found == world_.model().end() ? std::vector<uint64_t>() : found->second;
    SCOPED_TRACE(testing::Message() << "kind " << static_cast<int>(term.first) << ", text "
                                    << testing::PrintToString(term.second));
    walk_forward(term, positions);
    walk_backward(term, positions);
    const uint64_t last = random_position(positions);
    const auto behind = std::ranges::upper_bound(positions, last);
    if (term.first == TermKind::kId) {
      const auto id = id_in_trees(world_.trees(), as_bytes(term.second).data(), last);
      ASSERT_TRUE(succeeded(id));
      EXPECT_EQ(*id, behind == positions.begin() ? 0 : positions.front());
    }
    const auto summary = summary_in_trees(world_.trees(), term.first, term.second, last);
    ASSERT_TRUE(succeeded(summary));
    ASSERT_EQ(summary->count, static_cast<uint64_t>(behind - positions.begin()));
    if (summary->count == 0) return;
    EXPECT_EQ(summary->first_position, positions.front());
    EXPECT_EQ(summary->last_position, *std::prev(behind));
  }

  // How far a walk jumps: mostly to the next one.
  uint64_t random_step() {
    constexpr unsigned kBits[] = {0, 1, 3, 8, 12, 30, 50};
    const unsigned bits = kBits[between(random_, 0, std::size(kBits) - 1)];
    return between(random_, 0, uint64_t{1} << bits);
  }

  void walk_forward(const TermName& term, const std::vector<uint64_t>& positions) {
    const auto walk =
        positions_in_trees(world_.trees(), term.first, term.second, Direction::kForward);
    const auto count = walk->count_at_most();
    ASSERT_TRUE(succeeded(count));
    EXPECT_GE(*count, positions.size());
    uint64_t from = between(random_, 0, 1) == 0 ? 1 : random_position(positions);
    for (int i = 0; i < 50; ++i) {
      const auto found = walk->at_or_after(from);
      ASSERT_TRUE(succeeded(found));
      const auto expected = std::ranges::lower_bound(positions, from);
      ASSERT_EQ(*found, expected == positions.end() ? kNoPosition : *expected) << "from " << from;
      if (*found != kNoPosition) from = *found + random_step();
    }
  }

  void walk_backward(const TermName& term, const std::vector<uint64_t>& positions) {
    const auto walk =
        positions_in_trees(world_.trees(), term.first, term.second, Direction::kBackward);
    uint64_t from = between(random_, 0, 1) == 0 ? UINT64_MAX : random_position(positions);
    for (int i = 0; i < 50; ++i) {
      const auto found = walk->at_or_before(from);
      ASSERT_TRUE(succeeded(found));
      const auto behind = std::ranges::upper_bound(positions, from);
      ASSERT_EQ(*found, behind == positions.begin() ? 0 : *std::prev(behind)) << "from " << from;
      if (*found != 0) from = *found - std::min(*found, random_step());
    }
  }

  void list() {
    const TermName term = random_term();
    if (!TermTable::is_listed(term.first)) return;
    const std::string prefix = term.second.substr(0, between(random_, 0, term.second.size()));
    const TermName other = random_term();
    const bool is_from_front = between(random_, 0, 1) == 0 || !TermTable::is_listed(other.first);
    const std::string behind = is_from_front ? "" : other.second;
    const size_t most = between(random_, 0, 3) == 0 ? SIZE_MAX : between(random_, 0, 20);
    std::vector<std::string> expected;
    for (auto at = world_.model().lower_bound({term.first, ""});
         at != world_.model().end() && at->first.first == term.first && expected.size() < most;
         ++at) {
      const std::string& text = at->first.second;
      if (text.starts_with(prefix) && text > behind) expected.push_back(text);
    }
    const auto found = terms_in_trees(world_.trees(), term.first, prefix, behind, most);
    ASSERT_TRUE(succeeded(found));
    EXPECT_EQ(*found, expected) << "prefix " << testing::PrintToString(prefix) << ", behind "
                                << testing::PrintToString(behind);
  }

  std::mt19937_64 random_;
  Shape shape_;
  TermWorld world_;
  uint64_t head_ = 0;
  uint64_t ids_ = 0;
};

TEST(TermTreesModel, SaysWhatAMapOfListsSays) {
  const test::Seed seed;
  auto generator = seed.generator();
  for (size_t round = 0; round < test::scaled(40); ++round) {
    SCOPED_TRACE(testing::Message() << "STELE_SEED=" << seed.value() << ", round " << round);
    TermTreesModel(generator()).run(25);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace stele::events
