// stele stats: prints the figures of a database.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/encoding.h"
#include "cli/figures.h"
#include "cli/handle.h"
#include "cli/output.h"
#include "cli/timestamp.h"

namespace stele::cli {

namespace {

struct StatsOptions {
  std::string database;
  bool json = false;
};

std::string uuid_of(const stele_stats& stats) {
  std::string text;
  append_uuid(text, stats.uuid);
  return text;
}

std::string last_recorded_of(const stele_stats& stats) {
  std::string text;
  append_timestamp(text, stats.last_recorded);
  return text;
}

// The figures of this handle alone (commits, groups, syncs) say nothing about a database that was
// opened to be looked at, so they are in neither form.
std::string as_json(const stele_stats& stats) {
  nlohmann::ordered_json json;
  json["uuid"] = uuid_of(stats);
  json["format_version"] = stats.format_version;
  json["head"] = stats.head;
  json["tsn"] = stats.tsn;
  if (stats.tsn > 0) json["last_recorded"] = last_recorded_of(stats);
  json["wal_segments"] = stats.wal_segments;
  json["wal_bytes"] = stats.wal_bytes;
  json["tail_events"] = stats.tail_events;
  json["tail_bytes"] = stats.tail_bytes;
  json["tail_terms"] = stats.terms;
  json["recovered_commits"] = stats.recovered_commits;
  json["recovered_cut"] = stats.recovered_cut;
  json["applied_tsn"] = stats.applied_tsn;
  json["page_size"] = stats.page_size;
  json["pages"] = stats.pages;
  json["pages_free"] = stats.pages_free + stats.pages_waiting;
  return json.dump() + "\n";
}

std::string as_text(const stele_stats& stats) {
  std::string text;
  const auto row = [&text](const char* name, const std::string& value) {
    text += fmt::format("{:<15}{}\n", name, value);
  };
  const auto bytes = [](uint64_t size) {
    return fmt::format("{} ({} bytes)", format_bytes(size), format_count(size));
  };
  row("database", uuid_of(stats));
  row("format", fmt::format("version {}", stats.format_version));
  row("events", format_count(stats.head));
  row("commits", format_count(stats.tsn));
  row("last recorded", stats.tsn > 0 ? last_recorded_of(stats) : "never");
  row("log",
      fmt::format("{} in {}", bytes(stats.wal_bytes), format_counted(stats.wal_segments, "file")));
  if (stats.page_size > 0) {
    row("trees",
        fmt::format("{} in {}, {} free; everything up to commit {}",
                    bytes(stats.pages * stats.page_size), format_counted(stats.pages, "page"),
                    format_count(stats.pages_free + stats.pages_waiting),
                    format_count(stats.applied_tsn)));
  }
  row("in memory", fmt::format("{}, {}, {}", format_counted(stats.tail_events, "event"),
                               format_counted(stats.terms, "term"), bytes(stats.tail_bytes)));
  row("recovered", fmt::format("{} when opened, {} of incomplete writes cut off",
                               format_counted(stats.recovered_commits, "commit"),
                               format_counted(stats.recovered_cut, "byte")));
  return text;
}

void run(const StatsOptions& options) {
  Database database(options.database, STELE_OPEN_READ_ONLY);
  stele_stats stats;
  stele_stats_init(&stats);
  stele_error error = STELE_ERROR_INIT;
  check(stele_stats_get(database.get(), &stats, &error), error);
  database.close();

  Output output;
  output.write(options.json ? as_json(stats) : as_text(stats));
  output.finish();
}

}  // namespace

void add_stats(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("stats", "Print the figures of a database");
  const auto options = std::make_shared<StatsOptions>();
  add_database(command, options->database);
  command.add_flag("--json", options->json, "Print a JSON object");
  command.footer("Examples:\n  stele stats shop\n  stele stats shop --json");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
