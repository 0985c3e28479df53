#include "cli/line_batch.h"

#include <fmt/format.h>

#include "cli/failure.h"
#include "cli/handle.h"
#include "cli/json_text.h"
#include "cli/line_decode.h"

namespace stele::cli {

bool LineBatch::add(const Line& line) {
  if (trim_json(line.text).empty()) return false;
  try {
    decode_line(line.text, draft_);
  } catch (const LineFault& fault) {
    throw Failure(ExitStatus::kError, fmt::format("{}: line {}, byte {}: {}", name_, line.number,
                                                  fault.byte(), fault.what()));
  }
  const stele_new_event event = draft_.event();
  stele_error error = STELE_ERROR_INIT;
  const stele_status status = stele_batch_event(batch_, &event, &error);
  if (status != STELE_OK) {
    throw Failure(ExitStatus::kError,
                  fmt::format("{}: line {}: {}", name_, line.number, message_of(status, error)));
  }
  return true;
}

}  // namespace stele::cli
