// Appending and reading through the C API.
#include "stele_events.h"

namespace stele::bench {

namespace {

constexpr size_t kBufferSize = size_t{256} << 10;  // Stays in the processor's cache.

class Cursor {
 public:
  Cursor(const Store& store, const stele_query* query) {
    stele_error error = STELE_ERROR_INIT;
    require(stele_read(store.get(), query, nullptr, &cursor_, &error), error);
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor() { stele_cursor_close(cursor_); }
  [[nodiscard]] stele_cursor* get() const { return cursor_; }

 private:
  stele_cursor* cursor_ = nullptr;
};

}  // namespace

TagQuery::TagQuery(std::span<const std::string> tags) {
  stele_error error = STELE_ERROR_INIT;
  require(stele_query_create(&query_, &error), error);
  for (const std::string& tag : tags) {
    require(stele_query_tag(query_, tag.data(), tag.size(), &error), error);
  }
}

SteleEvents::SteleEvents(const Store& store) : store_(store) {
  stele_error error = STELE_ERROR_INIT;
  require(stele_batch_create(store_.get(), &batch_, &error), error);
}

void SteleEvents::add(const Sample& event) {
  std::array<stele_text, std::tuple_size_v<decltype(event.tags)>> tags;
  size_t count = 0;
  for (const std::string& tag : event.tags) {
    if (!tag.empty()) tags[count++] = {tag.data(), tag.size()};
  }
  stele_new_event input = {};
  input.struct_size = sizeof input;
  input.event_type = {kSampleType, std::strlen(kSampleType)};
  input.data = {event.data.data(), event.data.size()};
  input.tags = tags.data();
  input.tag_count = count;
  stele_error error = STELE_ERROR_INIT;
  require(stele_batch_event(batch_, &input, &error), error);
}

void SteleEvents::add_all(std::span<const Sample> events, std::string_view guard, uint64_t after) {
  for (const Sample& event : events) add(event);
  if (guard.empty()) return;
  const std::string tag(guard);
  const TagQuery query({&tag, 1});
  stele_error error = STELE_ERROR_INIT;
  require(stele_batch_guard(batch_, query.get(), after, &error), error);
}

uint64_t SteleEvents::append(std::span<const Sample> events, std::string_view guard,
                             uint64_t after) {
  add_all(events, guard, after);
  stele_commit_result result = {};
  result.struct_size = sizeof result;
  stele_error error = STELE_ERROR_INIT;
  require(stele_commit(store_.get(), batch_, &result, &error), error);
  return result.last_position;
}

uint64_t SteleEvents::append_behind(std::span<const Sample> events, std::string_view guard,
                                    uint64_t after) {
  add_all(events, guard, after);
  stele_error error = STELE_ERROR_INIT;
  stele_ticket* ticket = nullptr;
  require(stele_commit_async(store_.get(), batch_, &ticket, &error), error);
  const uint64_t last = finish();
  under_way_ = ticket;
  return last;
}

uint64_t SteleEvents::finish() {
  if (under_way_ == nullptr) return 0;
  stele_commit_result result = {};
  result.struct_size = sizeof result;
  stele_error error = STELE_ERROR_INIT;
  require(stele_ticket_wait(under_way_, STELE_FOREVER, &result, &error), error);
  stele_ticket_close(under_way_);
  under_way_ = nullptr;
  return result.last_position;
}

void SteleEvents::checkpoint() const {
  stele_error error = STELE_ERROR_INIT;
  require(stele_checkpoint(store_.get(), &error), error);
}

uint64_t SteleEvents::head() const {
  uint64_t position = 0;
  stele_error error = STELE_ERROR_INIT;
  require(stele_head(store_.get(), &position, &error), error);
  return position;
}

Seen SteleEvents::scan_copies() {
  buffer_.resize(kBufferSize);
  const Cursor cursor(store_, nullptr);
  Seen seen;
  stele_error error = STELE_ERROR_INIT;
  for (;;) {
    size_t used = 0;
    uint32_t count = 0;
    const stele_status status = stele_cursor_next_batch(cursor.get(), buffer_.data(),
                                                        buffer_.size(), &used, &count, &error);
    if (status == STELE_END) return seen;
    require(status, error);
    seen.events += count;
    seen.bytes += used;
  }
}

Seen SteleEvents::scan_views(const stele_query* query) {
  const Cursor cursor(store_, query);
  Seen seen;
  stele_event view = {};
  view.struct_size = sizeof view;
  stele_error error = STELE_ERROR_INIT;
  for (;;) {
    const stele_status status = stele_cursor_next(cursor.get(), &view, &error);
    if (status == STELE_END) return seen;
    require(status, error);
    ++seen.events;
    seen.bytes += view.data.size + view.id[0] + static_cast<uint8_t>(view.event_type.data[0]) +
                  view.data.data[0];
  }
}

}  // namespace stele::bench
