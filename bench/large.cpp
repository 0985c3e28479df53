// stele_bench events --large: makes two histories on disk, runs every part on them, removes them.
#include "large.h"

#include <filesystem>

namespace stele::bench {

namespace {

std::string about(const LargeHistory& ours, const LargeHistory& peers, OrderNames names) {
  return std::to_string(ours.size()) + " events (SQLite " + std::to_string(peers.size()) +
         ") of 256 bytes and 2 tags, order names " +
         (names == OrderNames::kAscending ? "ascending" : "scattered") + ", batches of " +
         std::to_string(kLargeBatch) +
         "; os, memory_budget and cache_size 256 MiB, checkpoint_log and wal_autocheckpoint 64 "
         "MiB; SQLite: WAL, "
         "synchronous=NORMAL, no index on ids, no hashes";
}

void weigh(const Large& large) {
  const auto per_event = [](const std::string& directory, const LargeHistory& history) {
    return static_cast<double>(bytes_on_disk(directory)) / static_cast<double>(history.size());
  };
  const uint64_t log = bytes_on_disk(large.store_path + "/wal");
  Line line = large_line(large, "disk", "bytes/event", per_event(large.store_path, large.ours),
                         per_event(large.peer_directory, large.peers));
  line.higher_is_better = false;
  line.conditions = "blocks of all files, closed, " + std::to_string(log >> 20) +
                    " MiB of which are Stele's log; " + line.conditions;
  large.report.add(line);
}

}  // namespace

void run_large(const Settings& given, const LargeSettings& large, Report& report) {
  const Directory directory;
  Settings settings = given;
  if (settings.brief) {
    settings.rounds = 3;
    settings.round_seconds /= 4;
  }
  const uint64_t usual = settings.brief ? 10'000 : 10'000'000;
  const uint64_t count = large.events != 0 ? large.events : usual;
  const LargeHistory ours(count, large.names);
  const LargeHistory peers(large.peer_events != 0 ? large.peer_events : count, large.names);
  const Large both = {.settings = settings,
                      .report = report,
                      .ours = ours,
                      .peers = peers,
                      .store_path = directory.path() + "/stele",
                      .peer_directory = directory.path() + "/sqlite",
                      .log_left = settings.brief ? kLargeLog / 16 : kLargeLog,
                      .about = about(ours, peers, large.names)};
  std::filesystem::create_directory(both.peer_directory);
  append_large(both);
  weigh(both);
  open_closed_large(both);
  read_large(both);
  guard_large(both);
  open_killed_large(both);
}

}  // namespace stele::bench
