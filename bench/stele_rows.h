// Stele's side where tables are compared: the C API, as a user calls it.
//
// Threads: one at a time, but any number of these on one Store.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "ordered_store.h"
#include "store.h"

namespace stele::bench {

// Options for the memory, the log and the durability of a setup.
[[nodiscard]] stele_options rows_options(const Setup& setup);

// A table, made if it is not there, and a batch for it. Errors are exceptions.
class Rows {
 public:
  Rows(const Store& store, const std::string& name, stele_history history);
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  // Adds to the batch.
  void put(Bytes key, Bytes row);
  void append(uint64_t number);  // One event of 256 bytes and 2 tags.
  // Returns the position of the batch's last event; 0: it had none.
  uint64_t commit();

  // Returns the size of the row and its first byte. Requires: it is there.
  uint64_t get(Bytes key, const stele_as_of* as_of);
  // The same of many rows, in one call.
  Seen get_many(Keys keys);
  // All rows, viewed as many at a time as lie together.
  Seen scan();
  // The same with a call for each row.
  Seen scan_singly();
  // The same in copies, 256 KiB at a time. Bytes are those of the records.
  Seen scan_copies();

 private:
  const Store& store_;
  stele_table* table_ = nullptr;
  stele_batch* batch_ = nullptr;
  std::array<uint8_t, 4096> row_ = {};
  std::vector<uint8_t> buffer_;
  std::vector<stele_bytes> keys_;
};

void checkpoint(const Store& store);

class SteleRows final : public OrderedStore {
 public:
  explicit SteleRows(const Setup& setup);
  void load(Keys sorted) override;
  Seen get(Keys keys) override;
  Seen scan() override { return rows_.scan(); }
  void write(Keys keys) override;
  void finish() override { checkpoint(store_); }
  [[nodiscard]] uint64_t file_bytes() const override;

  Seen get_many(Keys keys) { return rows_.get_many(keys); }
  Seen scan_singly() { return rows_.scan_singly(); }
  Seen scan_copies() { return rows_.scan_copies(); }
  [[nodiscard]] stele_stats stats() const { return store_.stats(); }

 private:
  std::string directory_;
  Store store_;
  Rows rows_;
};

}  // namespace stele::bench
