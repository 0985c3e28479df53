#include "cli/row_range.h"

#include "cli/failure.h"
#include "cli/handle.h"
#include "cli/options.h"

namespace stele::cli {

namespace {

// All keys that begin with `prefix`.
RowRange keys_that_begin_with(std::string prefix) {
  std::string end(prefix.size(), '\0');
  size_t size = 0;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status =
      stele_key_prefix_end(reinterpret_cast<const uint8_t*>(prefix.data()), prefix.size(),
                           reinterpret_cast<uint8_t*>(end.data()), end.size(), &size, &error);
  if (status == STELE_END) return {.low = std::move(prefix), .high = std::nullopt};
  check(status, error);
  end.resize(size);
  return {.low = std::move(prefix), .high = std::move(end)};
}

}  // namespace

void add_row_range(CLI::App& command, RowRangeOptions& options) {
  add_text(command, "--from", options.from, "Start at this key, which counts")->type_name("KEY");
  add_text(command, "--to", options.to, "End at this key, which does not")->type_name("KEY");
  add_text(command, "--prefix", options.prefix,
           "Only keys that begin with this; of parts, those with the same ones and further ones")
      ->type_name("KEY");
}

RowRange row_range_of(const RowRangeOptions& options, KeyForm form) {
  if (options.prefix) {
    if (options.from || options.to) {
      throw Failure(ExitStatus::kUsage, "--prefix: goes with neither --from nor --to");
    }
    return keys_that_begin_with(row_key_of(form, *options.prefix, "--prefix"));
  }
  RowRange range;
  if (options.from) range.low = row_key_of(form, *options.from, "--from");
  if (options.to) range.high = row_key_of(form, *options.to, "--to");
  return range;
}

}  // namespace stele::cli
