#include "cli/line_batch.h"

#include <fmt/format.h>

#include "cli/failure.h"
#include "cli/handle.h"
#include "cli/json_text.h"
#include "cli/line_reader.h"

namespace stele::cli {

bool LineBatch::add(const Line& line) {
  if (trim_json(line.text).empty()) return false;
  try {
    decode(format_, line.text, draft_);
  } catch (const LineFault& fault) {
    throw Failure(ExitStatus::kError, fmt::format("{}: line {}, byte {}: {}", name_, line.number,
                                                  fault.byte(), fault.what()));
  }
  check_id(line);
  const stele_new_event event = draft_.event();
  stele_error error = STELE_ERROR_INIT;
  const stele_status status = stele_batch_event(batch_, &event, &error);
  if (status != STELE_OK) {
    throw Failure(ExitStatus::kError,
                  fmt::format("{}: line {}: {}", name_, line.number, message_of(status, error)));
  }
  return true;
}

uint64_t LineBatch::line_with(const Uuid& id) const {
  const auto found = lines_.find(id);
  return found == lines_.end() ? 0 : found->second;
}

// The library would refuse the batch, and could not name the lines.
void LineBatch::check_id(const Line& line) {
  if (!draft_.id) return;
  const auto [found, added] = lines_.emplace(*draft_.id, line.number);
  if (added) return;
  std::string id;
  append_uuid(id, draft_.id->data());
  throw Failure(ExitStatus::kError, fmt::format("{}: line {}: line {} has this event's id, too: {}",
                                                name_, line.number, found->second, id));
}

}  // namespace stele::cli
