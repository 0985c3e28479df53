#include "cli/handle.h"

namespace stele::cli {

std::string message_of(stele_status status, const stele_error& error) {
  const std::string message = static_cast<const char*>(error.message);
  return message.empty() ? stele_status_name(status) : message;
}

void check(stele_status status, const stele_error& error) {
  if (status == STELE_OK) return;
  const std::string message = message_of(status, error);
  if (status == STELE_BUSY) throw Busy(message);
  if (status == STELE_CORRUPT) throw Failure(ExitStatus::kError, "damaged: " + message);
  throw Failure(status > 0 ? ExitStatus::kOutcome : ExitStatus::kError, message);
}

Database::Database(const std::string& path, stele_open_mode mode) {
  stele_options options;
  stele_options_init(&options);
  options.mode = mode;
  stele_error error = STELE_ERROR_INIT;
  check(stele_open(path.data(), path.size(), &options, &db_, &error), error);
}

Database::~Database() {
  stele_close(db_, nullptr);
}

void Database::close() {
  stele_db* const closing = db_;
  db_ = nullptr;
  stele_error error = STELE_ERROR_INIT;
  check(stele_close(closing, &error), error);
}

Batch make_batch(const Database& database) {
  stele_batch* batch = nullptr;
  stele_error error = STELE_ERROR_INIT;
  check(stele_batch_create(database.get(), &batch, &error), error);
  return Batch(batch);
}

}  // namespace stele::cli
