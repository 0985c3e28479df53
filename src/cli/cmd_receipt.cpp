// stele receipt: gives the receipt of an event out, or compares one with the database.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/handle.h"
#include "cli/output.h"
#include "cli/receipt_file.h"

namespace stele::cli {

namespace {

struct ReceiptOptions {
  std::string database;
  std::optional<uint64_t> position;
  std::string output;
  std::string check;
};

std::string receipt_of(const Database& database, uint64_t position) {
  std::string receipt(STELE_RECEIPT_MAX, '\0');
  size_t used = 0;
  stele_error error = STELE_ERROR_INIT;
  check(stele_receipt(database.get(), position, reinterpret_cast<uint8_t*>(receipt.data()),
                      receipt.size(), &used, &error),
        error);
  receipt.resize(used);
  return receipt;
}

void give(const ReceiptOptions& options) {
  Database database(options.database, STELE_OPEN_READ_ONLY);
  const std::string receipt = receipt_of(database, *options.position);
  database.close();

  const auto output = options.output.empty() ? std::make_unique<Output>()
                                             : std::make_unique<Output>(options.output);
  output->write(receipt_line(receipt));
  output->finish();
}

void compare(const ReceiptOptions& options) {
  stele_receipt_info info;
  const std::string receipt = read_receipt(options.check, info);
  Database database(options.database, STELE_OPEN_READ_ONLY);
  stele_error error = STELE_ERROR_INIT;
  check(stele_receipt_check(database.get(), reinterpret_cast<const uint8_t*>(receipt.data()),
                            receipt.size(), &error),
        error);
  database.close();

  Output output;
  output.write(fmt::format("held: event {} of commit {}\n", info.position, info.tsn));
  output.finish();
}

}  // namespace

void add_receipt(CLI::App& app, Action& action) {
  CLI::App& command =
      *app.add_subcommand("receipt", "Print the receipt of an event, or check that one holds");
  const auto options = std::make_shared<ReceiptOptions>();
  add_database(command, options->database);
  CLI::Option* const position =
      add_number(command, "POSITION", options->position, "The event's position");
  CLI::Option* const output =
      command.add_option("-o,--output", options->output,
                         "Write to this file instead of standard output; it appears when complete");
  command
      .add_option("--check", options->check,
                  "Check that the database still holds what the receipt in this file says")
      ->type_name("FILE")
      ->excludes(position)
      ->excludes(output);
  command.footer(
      "A receipt is a line of hexadecimal digits. It proves that the event was committed, and\n"
      "what with, as long as it, or the chained root in it, is kept elsewhere: who can rewrite\n"
      "the database can make new receipts, too.\n\n"
      "Examples:\n"
      "  stele receipt shop 42 -o sale.receipt\n"
      "  stele receipt shop --check sale.receipt");
  command.callback([&action, options] {
    if (options->check.empty() && !options->position) {
      throw CLI::RequiredError("POSITION or --check");
    }
    action = [options] { options->position ? give(*options) : compare(*options); };
  });
}

}  // namespace stele::cli
