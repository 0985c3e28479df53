// Reads events through one buffer, hundreds in a call.
#pragma once

#include <stele/stele.h>

#include <cstdint>
#include <vector>

#include "cli/handle.h"

namespace stele::cli {

class EventStream {
 public:
  // Reads as of now. `query` may be null: all events.
  EventStream(const Database& database, const stele_query* query,
              const stele_read_options& options);

  // Takes over a cursor that was opened in another way.
  explicit EventStream(Cursor cursor);

  // Stores the next event, which lives until the next call. Returns false at the end.
  bool next(stele_event& event);

 private:
  bool fill();

  Cursor cursor_;
  std::vector<uint8_t> buffer_;
  size_t at_ = 0;    // The next record in `buffer_` ...
  size_t used_ = 0;  // ... and the end of the last one.
};

}  // namespace stele::cli
