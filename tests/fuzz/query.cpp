// Any bytes as a query: what is decoded says the same when it is encoded and decoded again, and
// asks a database the same.
//
// Input: a byte that says nothing, then the query.
#include <stele/stele.h>

#include <cstring>
#include <vector>

#include "fuzz/target.h"

namespace stele::fuzz {
namespace {

uint64_t accepted_count = 0;  // NOLINT: for accepted(), which has no object to ask

std::vector<uint8_t> encoded(const stele_query* query) {
  size_t size = 0;
  const auto asked = stele_query_encode(query, nullptr, 0, &size, nullptr);
  require(asked == STELE_BUFFER_TOO_SMALL, "a query has bytes");
  std::vector<uint8_t> bytes(size);
  require(stele_query_encode(query, bytes.data(), size, &size, nullptr) == STELE_OK, "they fit");
  require(size == bytes.size(), "they are as many as it said");
  return bytes;
}

// A few events that the seeds ask for.
stele_db* database() {
  static stele_db* const kDatabase = [] {
    stele_options options;
    stele_options_init(&options);
    options.segment_size = uint64_t{1} << 20;
    stele_db* db = nullptr;
    stele_batch* batch = nullptr;
    require(stele_open(":memory:", 8, &options, &db, nullptr) == STELE_OK, "a database");
    require(stele_batch_create(db, &batch, nullptr) == STELE_OK, "a batch");
    const uint8_t id[16] = {1, 2, 3};
    const stele_text tags[] = {STELE_TEXT("a"), STELE_TEXT("b")};
    for (size_t i = 0; i < 40; ++i) {
      stele_new_event event = {};
      event.struct_size = sizeof event;
      event.event_type = i % 2 == 0 ? STELE_TEXT("order.placed") : STELE_TEXT("Note");
      event.entity = i % 3 == 0 ? STELE_TEXT("order/1") : STELE_TEXT("order/2");
      event.scope = i % 5 == 0 ? STELE_TEXT("north") : STELE_TEXT("south");
      event.tags = tags;
      event.tag_count = i % 3;
      event.correlation_id = i % 4 == 0 ? id : nullptr;
      event.causation_id = i % 7 == 0 ? id : nullptr;
      event.has_time = 1;
      event.time = static_cast<int64_t>(i) * 100;
      require(stele_batch_event(batch, &event, nullptr) == STELE_OK, "an event");
    }
    require(stele_commit(db, batch, nullptr, nullptr) == STELE_OK, "a commit");
    stele_batch_close(batch);
    return db;
  }();
  return kDatabase;
}

uint64_t count(const stele_query* query) {
  uint64_t number = 0;
  require(stele_count(database(), query, &number, nullptr) == STELE_OK, "a query can be asked");
  const auto exists = stele_exists(database(), query, nullptr);
  require(exists == (number > 0 ? STELE_OK : STELE_NOT_FOUND), "what is counted exists");
  return number;
}

void try_query(const std::vector<uint8_t>& bytes) {
  stele_query* query = nullptr;
  stele_error error = STELE_ERROR_INIT;
  const auto status = stele_query_decode(bytes.data(), bytes.size(), &query, &error);
  if (status != STELE_OK) {
    require(status == STELE_INVALID || status == STELE_TOO_LARGE || status == STELE_UNSUPPORTED,
            error.message);
    require(error.offset <= bytes.size(), "refused at an offset behind the bytes");
    require(query == nullptr, "no query on failure");
    return;
  }
  const std::vector<uint8_t> once = encoded(query);
  stele_query* again = nullptr;
  require(stele_query_decode(once.data(), once.size(), &again, &error) == STELE_OK, error.message);
  require(encoded(again) == once, "encoding is stable");
  require(once.size() <= bytes.size(), "encoding adds nothing");
  require(count(query) == count(again), "it asks the same");
  stele_query_close(query);
  stele_query_close(again);
  ++accepted_count;
}

}  // namespace

uint64_t accepted() {
  return accepted_count;
}

}  // namespace stele::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  // A copy of its own, so that a sanitizer sees every step past its end.
  stele::fuzz::try_query({data + 1, data + size});
  return 0;
}
