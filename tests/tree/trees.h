// Trees in page files in memory, what changes them, and a std::map that they are compared with.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "os/fixed_environment.h"
#include "os/memory_files.h"
#include "page/page_cache.h"
#include "page/page_census.h"
#include "page/page_file.h"
#include "page/page_writer.h"
#include "support/results.h"
#include "tree/apply.h"
#include "tree/cursor.h"
#include "tree/key.h"
#include "tree/tree.h"
#include "tree/verify.h"

namespace stele::tree {

using FilePtr = std::shared_ptr<page::PageFile>;
using WriterPtr = std::unique_ptr<page::PageWriter>;
using Model = std::map<std::string, std::string>;
// What becomes of keys; without a value they are erased.
using Batch = std::map<std::string, std::optional<std::string>>;

[[nodiscard]] inline std::string number_key(uint64_t number) {
  return std::string(as_text(key_of(number)));
}

// Returns `size` bytes that follow from `seed`.
[[nodiscard]] inline std::string bytes_of(uint64_t seed, size_t size) {
  std::string bytes(size, '\0');
  os::SeededRandom random(seed);
  EXPECT_TRUE(random.fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()}));
  return bytes;
}

// A batch as apply() takes it. Values of odd sizes come from a ValueSource.
class BatchSource final : public ChangeSource {
 public:
  explicit BatchSource(const Batch& batch) : at_(batch.begin()), end_(batch.end()) {}

  Result<const Change*> next() override {
    if (at_ == end_) return nullptr;
    change_ = {.key = as_bytes(at_->first), .is_erase = !at_->second};
    if (at_->second) {
      change_.value = as_bytes(*at_->second);
      if (at_->second->size() % 2 == 1) {
        source_.emplace(as_bytes(*at_->second));
        change_.value = {};
        change_.large = &*source_;
      }
    }
    ++at_;
    return &change_;
  }

 private:
  class Source final : public ValueSource {
   public:
    explicit Source(ByteView bytes) : bytes_(bytes), size_(bytes.size()) {}
    uint64_t size() const override { return size_; }
    Status read(ByteSpan into) override {
      copy_bytes(into.data(), bytes_.first(into.size()));
      bytes_ = bytes_.subspan(into.size());
      return {};
    }

   private:
    ByteView bytes_;
    uint64_t size_;
  };

  Batch::const_iterator at_;
  Batch::const_iterator end_;
  Change change_;
  std::optional<Source> source_;
};

// A page file in memory with one tree in it.
class World {
 public:
  explicit World(uint32_t page_size = page::kPageSizeMin, LeafKind leaf_kind = LeafKind::kSlotted,
                 uint64_t cache_bytes = uint64_t{1} << 20)
      : kind(leaf_kind), cache(cache_bytes) {
    options.page_size = page_size;
    auto made = page::PageFile::create(environment(), kPath, options, cache);
    EXPECT_TRUE(test::succeeded(made));
    if (made) file = *std::move(made);
  }

  void reopen() {
    file.reset();
    auto opened = page::PageFile::open(environment(), kPath, options, cache, true);
    EXPECT_TRUE(test::succeeded(opened));
    if (opened) file = *std::move(opened);
  }

  [[nodiscard]] os::Environment environment() { return {&files, &clock, &random}; }
  [[nodiscard]] page::Root root() const { return file->state()->root("tree"); }

  // Works the batch into the tree, and commits.
  Status try_apply(const Batch& batch) {
    auto writer = file->begin();
    if (!writer) return fail(writer.error());
    BatchSource source(batch);
    const auto made = tree::apply(**writer, root(), kind, source);
    if (!made) return fail(made.error());
    pages_written = (*writer)->pages_written();
    return (*writer)->commit({{"tree", *made}}, 0, {});
  }
  void apply(const Batch& batch) { ASSERT_TRUE(test::succeeded(try_apply(batch))); }

  // Every page is reached once or free, and the tree is as it should be.
  [[nodiscard]] Status try_verify() const {
    const auto state = file->state();
    page::PageCensus census(*file, *state);
    STELE_TRY(tree::verify(*file, state->root("tree"), kind,
                           [&](uint64_t page) { return census.mark(page); }));
    STELE_TRY(census.mark_free());
    return census.finish();
  }
  void verify() const { ASSERT_TRUE(test::succeeded(try_verify())); }

  // Returns a whole value.
  [[nodiscard]] std::string read(const Value& value) const {
    std::string bytes(value.size(), '\0');
    EXPECT_TRUE(test::succeeded(
        read_value(*file, value, 0, {reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()})));
    return bytes;
  }

  // Returns the value of a key, nothing if it is not there.
  [[nodiscard]] std::optional<std::string> get(const std::string& key) const {
    Found found;
    const auto is_there = tree::get(*file, root(), as_bytes(key), found);
    EXPECT_TRUE(test::succeeded(is_there));
    if (!is_there || !*is_there) return std::nullopt;
    return read(found.value);
  }

  // Returns all that a cursor comes by.
  [[nodiscard]] Model contents() const {
    Model model;
    Cursor cursor(*file, root(), page::PageUse::kOnce);
    auto at = cursor.first();
    for (; at && *at; at = cursor.next()) {
      const bool is_new =
          model.try_emplace(std::string(as_text(cursor.key())), read(cursor.value())).second;
      EXPECT_TRUE(is_new) << "a key comes twice";
    }
    EXPECT_TRUE(test::succeeded(at));
    return model;
  }

  static constexpr const char* kPath = "/test.pages";
  os::MemoryFiles files;
  os::FixedClock clock{0};
  os::SeededRandom random{1};
  page::PageFileOptions options{.uuid = {1, 2, 3}, .file_id = 7};
  LeafKind kind;
  page::PageCache cache;
  FilePtr file;
  uint64_t pages_written = 0;  // By the newest batch.
};

}  // namespace stele::tree
