// A page file in memory for fuzz targets of trees.
#pragma once

#include <cstdint>
#include <memory>

#include "fuzz/target.h"
#include "os/fixed_environment.h"
#include "os/memory_files.h"
#include "page/page_cache.h"
#include "page/page_file.h"
#include "page/page_writer.h"

namespace stele::fuzz {

class TreeWorld {
 public:
  explicit TreeWorld(uint32_t page_size) : options_{.file_id = 1, .page_size = page_size} {
    auto made = page::PageFile::create(environment(), kPath, options_, cache_);
    require_ok(made, "a page file");
    file_ = *std::move(made);
  }

  void reopen() {
    file_.reset();
    auto opened = page::PageFile::open(environment(), kPath, options_, cache_, true);
    require_ok(opened, "a page file again");
    file_ = *std::move(opened);
  }
  [[nodiscard]] page::PageFile& file() { return *file_; }
  [[nodiscard]] std::unique_ptr<page::PageWriter> begin() {
    auto writer = file_->begin();
    require_ok(writer, "a writer");
    return *std::move(writer);
  }

 private:
  static constexpr const char* kPath = "/fuzz.pages";
  [[nodiscard]] os::Environment environment() { return {&files_, &clock_, &random_}; }

  os::MemoryFiles files_;
  os::FixedClock clock_{0};
  os::SeededRandom random_{1};
  page::PageFileOptions options_;
  page::PageCache cache_{uint64_t{1} << 20};
  std::shared_ptr<page::PageFile> file_;
};

}  // namespace stele::fuzz
