#include "cli/event_stream.h"

namespace stele::cli {

namespace {

constexpr size_t kBufferSize = size_t{1} << 20;

}  // namespace

EventStream::EventStream(const Database& database, const stele_query* query,
                         const stele_read_options& options)
    : buffer_(kBufferSize) {
  stele_cursor* cursor = nullptr;
  stele_error error = STELE_ERROR_INIT;
  check(stele_read(database.get(), query, &options, &cursor, &error), error);
  cursor_.reset(cursor);
}

EventStream::EventStream(Cursor cursor) : cursor_(std::move(cursor)), buffer_(kBufferSize) {}

bool EventStream::next(stele_event& event) {
  if (at_ == used_ && !fill()) return false;
  stele_error error = STELE_ERROR_INIT;
  event = {};
  event.struct_size = sizeof event;
  check(stele_event_decode(buffer_.data() + at_, used_ - at_, &event, &error), error);
  at_ += event.record.size;
  return true;
}

bool EventStream::fill() {
  for (;;) {
    stele_error error = STELE_ERROR_INIT;
    uint32_t count = 0;
    at_ = used_ = 0;
    size_t used = 0;
    const stele_status status = stele_cursor_next_batch(cursor_.get(), buffer_.data(),
                                                        buffer_.size(), &used, &count, &error);
    if (status == STELE_END) return false;
    if (status == STELE_BUFFER_TOO_SMALL) {
      buffer_.resize(used);
      continue;
    }
    check(status, error);
    used_ = used;
    return true;
  }
}

}  // namespace stele::cli
