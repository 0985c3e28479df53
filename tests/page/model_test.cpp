// A page file under random writes, frees, commits, abandoned writers, held generations and reopens
// holds what maps hold: the newest generation, and every one that is held.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "page/files.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::page {
namespace {

using test::between;
using test::succeeded;

struct Written {
  PageRef ref;
  uint64_t what;
  uint64_t birth;  // The generation that wrote it.
};
using Content = std::map<uint64_t, Written>;  // By page number.

constexpr uint32_t kSizes[] = {4096, 8192, 16384};
constexpr uint64_t kBudgets[] = {10 * 4096, 200'000, 2'000'000};

class FileModel {
 public:
  explicit FileModel(uint64_t seed)
      : random_(seed),
        knows_births_(seed % 4 != 0),
        disk_(kSizes[seed % 3], kBudgets[seed / 3 % 3], seed) {
    file_ = disk_.create();
  }

  void run(size_t steps) {
    for (size_t step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE(testing::Message() << "step " << step);
      switch (between(random_, 0, 9)) {
        case 0:
          held_.clear();
          file_ = nullptr;
          file_ = disk_.open();
          check_all();
          break;
        case 1:
          held_.emplace_back(file_->state(), content_);
          break;
        case 2:
          if (!held_.empty()) held_.erase(held_.begin() + pick(held_.size()));
          break;
        default:
          build();
      }
      check_some();
    }
    check_all();
    held_.clear();
    empty();
  }

 private:
  ptrdiff_t pick(size_t count) { return static_cast<ptrdiff_t>(between(random_, 0, count - 1)); }

  // Changes a copy of the content through a writer, and commits it or not.
  void build() {
    const WriterPtr writer = begin(*file_);
    ASSERT_NE(writer, nullptr);
    Content next = content_;
    const uint64_t bias = between(random_, 20, 80);  // Files grow for a while, and shrink.
    for (uint64_t i = between(random_, 0, between(random_, 0, 5) == 0 ? 300 : 20); i > 0; --i) {
      if (!next.empty() && between(random_, 0, 99) < bias) {
        auto gone = next.lower_bound(between(random_, 0, file_->state()->page_count));
        if (gone == next.end()) gone = next.begin();
        writer->free(gone->first, knows_births_ ? gone->second.birth : 0);
        next.erase(gone);
      } else {
        const uint64_t what = random_();
        const PageRef ref = write(*writer, what);
        ASSERT_FALSE(next.contains(ref.number)) << "page " << ref.number << " is in use";
        ASSERT_FALSE(is_held(ref.number)) << "page " << ref.number << " is held";
        next[ref.number] = {ref, what, writer->generation()};
      }
    }
    if (!next.empty()) {
      const auto& [ref, what, birth] = some(next);
      const auto pin = writer->read(ref);
      ASSERT_TRUE(succeeded(pin));
      ASSERT_TRUE(is_page_of(pin->bytes(), file_->page_size(), what));
    }
    if (between(random_, 0, 4) == 0) return;
    const uint64_t generation = file_->state()->generation;
    ASSERT_TRUE(succeeded(writer->commit(roots_of(next), ++tsn_, Note())));
    ASSERT_EQ(file_->state()->generation, generation + 1);
    content_ = std::move(next);
  }

  static Roots roots_of(const Content& content) {
    if (content.empty()) return {};
    return {{"first", {content.begin()->second.ref, 1, content.size()}}};
  }

  const Written& some(const Content& content) {
    return std::next(content.begin(), pick(content.size()))->second;
  }

  bool is_held(uint64_t number) {
    return std::ranges::any_of(held_,
                               [&](const auto& held) { return held.second.contains(number); });
  }

  // What waits for readers is what they can reach, and not what came and went meanwhile.
  void check_held() {
    if (!knows_births_) return;
    std::set<uint64_t> numbers;
    for (const auto& [state, content] : held_) {
      for (const auto& [number, page] : content) {
        const auto now = content_.find(number);
        if (now == content_.end() || now->second.birth != page.birth) numbers.insert(number);
      }
    }
    ASSERT_LE(file_->stats().held_pages, numbers.size() + kListPagesMax * held_.size());
  }

  void check_some() {
    check_held();
    for (int i = 0; i < 5 && !content_.empty(); ++i) {
      const auto& [ref, what, birth] = some(content_);
      ASSERT_TRUE(holds(*file_, ref, what));
    }
    for (const auto& [state, content] : held_) {
      if (content.empty()) continue;
      const auto& [ref, what, birth] = some(content);
      ASSERT_TRUE(holds(*file_, ref, what)) << "of generation " << state->generation;
    }
  }

  void check_all() {
    const auto state = file_->state();
    ASSERT_EQ(state->applied_tsn, tsn_);
    ASSERT_EQ(state->roots, roots_of(content_));
    std::vector<PageRef> pages;
    for (const auto& [number, page] : content_) {
      ASSERT_TRUE(holds(*file_, page.ref, page.what));
      pages.push_back(page.ref);
    }
    ASSERT_TRUE(is_accounted_for(*file_, *state, pages));
    for (const auto& [held, content] : held_) {
      for (const auto& [number, page] : content) {
        ASSERT_TRUE(holds(*file_, page.ref, page.what));
      }
    }
    const PageCacheStats cache = disk_.cache->stats();
    ASSERT_LE(cache.bytes, cache.bytes_budget);
  }

  // An empty file that nobody holds loses its pages.
  void empty() {
    for (int round = 0; round < 8; ++round) {
      const WriterPtr writer = begin(*file_);
      for (const auto& [number, page] : content_) writer->free(number, page.birth);
      content_.clear();
      ASSERT_TRUE(succeeded(writer->commit({}, ++tsn_, Note())));
    }
    check_all();
    EXPECT_LT(file_->state()->page_count, first_page(file_->page_size()) + 12);
  }

  static constexpr size_t kListPagesMax = 4;  // Of a generation.
  std::mt19937_64 random_;
  bool knows_births_;
  Fixture disk_;
  FilePtr file_;
  Content content_;
  std::vector<std::pair<std::shared_ptr<const State>, Content>> held_;
  uint64_t tsn_ = 0;
};

TEST(PageFileModel, HoldsWhatMapsHold) {
  const test::Seed seed;
  for (uint64_t run = 0; run < test::scaled(60) && !HasFailure(); ++run) {
    SCOPED_TRACE(testing::Message() << "run with seed " << seed.value() + run);
    FileModel(seed.value() + run).run(100);
  }
}

}  // namespace
}  // namespace stele::page
