// Any bytes as the records of a caller's batch: what is taken commits, comes back as it was, and
// can be written again.
//
// Input: a byte of flags, then the records. Flag 1: the first of them asks for a new id.
#include <stele/stele.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "events/record.h"
#include "fuzz/target.h"

namespace stele::fuzz {
namespace {

constexpr uint8_t kNewId = 1;
constexpr uint64_t kEventsMax = 20'000;  // Then a new database, so that memory does not grow.

uint64_t accepted_count = 0;  // NOLINT: for accepted(), which has no object to ask

// A database in memory, and a batch of it.
class World {
 public:
  World() {
    stele_options options;
    stele_options_init(&options);
    options.segment_size = uint64_t{1} << 20;
    require(stele_open(":memory:", 8, &options, &db_, nullptr) == STELE_OK, "a database");
    require(stele_batch_create(db_, &batch_, nullptr) == STELE_OK, "a batch");
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() {
    stele_batch_close(batch_);
    stele_close(db_, nullptr);
  }

  void try_records(const std::vector<uint8_t>& bytes) {
    stele_error error = STELE_ERROR_INIT;
    const stele_status taken = stele_batch_events(batch_, bytes.data(), bytes.size(), &error);
    if (taken != STELE_OK) {
      require(taken == STELE_INVALID || taken == STELE_TOO_LARGE || taken == STELE_CORRUPT ||
                  taken == STELE_UNSUPPORTED,
              error.message);
      require(error.offset <= bytes.size(), "refused at an offset behind the bytes");
      require(stele_commit(db_, batch_, nullptr, nullptr) == STELE_INVALID,
              "refused, and not left out");
      return;
    }
    commit(bytes.empty(), error);
  }
  [[nodiscard]] uint64_t events() const { return events_; }

 private:
  void commit(bool empty, stele_error& error) {
    stele_commit_result result = {};
    result.struct_size = sizeof result;
    const stele_status status = stele_commit(db_, batch_, &result, &error);
    if (status == STELE_OK) {
      require(!empty, "nothing was committed");
      events_ = result.last_position;
      read_back(result);
      ++accepted_count;
      return;
    }
    // An id that is there, twice in the batch, or a batch of nothing.
    require(status == STELE_EXISTS || status == STELE_INVALID, error.message);
    require(stele_batch_clear(batch_, nullptr) == STELE_OK, "a batch is cleared");
  }

  void read_back(const stele_commit_result& result) {
    std::vector<uint8_t> records;
    for (uint64_t at = result.first_position; at <= result.last_position; ++at) {
      const size_t size = records.size();
      size_t used = 0;
      const auto short_by = stele_get(db_, at, nullptr, 0, &used, nullptr);
      require(short_by == STELE_BUFFER_TOO_SMALL, "an event that was committed is there");
      records.resize(size + used);
      require(stele_get(db_, at, records.data() + size, used, &used, nullptr) == STELE_OK,
              "it fits where it should");
      stele_event view = {};
      view.struct_size = sizeof view;
      require(stele_event_decode(records.data() + size, used, &view, nullptr) == STELE_OK,
              "it can be decoded");
      require(view.position == at && view.record.size == used, "it is the one it should be");
    }
    require(stele_batch_events(batch_, records.data(), records.size(), nullptr) == STELE_OK,
            "what was read can be written");
    require(stele_commit(db_, batch_, nullptr, nullptr) == STELE_EXISTS, "its ids are there");
    require(stele_batch_clear(batch_, nullptr) == STELE_OK, "a batch is cleared");
  }

  stele_db* db_ = nullptr;
  stele_batch* batch_ = nullptr;
  uint64_t events_ = 0;
};

}  // namespace

uint64_t accepted() {
  return accepted_count;
}

}  // namespace stele::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace events = stele::events;
  static std::unique_ptr<stele::fuzz::World> world;
  if (size == 0) return 0;
  if (world == nullptr || world->events() > stele::fuzz::kEventsMax) {
    world.reset();
    world = std::make_unique<stele::fuzz::World>();
  }
  // A copy of its own, so that a sanitizer sees every step past its end.
  std::vector<uint8_t> bytes(data + 1, data + size);
  if ((data[0] & stele::fuzz::kNewId) != 0 && bytes.size() >= events::kFixedSize) {
    std::fill_n(bytes.data() + events::kIdOffset, events::kIdSize, uint8_t{0});
  }
  world->try_records(bytes);
  return 0;
}
