// stele inspect: draws pages, paths through trees and the free list as text.
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "cli/commands.h"
#include "cli/handle.h"
#include "cli/output.h"

namespace stele::cli {

namespace {

struct InspectOptions {
  std::string database;
  std::vector<std::string> what;
};

std::string drawing_of(const Database& database, const std::string& what) {
  stele_error error = STELE_ERROR_INIT;
  std::string text(1 << 16, '\0');
  for (;;) {
    size_t used = 0;
    const stele_status status = stele_inspect(database.get(), what.data(), what.size(), text.data(),
                                              text.size(), &used, &error);
    text.resize(used);
    if (status == STELE_BUFFER_TOO_SMALL) continue;
    check(status, error);
    return text;
  }
}

void run_inspect(const InspectOptions& options) {
  Database database(options.database, STELE_OPEN_READ_ONLY);
  const std::string text = drawing_of(database, fmt::format("{}", fmt::join(options.what, " ")));
  database.close();
  Output output;
  output.write(text);
  output.finish();
}

}  // namespace

void add_inspect(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("inspect", "Draw pages of a database as text");
  const auto options = std::make_shared<InspectOptions>();
  add_database(command, options->database);
  command.add_option("what", options->what,
                     "free, page NUMBER, or path TREE KEY; nothing: the trees there are");
  command.footer(
      "Examples:\n  stele inspect shop\n  stele inspect shop page 17\n"
      "  stele inspect shop path events 42\n  stele inspect shop path entities order-1\n"
      "  stele inspect shop free");
  command.callback([&action, options] { action = [options] { run_inspect(*options); }; });
}

}  // namespace stele::cli
