// Calls the C API for tables.
#include "stele_rows.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "sample.h"

namespace stele::bench {

namespace {

constexpr size_t kLoadBatch = 10'000;
constexpr size_t kViews = 128;
constexpr size_t kCopies = size_t{256} << 10;

uint64_t first_of(stele_bytes bytes) {
  return bytes.data[0];
}

// A scan of all rows, closed at the end.
class RowScan {
 public:
  explicit RowScan(stele_table* table) {
    stele_error error = STELE_ERROR_INIT;
    require(stele_scan_open(table, nullptr, &scan_, &error), error);
  }
  RowScan(const RowScan&) = delete;
  RowScan& operator=(const RowScan&) = delete;
  ~RowScan() { stele_scan_close(scan_); }
  [[nodiscard]] stele_scan* get() const { return scan_; }

 private:
  stele_scan* scan_ = nullptr;
};

}  // namespace

stele_options rows_options(const Setup& setup) {
  stele_options options =
      options_of(setup.sync == Sync::kNever ? STELE_DURABILITY_OS : STELE_DURABILITY_SYNC);
  options.memory_budget = setup.memory;
  options.checkpoint_log = setup.log;
  return options;
}

void checkpoint(const Store& store) {
  stele_error error = STELE_ERROR_INIT;
  require(stele_checkpoint(store.get(), &error), error);
}

Rows::Rows(const Store& store, const std::string& name, stele_history history) : store_(store) {
  stele_error error = STELE_ERROR_INIT;
  stele_table_options options = {};
  options.struct_size = sizeof options;
  options.history = history;
  const stele_status made =
      stele_table_create(store_.get(), nullptr, 0, name.data(), name.size(), &options, &error);
  if (made != STELE_EXISTS) require(made, error);
  require(stele_table_open(store_.get(), nullptr, 0, name.data(), name.size(), &table_, &error),
          error);
  require(stele_batch_create(store_.get(), &batch_, &error), error);
}

Rows::~Rows() {
  stele_batch_close(batch_);
  stele_table_close(table_);
}

void Rows::put(Bytes key, Bytes row) {
  stele_error error = STELE_ERROR_INIT;
  require(stele_batch_put(batch_, table_, key.data(), key.size(), row.data(), row.size(), &error),
          error);
}

void Rows::append(uint64_t number) {
  const Sample event = sample(number, {course_tag(number), student_tag(number), {}});
  const std::array<stele_text, 2> tags = {stele_text{event.tags[0].data(), event.tags[0].size()},
                                          stele_text{event.tags[1].data(), event.tags[1].size()}};
  stele_new_event input = {};
  input.struct_size = sizeof input;
  input.event_type = {kSampleType, std::strlen(kSampleType)};
  input.data = {event.data.data(), event.data.size()};
  input.tags = tags.data();
  input.tag_count = tags.size();
  stele_error error = STELE_ERROR_INIT;
  require(stele_batch_event(batch_, &input, &error), error);
}

uint64_t Rows::commit() {
  stele_commit_result result = {};
  result.struct_size = sizeof result;
  stele_error error = STELE_ERROR_INIT;
  require(stele_commit(store_.get(), batch_, &result, &error), error);
  return result.last_position;
}

uint64_t Rows::get(Bytes key, const stele_as_of* as_of) {
  size_t size = 0;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status = stele_table_get(table_, as_of, key.data(), key.size(), row_.data(),
                                              row_.size(), &size, nullptr, &error);
  require(status, error);
  return size + row_[0];
}

Seen Rows::get_many(Keys keys) {
  buffer_.resize(kCopies);
  keys_.clear();
  for (const Key& key : keys) keys_.push_back({key.data(), key.size()});
  size_t used = 0;
  stele_error error = STELE_ERROR_INIT;
  require(stele_table_get_many(table_, nullptr, keys_.data(), keys_.size(), buffer_.data(),
                               buffer_.size(), &used, &error),
          error);
  Seen seen;
  stele_row row = {};
  row.struct_size = sizeof row;
  size_t at = 0;
  while (stele_row_next(buffer_.data(), used, &at, &row, &error) == STELE_OK) {
    ++seen.events;
    seen.bytes += row.value.size + first_of(row.value);
  }
  return seen;
}

Seen Rows::scan() {
  const RowScan scan(table_);
  Seen seen;
  std::array<stele_row, kViews> rows = {};
  rows[0].struct_size = sizeof rows[0];
  stele_error error = STELE_ERROR_INIT;
  for (;;) {
    size_t count = 0;
    const stele_status status =
        stele_scan_next_views(scan.get(), rows.data(), rows.size(), &count, &error);
    if (status == STELE_END) return seen;
    require(status, error);
    seen.events += count;
    for (size_t i = 0; i < count; ++i) {
      seen.bytes += rows[i].value.size + first_of(rows[i].value) + first_of(rows[i].key);
    }
  }
}

Seen Rows::scan_singly() {
  const RowScan scan(table_);
  Seen seen;
  stele_row row = {};
  row.struct_size = sizeof row;
  stele_error error = STELE_ERROR_INIT;
  for (;;) {
    const stele_status status = stele_scan_next(scan.get(), &row, &error);
    if (status == STELE_END) return seen;
    require(status, error);
    ++seen.events;
    seen.bytes += row.value.size + first_of(row.value) + first_of(row.key);
  }
}

Seen Rows::scan_copies() {
  buffer_.resize(kCopies);
  const RowScan scan(table_);
  Seen seen;
  stele_error error = STELE_ERROR_INIT;
  for (;;) {
    size_t used = 0;
    uint32_t count = 0;
    const stele_status status =
        stele_scan_next_batch(scan.get(), buffer_.data(), buffer_.size(), &used, &count, &error);
    if (status == STELE_END) return seen;
    require(status, error);
    seen.events += count;
    seen.bytes += used;
  }
}

SteleRows::SteleRows(const Setup& setup)
    : directory_(setup.directory + "/db"),
      store_(directory_, rows_options(setup)),
      rows_(store_, "rows", STELE_HISTORY_NONE) {}

void SteleRows::load(Keys sorted) {
  while (!sorted.empty()) {
    const size_t count = std::min(kLoadBatch, sorted.size());
    write(sorted.first(count));
    sorted = sorted.subspan(count);
  }
  finish();
}

void SteleRows::write(Keys keys) {
  for (const Key& key : keys) rows_.put(key, value_of(key));
  rows_.commit();
}

Seen SteleRows::get(Keys keys) {
  Seen seen;
  for (const Key& key : keys) seen.bytes += rows_.get(key, nullptr);
  seen.events = keys.size();
  return seen;
}

uint64_t SteleRows::file_bytes() const {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

}  // namespace stele::bench
