// The store under measurement: the C API with errors as exceptions, in a directory of its own.
#pragma once

#include <stele/stele.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace stele::bench {

inline void require(stele_status status, const stele_error& error) {
  if (status != STELE_OK) throw std::runtime_error(error.message);
}

// Where files go that are to meet the disk: $TMPDIR, or the working directory.
inline std::string disk_directory() {
  const char* parent = std::getenv("TMPDIR");
  return parent != nullptr ? parent : ".";
}

// Where files go that are to cost the processor's part alone, if there is such a place.
inline std::string memory_directory() {
  const std::string memory = "/dev/shm";
  return std::filesystem::is_directory(memory) ? memory : disk_directory();
}

// A directory of our own, removed at the end.
class Directory {
 public:
  explicit Directory(const std::string& parent = disk_directory())
      : path_(parent + "/stele_bench.XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp " + path_);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline stele_options options_of(stele_durability durability) {
  stele_options options;
  stele_options_init(&options);
  options.durability = durability;
  return options;
}

class Store {
 public:
  Store(const std::string& path, const stele_options& options) {
    stele_error error = STELE_ERROR_INIT;
    require(stele_open(path.data(), path.size(), &options, &db_, &error), error);
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store() { stele_close(db_, nullptr); }
  [[nodiscard]] stele_db* get() const { return db_; }
  [[nodiscard]] stele_stats stats() const {
    stele_stats stats;
    stele_stats_init(&stats);
    stele_error error = STELE_ERROR_INIT;
    require(stele_stats_get(db_, &stats, &error), error);
    return stats;
  }

 private:
  stele_db* db_ = nullptr;
};

// Commits batches of events of 256 bytes with 2 tags: one of 100 values, one nearly unique.
class Appender {
 public:
  Appender(const Store& store, uint64_t seed) : store_(store), number_(seed << 32) {
    stele_error error = STELE_ERROR_INIT;
    require(stele_batch_create(store_.get(), &batch_, &error), error);
    for (size_t i = 0; i < data_.size(); ++i) data_[i] = static_cast<uint8_t>(i * 31 + seed);
  }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;
  ~Appender() {
    stele_ticket_close(under_way_);
    stele_batch_close(batch_);
  }

  void fill(int events) {
    for (int i = 0; i < events; ++i) {
      const std::string common = "course:" + std::to_string(number_ % 100);
      const std::string rare = "student:" + std::to_string(number_);
      const stele_text tags[2] = {{common.data(), common.size()}, {rare.data(), rare.size()}};
      stele_new_event input = {};
      input.struct_size = sizeof input;
      input.event_type = STELE_TEXT("StudentEnrolled");
      input.data = {data_.data(), data_.size()};
      input.tags = tags;
      input.tag_count = 2;
      stele_error error = STELE_ERROR_INIT;
      require(stele_batch_event(batch_, &input, &error), error);
      ++number_;
    }
  }
  void commit() {
    stele_error error = STELE_ERROR_INIT;
    require(stele_commit(store_.get(), batch_, nullptr, &error), error);
  }
  // Begins to commit, then waits for the commit begun before it: one is always under way.
  void commit_behind() {
    stele_error error = STELE_ERROR_INIT;
    stele_ticket* ticket = nullptr;
    require(stele_commit_async(store_.get(), batch_, &ticket, &error), error);
    finish();
    under_way_ = ticket;
  }
  // Waits for the commit under way.
  void finish() {
    if (under_way_ == nullptr) return;
    stele_error error = STELE_ERROR_INIT;
    require(stele_ticket_wait(under_way_, STELE_FOREVER, nullptr, &error), error);
    stele_ticket_close(under_way_);
    under_way_ = nullptr;
  }

 private:
  stele_ticket* under_way_ = nullptr;
  const Store& store_;
  uint64_t number_;
  stele_batch* batch_ = nullptr;
  std::vector<uint8_t> data_ = std::vector<uint8_t>(256);
};

}  // namespace stele::bench
