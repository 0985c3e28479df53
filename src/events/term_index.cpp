// Asks the main and the recent tree, one behind the other.
#include "events/term_index.h"

#include <algorithm>
#include <array>

#include "events/record.h"
#include "events/term_tree.h"

namespace stele::events {

namespace {

// The older positions first.
constexpr std::array<std::string_view, 2> kTrees = {kTermsMainTree, kTermsRecentTree};

class TwoTrees final : public TreePositions {
 public:
  TwoTrees(const engine::Trees& trees, TermKind kind, std::string_view text, Direction direction)
      : main_(*trees.file, trees.root(kTermsMainTree), kTermsMainTree, kind, text),
        recent_(*trees.file, trees.root(kTermsRecentTree), kTermsRecentTree, kind, text),
        in_main_(direction == Direction::kForward) {}

  Result<uint64_t> at_or_after(uint64_t from) override {
    if (in_main_) {
      auto found = main_.at_or_after(from);
      if (!found || *found != kNoPosition) return found;
      in_main_ = false;
    }
    return recent_.at_or_after(from);
  }

  Result<uint64_t> at_or_before(uint64_t from) override {
    if (!in_main_) {
      auto found = recent_.at_or_before(from);
      if (!found || *found != 0) return found;
      in_main_ = true;
    }
    return main_.at_or_before(from);
  }

  Result<uint64_t> count_at_most() override {
    const auto main = main_.count_at_most();
    if (!main) return main;
    const auto recent = recent_.count_at_most();
    if (!recent) return recent;
    return *main + *recent;
  }

 private:
  TermCursor main_;
  TermCursor recent_;
  bool in_main_;
};

Status add_summary(TermCursor& runs, uint64_t last, TermSummary& summary) {
  auto there = runs.first_run();
  for (; there && *there && runs.run_first() <= last; there = runs.next_run()) {
    uint64_t count = runs.run().count;
    uint64_t newest = runs.run().last;
    if (newest > last) {
      STELE_TRY(runs.decode());
      const auto behind = std::ranges::upper_bound(runs.positions(), last);
      count = static_cast<uint64_t>(behind - runs.positions().begin());
      newest = *std::prev(behind);
    }
    if (summary.count == 0) summary.first_position = runs.run_first();
    summary.count += count;
    summary.last_position = newest;
  }
  return there ? Status() : Status(fail(there.error()));
}

}  // namespace

Result<uint64_t> id_in_trees(const engine::Trees& trees, const uint8_t* id, uint64_t last) {
  const std::string_view text = as_text({id, kIdSize});
  for (const std::string_view tree : kTrees) {
    TermCursor runs(*trees.file, trees.root(tree), tree, TermKind::kId, text);
    const auto there = runs.first_run();
    if (!there) return fail(there.error());
    if (*there) return runs.run_first() <= last ? runs.run_first() : 0;
  }
  return 0;
}

Result<std::vector<std::string>> terms_in_trees(const engine::Trees& trees, TermKind kind,
                                                std::string_view prefix, std::string_view behind,
                                                size_t max) {
  std::vector<std::string> all;
  for (const std::string_view tree : kTrees) {
    TermTexts texts(*trees.file, trees.root(tree), kind);
    std::vector<std::string> found;
    auto there =
        behind >= prefix && !behind.empty() ? texts.seek(behind, true) : texts.seek(prefix, false);
    for (; there && *there && texts.text().starts_with(prefix) && found.size() < max;
         there = texts.next()) {
      found.push_back(texts.text());
    }
    if (!there) return fail(there.error());
    std::vector<std::string> merged;
    merged.reserve(all.size() + found.size());
    std::ranges::set_union(all, found, std::back_inserter(merged));
    all = std::move(merged);
  }
  if (all.size() > max) all.resize(max);
  return all;
}

Result<TermSummary> summary_in_trees(const engine::Trees& trees, TermKind kind,
                                     std::string_view text, uint64_t last) {
  TermSummary summary;
  for (const std::string_view tree : kTrees) {
    TermCursor runs(*trees.file, trees.root(tree), tree, kind, text);
    // The analyzer loses an Error's detail on its way out of a std::expected.
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
    STELE_TRY(add_summary(runs, last, summary));
  }
  return summary;
}

std::unique_ptr<TreePositions> positions_in_trees(const engine::Trees& trees, TermKind kind,
                                                  std::string_view text, Direction direction) {
  return std::make_unique<TwoTrees>(trees, kind, text, direction);
}

}  // namespace stele::events
