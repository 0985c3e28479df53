// stele_inspect: drawings of pages, into the caller's buffer.
#include "db/inspect.h"

#include <algorithm>

#include "capi/boundary.h"

using stele::Status;
using stele::capi::check_pointer;
using stele::capi::check_usable;
using stele::capi::DatabaseObject;
using stele::capi::guarded;
using stele::capi::pin;

// A buffer, its size and what is used of it are three parameters.
// NOLINTNEXTLINE(readability-function-size)
extern "C" stele_status stele_inspect(stele_db* db, const char* what, size_t what_size, char* text,
                                      size_t capacity, size_t* used, stele_error* error) {
  return guarded("inspect", error, [&]() -> Status {
    STELE_TRY(check_pointer(used, "used"));
    *used = 0;
    if (capacity > 0) STELE_TRY(check_pointer(text, "text"));
    const auto object = pin<DatabaseObject>(db, "db");
    if (!object) return fail(object.error());
    STELE_TRY(check_usable(*(*object)->database));
    const auto wanted = stele::capi::text_of(what, what_size, "what");
    if (!wanted) return fail(wanted.error());
    const auto drawing = stele::db::inspect(*(*object)->database, *wanted);
    if (!drawing) return fail(drawing.error());
    *used = drawing->size();
    if (drawing->size() > capacity) {
      return stele::fail(
          stele::Code::kBufferTooSmall,
          stele::cat("it takes ", drawing->size(), " bytes, the buffer has ", capacity));
    }
    std::ranges::copy(*drawing, text);
    return {};
  });
}
