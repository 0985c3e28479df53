// stele verify-receipt: checks a receipt without a database, and prints what it says.
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/encoding.h"
#include "cli/output.h"
#include "cli/receipt_file.h"
#include "cli/timestamp.h"

namespace stele::cli {

namespace {

template <size_t kSize>
std::string hex_of(const uint8_t (&bytes)[kSize]) {
  std::string text;
  append_hex(text, bytes, kSize);
  return text;
}

std::string as_json(const stele_receipt_info& info) {
  std::string uuid;
  append_uuid(uuid, info.uuid);
  std::string recorded;
  append_timestamp(recorded, info.recorded);
  nlohmann::ordered_json json;
  json["uuid"] = uuid;
  json["tsn"] = info.tsn;
  json["position"] = info.position;
  json["recorded"] = recorded;
  json["event_hash"] = hex_of(info.event_hash);
  json["chained_root"] = hex_of(info.chained_root);
  return json.dump() + "\n";
}

void verify_receipt(const std::string& file) {
  stele_receipt_info info;
  static_cast<void>(read_receipt(file, info));
  Output output;
  output.write(as_json(info));
  output.finish();
}

}  // namespace

void add_verify_receipt(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("verify-receipt", "Check a receipt without a database");
  const auto file = std::make_shared<std::string>();
  command.add_option("FILE", *file, "The receipt, or - for standard input")->required();
  command.footer(
      "Prints what the receipt says as a JSON object. It is worth as much as the chained root is:\n"
      "compare that with one that was kept elsewhere. The event's hash is that in `stele read`.\n\n"
      "Example:\n  stele verify-receipt sale.receipt");
  command.callback([&action, file] { action = [file] { verify_receipt(*file); }; });
}

}  // namespace stele::cli
