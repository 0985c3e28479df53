// Reads values of a tree with dense leaves by their numbers, and gets ready those that are to be
// read soon.
//
//     reader.expect(numbers);                  // Any time before, in the order they are read in.
//     for (uint64_t number : numbers) reader.find(number, value);
//
// What is in the leaf of the number before costs no search. Expected leaves are found together,
// level by level, so that nothing has to wait alone: the system hears of all the pages that are not
// in memory before the first of them is read, and the processor is asked for the parts of the
// others that will be looked at. No leaf is read by that, and none pinned longer than expect()
// takes; what is remembered of each is its reference.
//
// Threads: one at a time. The State that `root` is of must be held for as long as the reader lives.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "tree/node.h"
#include "tree/tree.h"

namespace stele::tree {

class DenseReader {
 public:
  // As many numbers can be expected at once, and by one call.
  static constexpr size_t kExpectedMax = 32;
  static constexpr size_t kExpectMax = 16;

  DenseReader(const page::PageFile& file, const page::Root& root) : file_(file), root_(root) {}
  DenseReader(const DenseReader&) = delete;
  DenseReader& operator=(const DenseReader&) = delete;

  // Reads the value of a number, which lives until the next call of find(). False: it is not there.
  Result<bool> find(uint64_t number, Value& into) {
    if (number - first_ >= count_) {
      STELE_TRY(go_to(number));
      if (number - first_ >= count_) return false;
    }
    if (!leaf_.value(number - first_, into)) return damaged_value();
    return true;
  }

  // These numbers are asked for next, behind those expected before. All of them ascend, or descend.
  // Requires: at most kExpectMax. What cannot be read now is found damaged by find().
  void expect(std::span<const uint64_t> numbers);

 private:
  // An inner page, and the numbers for which a search comes to it.
  struct Step {
    page::PagePin pin;
    page::PageRef ref;
    InnerNode node;
    uint64_t low = 1;  // None.
    uint64_t high = 0;
  };
  struct Expected {
    uint64_t number = 0;
    page::PageRef page;  // Its leaf, or on the way there.
  };

  Status go_to(uint64_t number);
  // Takes the leaf of a number from those expected, and forgets the ones before it.
  page::PageRef take_expected(uint64_t number);
  Result<page::PageRef> find_leaf(uint64_t number);
  Status check_root() const;
  // The child of an inner page that has a number. Leaves have about as many each, so that it is
  // about where the number is among those of the page.
  [[nodiscard]] static size_t child_of(const Step& at, uint64_t number) {
    if (number < at.low || number > at.high) return at.node.child_of(number);
    const double share =
        static_cast<double>(number - at.low) / (static_cast<double>(at.high - at.low) + 1);
    const auto count = static_cast<double>(at.node.child_count());
    return at.node.child_near(number, static_cast<size_t>(share * count));
  }
  Status enter(const page::PageRef& ref, size_t level);
  Status enter_leaf(const page::PageRef& ref);
  // Pins the leaf behind or before the one that was entered last, if that is where reading goes.
  void pin_next(uint64_t number, uint64_t first_before, uint64_t count_before);
  // Pins the leaf that is expected next, if it is in memory, and fetches the value.
  void pin_expected();
  [[nodiscard]] std::unexpected<Error> damaged_value() const;

  // The leaf that is expected last, if one is.
  [[nodiscard]] page::PageRef last_expected() const {
    if (expected_count_ == 0) return {};
    return expected_[(expected_at_ + expected_count_ - 1) % kExpectedMax].page;
  }
  Status find_leaves(std::span<Expected> wanted);
  // Tells the system of pages that are not in memory, and asks the processor for the others.
  void fetch(std::span<const Expected> wanted) const;
  void remember(std::span<const Expected> wanted);

  const page::PageFile& file_;
  const page::Root root_;

  // The leaf that was read last; without entries: none.
  page::PagePin pin_;
  page::PageRef ref_;
  DenseNode leaf_;
  uint64_t first_ = 0;
  uint64_t count_ = 0;

  page::PagePin next_;  // The leaf that is read next if reading goes on as it does, if any.
  page::PageRef next_ref_;

  std::array<Expected, kExpectedMax> expected_;  // A ring; one of several in the same leaf.
  size_t expected_at_ = 0;
  size_t expected_count_ = 0;

  std::array<Step, kHeightMax> path_;  // By level; that of leaves is not used.
};

}  // namespace stele::tree
