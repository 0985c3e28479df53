// RocksDB: one write batch for a transaction, synced; logs that are used again, no compression.
//
// This version uses logs again only where a recovery skips what is corrupt: otherwise it sets
// recycle_log_file_num back to 0 without a word, and each sync pays for a file that grows. Where
// such a recovery meets a log that was used again, it never ends; so what is opened for reads has
// neither.
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "ordered_store.h"

namespace stele::bench {

namespace {

constexpr size_t kLogsKept = 2;

void require(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error("rocksdb: " + status.ToString());
}

rocksdb::Slice slice_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

uint64_t first_of(const rocksdb::Slice& slice) {
  return static_cast<uint8_t>(slice[0]);
}

rocksdb::Options rocksdb_options(const Setup& setup) {
  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = rocksdb::NewLRUCache(setup.memory);
  blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  options.write_buffer_size = setup.log;
  if (!setup.scattered) {
    options.recycle_log_file_num = kLogsKept;
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords;
  }
  options.max_background_jobs = 2;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  return options;
}

class RocksdbTree final : public OrderedStore {
 public:
  explicit RocksdbTree(const Setup& setup) : directory_(setup.directory) {
    writes_.sync = setup.sync == Sync::kEachCommit;
    rocksdb::DB* db = nullptr;
    require(rocksdb::DB::Open(rocksdb_options(setup), directory_, &db));
    db_.reset(db);
    if (!setup.scattered && db_->GetDBOptions().recycle_log_file_num != kLogsKept) {
      throw std::runtime_error("rocksdb: does not use logs again");
    }
  }
  ~RocksdbTree() override { db_->Close().PermitUncheckedError(); }

  // Through the log, so that there are logs to be used again; all of it then in one level.
  void load(Keys sorted) override {
    constexpr size_t kLoadBatch = 10'000;
    while (!sorted.empty()) {
      const size_t count = std::min(kLoadBatch, sorted.size());
      write(sorted.first(count));
      sorted = sorted.subspan(count);
    }
    finish();
    require(db_->CompactRange({}, nullptr, nullptr));
  }

  void write(Keys keys) override {
    batch_.Clear();
    for (const Key& key : keys) require(batch_.Put(slice_of(key), slice_of(value_of(key))));
    require(db_->Write(writes_, &batch_));
  }

  void finish() override { require(db_->Flush({})); }

  void settle() override {
    for (const std::string& what : {rocksdb::DB::Properties::kNumRunningCompactions,
                                    rocksdb::DB::Properties::kCompactionPending}) {
      uint64_t count = 1;
      while (db_->GetIntProperty(what, &count) && count != 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    }
  }

  Seen get(Keys keys) override {
    Seen seen;
    rocksdb::PinnableSlice value;
    rocksdb::ColumnFamilyHandle* const family = db_->DefaultColumnFamily();
    for (const Key& key : keys) {
      value.Reset();
      require(db_->Get({}, family, slice_of(key), &value));
      ++seen.events;
      seen.bytes += value.size() + first_of(value);
    }
    return seen;
  }

  Seen scan() override {
    const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator({}));
    Seen seen;
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      ++seen.events;
      seen.bytes += at->value().size() + first_of(at->value()) + first_of(at->key());
    }
    require(at->status());
    return seen;
  }

  [[nodiscard]] uint64_t file_bytes() const override { return bytes_in(directory_); }

 private:
  std::string directory_;
  rocksdb::WriteOptions writes_;
  rocksdb::WriteBatch batch_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace

std::unique_ptr<OrderedStore> make_rocksdb_tree(const Setup& setup) {
  return std::make_unique<RocksdbTree>(setup);
}

}  // namespace stele::bench
