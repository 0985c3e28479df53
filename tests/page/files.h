// Page files in memory for tests, and pages that say which they are.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "page/page_cache.h"
#include "page/page_census.h"
#include "page/page_file.h"
#include "page/page_writer.h"
#include "sim/dice.h"
#include "sim/sim_environment.h"
#include "support/results.h"

namespace stele::page {

using FilePtr = std::shared_ptr<PageFile>;
using WriterPtr = std::unique_ptr<PageWriter>;
using PageBytes = std::vector<uint8_t>;

// Returns a page whose content follows from `content`.
inline PageBytes page_of(uint32_t page_size, uint64_t content, PageType type = PageType::kLeaf) {
  PageBytes page(page_size);
  sim::Dice dice(content);
  for (size_t at = kPageHeaderSize; at + 8 <= page.size(); at += 8) {
    store_le(page.data() + at, dice.next());
  }
  page[kPageTypeOffset] = static_cast<uint8_t>(type);
  return page;
}

// Returns whether the page is page_of(content).
inline bool is_page_of(const uint8_t* bytes, uint32_t page_size, uint64_t content) {
  const PageBytes page = page_of(page_size, content);
  return std::equal(page.begin() + kPageHeaderSize, page.end(), bytes + kPageHeaderSize);
}

// A disk, a cache, and how a file is opened on them.
class Fixture {
 public:
  static constexpr const char* kPath = "/db/test.pages";

  explicit Fixture(uint32_t page_size = kPageSizeMin, uint64_t cache_bytes = uint64_t{1} << 20,
                   uint64_t seed = 1)
      : machine(seed),
        options{.uuid = {1, 2, 3}, .file_id = 7, .page_size = page_size},
        cache(std::make_unique<PageCache>(cache_bytes)) {
    machine.disk.furnish("/db");
  }

  [[nodiscard]] FilePtr create() {
    auto made = PageFile::create(machine.environment(), kPath, options, *cache);
    EXPECT_TRUE(test::succeeded(made));
    return made ? *made : nullptr;
  }
  [[nodiscard]] Result<FilePtr> try_open(bool for_writing = true) {
    return PageFile::open(machine.environment(), kPath, options, *cache, for_writing);
  }
  [[nodiscard]] FilePtr open(bool for_writing = true) {
    auto opened = try_open(for_writing);
    EXPECT_TRUE(test::succeeded(opened));
    return opened ? *opened : nullptr;
  }

  sim::SimMachine machine;
  PageFileOptions options;
  std::unique_ptr<PageCache> cache;
};

[[nodiscard]] inline WriterPtr begin(PageFile& file) {
  auto begun = file.begin();
  EXPECT_TRUE(test::succeeded(begun));
  return begun ? std::move(*begun) : nullptr;
}

[[nodiscard]] inline PageRef write(PageWriter& writer, uint64_t content,
                                   PageType type = PageType::kLeaf) {
  PageBytes page = page_of(writer.file().page_size(), content, type);
  const auto ref = writer.write(page);
  EXPECT_TRUE(test::succeeded(ref));
  return ref ? *ref : PageRef();
}

// Commits roots of one page each, named by number.
[[nodiscard]] inline Status commit(PageWriter& writer, const std::vector<PageRef>& pages,
                                   uint64_t tsn = 0) {
  Roots roots;
  for (size_t i = 0; i < pages.size(); ++i) {
    roots[std::to_string(i)] = {.page = pages[i], .height = 1, .entries = 1};
  }
  return writer.commit(roots, tsn, Note());
}

// Returns whether the page can be read and holds that content.
[[nodiscard]] inline ::testing::AssertionResult holds(const PageFile& file, const PageRef& ref,
                                                      uint64_t content) {
  const auto pin = file.read(ref);
  if (!pin) return ::testing::AssertionFailure() << test::describe(pin.error());
  if (is_page_of(pin->bytes(), file.page_size(), content)) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "page " << ref.number << " does not hold " << content;
}

// Returns whether each page of the file is one of these or free.
[[nodiscard]] inline ::testing::AssertionResult is_accounted_for(
    const PageFile& file, const State& state, const std::vector<PageRef>& pages) {
  PageCensus census(file, state);
  Status counted = census.mark_free();
  for (const PageRef& ref : pages) {
    if (counted) counted = census.mark(ref.number);
  }
  if (counted) counted = census.finish();
  return test::succeeded(counted);
}

}  // namespace stele::page
