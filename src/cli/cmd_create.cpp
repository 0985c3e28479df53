// stele create: makes an empty database.
#include <memory>

#include "cli/commands.h"
#include "cli/handle.h"

namespace stele::cli {

void add_create(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("create", "Make an empty database");
  const auto path = std::make_shared<std::string>();
  add_database(command, *path);
  command.footer("Example:\n  stele create shop");
  command.callback(
      [&action, path] { action = [path] { Database(*path, STELE_OPEN_NEW).close(); }; });
}

}  // namespace stele::cli
