// LMDB: one transaction for a batch, an fdatasync for each. Its pages are those of the machine, 4
// KiB.
#include <lmdb.h>

#include <filesystem>
#include <stdexcept>

#include "ordered_store.h"

namespace stele::bench {

namespace {

constexpr size_t kMapSize = size_t{16} << 30;

void require(int code) {
  if (code != MDB_SUCCESS) throw std::runtime_error(std::string("lmdb: ") + mdb_strerror(code));
}

MDB_val val_of(Bytes bytes) {
  return {bytes.size(), const_cast<uint8_t*>(bytes.data())};  // It does not write there.
}

class LmdbTree final : public OrderedStore {
 public:
  explicit LmdbTree(const Setup& setup) : directory_(setup.directory) {
    require(mdb_env_create(&env_));
    require(mdb_env_set_mapsize(env_, kMapSize));
    const unsigned flags = MDB_NOTLS | (setup.sync == Sync::kNever ? MDB_NOSYNC : 0U) |
                           (setup.scattered ? MDB_NORDAHEAD : 0U);
    require(mdb_env_open(env_, directory_.c_str(), flags, 0666));
    MDB_txn* txn = begin(0);
    require(mdb_dbi_open(txn, nullptr, 0, &dbi_));
    require(mdb_txn_commit(txn));
  }
  ~LmdbTree() override { mdb_env_close(env_); }

  void load(Keys sorted) override { put(sorted, MDB_APPEND); }
  void write(Keys keys) override { put(keys, 0); }
  void finish() override {}

  Seen get(Keys keys) override {
    MDB_txn* txn = begin(MDB_RDONLY);
    Seen seen;
    for (const Key& key : keys) {
      MDB_val name = val_of(key);
      MDB_val value;
      require(mdb_get(txn, dbi_, &name, &value));
      ++seen.events;
      seen.bytes += value.mv_size + *static_cast<const uint8_t*>(value.mv_data);
    }
    mdb_txn_abort(txn);
    return seen;
  }

  Seen scan() override {
    MDB_txn* txn = begin(MDB_RDONLY);
    MDB_cursor* cursor = nullptr;
    require(mdb_cursor_open(txn, dbi_, &cursor));
    Seen seen;
    MDB_val key;
    MDB_val value;
    int code = MDB_SUCCESS;
    while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == MDB_SUCCESS) {
      ++seen.events;
      seen.bytes += value.mv_size + *static_cast<const uint8_t*>(value.mv_data) +
                    *static_cast<const uint8_t*>(key.mv_data);
    }
    if (code != MDB_NOTFOUND) require(code);
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    return seen;
  }

  [[nodiscard]] uint64_t file_bytes() const override { return bytes_in(directory_); }

 private:
  [[nodiscard]] MDB_txn* begin(unsigned flags) const {
    MDB_txn* txn = nullptr;
    require(mdb_txn_begin(env_, nullptr, flags, &txn));
    return txn;
  }

  void put(Keys keys, unsigned flags) {
    MDB_txn* txn = begin(0);
    MDB_cursor* cursor = nullptr;
    require(mdb_cursor_open(txn, dbi_, &cursor));
    for (const Key& key : keys) {
      MDB_val name = val_of(key);
      MDB_val value = val_of(value_of(key));
      require(mdb_cursor_put(cursor, &name, &value, flags));
    }
    mdb_cursor_close(cursor);
    require(mdb_txn_commit(txn));
  }

  std::string directory_;
  MDB_env* env_ = nullptr;
  MDB_dbi dbi_ = 0;
};

}  // namespace

std::unique_ptr<OrderedStore> make_lmdb_tree(const Setup& setup) {
  return std::make_unique<LmdbTree>(setup);
}

}  // namespace stele::bench
