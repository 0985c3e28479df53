// Makes a database whose events are as varied as the format allows, and prints what a database
// holds.
//
//   format_database make DIR      a new one, with remains of other writes at its end
//   format_database export DIR    every event as text, tracking marks, and the result of verify
//   format_database extend DIR    one more commit
//   format_database crash DIR     more commits, which only the operating system has, and no close
//
// The text is that of read_log.py, which does not use the library.
#include <stele/stele.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr std::array<std::string_view, 3> kSources = {"import", "projection \xc3\xbc", "unused"};

stele_error error = STELE_ERROR_INIT;

void must(stele_status status, const char* what) {
  if (status == STELE_OK) return;
  std::fprintf(stderr, "%s: %s: %s\n", what, stele_status_name(status), error.message);
  std::exit(1);
}

stele_text text(std::string_view value) {
  return {value.data(), value.size()};
}
stele_bytes bytes(std::string_view value) {
  return {reinterpret_cast<const uint8_t*>(value.data()), value.size()};
}

// ---- Making ----

using Id = std::array<uint8_t, 16>;

Id id_of(uint64_t number) {
  Id id = {0x01, 0x8f, 0x00, 0x00, 0x00, 0x00, 0x70, 0x00, 0x80};
  id[14] = static_cast<uint8_t>(number >> 8);
  id[15] = static_cast<uint8_t>(number);
  return id;
}

std::string filler(size_t size) {
  std::string data(size, '\0');
  for (size_t i = 0; i < size; ++i) data[i] = static_cast<char>(i * 151 + i / 256 + size);
  return data;
}

struct Event {
  std::string type = "Thing";
  std::string entity = {};
  std::string scope = {};
  std::string data = {};
  std::vector<std::string> tags = {};
  std::vector<std::pair<std::string, std::string>> metadata = {};
  bool correlated = false;
  bool caused = false;
  bool has_time = false;
  int64_t time = 0;
};

class Maker {
 public:
  Maker(const char* directory, uint64_t segment_size, uint64_t ids_behind,
        stele_durability durability = STELE_DURABILITY_DEFAULT)
      : path_(directory), next_id_(ids_behind) {
    stele_options options;
    stele_options_init(&options);
    options.segment_size = segment_size;
    options.durability = durability;
    must(stele_open(path_.data(), path_.size(), &options, &db_, &error), "open");
    must(stele_batch_create(db_, &batch_, &error), "batch");
  }
  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;
  ~Maker() {
    stele_batch_close(batch_);
    must(stele_close(db_, &error), "close");
  }

  void add(const Event& event) {
    std::vector<stele_text> tags;
    for (const std::string& tag : event.tags) tags.push_back(text(tag));
    std::vector<stele_metadata> metadata;
    for (const auto& [key, value] : event.metadata) metadata.push_back({text(key), bytes(value)});
    const Id id = id_of(++next_id_);
    const Id correlation = id_of(1000 + next_id_);
    const Id causation = id_of(2000 + next_id_);
    stele_new_event input = {};
    input.struct_size = sizeof input;
    input.has_time = event.has_time ? 1 : 0;
    input.time = event.time;
    input.event_type = text(event.type);
    input.entity = text(event.entity);
    input.scope = text(event.scope);
    input.data = bytes(event.data);
    input.tags = tags.data();
    input.tag_count = tags.size();
    input.metadata = metadata.data();
    input.metadata_count = metadata.size();
    input.id = id.data();
    input.correlation_id = event.correlated ? correlation.data() : nullptr;
    input.causation_id = event.caused ? causation.data() : nullptr;
    must(stele_batch_event(batch_, &input, &error), "event");
  }
  void track(std::string_view source, uint64_t position) {
    must(stele_batch_track(batch_, source.data(), source.size(), STELE_PREVIOUS_ANY, position,
                           &error),
         "track");
  }
  void key(std::string_view key) {
    must(stele_batch_key(batch_, key.data(), key.size(), &error), "key");
  }
  void durability(stele_durability level) {
    must(stele_batch_durability(batch_, level, &error), "durability");
  }
  // Commits what was added; returns whether it had been committed under its key before.
  bool commit() {
    stele_commit_result result = {};
    result.struct_size = sizeof result;
    must(stele_commit(db_, batch_, &result, &error), "commit");
    return result.repeated != 0;
  }
  // Waits until the idle log was marked: at a weak level, nothing else makes its end durable.
  void wait_for_mark() {
    stele_stats stats = {};
    stats.struct_size = sizeof stats;
    do {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      must(stele_stats_get(db_, &stats, &error), "stats");
    } while (stats.durable_tsn != stats.tsn);
  }
  void next_id(uint64_t id) { next_id_ = id - 1; }

 private:
  std::string path_;
  stele_db* db_ = nullptr;
  stele_batch* batch_ = nullptr;
  uint64_t next_id_;
};

void add_fields(Maker& maker) {
  maker.add({.type = "T"});
  maker.commit();
  maker.add(
      {.type = "Everything",
       .entity = "order-1",
       .scope = "tenant-1",
       .data = R"({"total": 12.50})",
       .tags = {"z", "a", "order:1", "a", "A"},
       .metadata = {{"user", "alice"}, {"empty", ""}, {"binary", {"\0\xff", 2}}, {"a", "\\\""}},
       .correlated = true,
       .caused = true,
       .has_time = true,
       .time = -1});
  maker.commit();
}

// Text beyond ASCII, names of the longest size, as many tags as there may be.
void add_names(Maker& maker) {
  maker.add({.type = "\xc3\x9c"
                     "berweisung",
             .entity = "\xe6\x97\xa5\xe6\x9c\xac",
             .scope = "\xf0\x9f\x92\xa9",
             .data = "\xc3\xa4",
             .tags = {"\xe6\x97\xa5:\xf0\x9f\x92\xa9", "~", "\x7f", "\x01"},
             .correlated = true});
  const std::string longest(STELE_TERM_MAX, 'x');
  maker.add(
      {.type = longest, .entity = longest, .scope = longest, .tags = {longest}, .caused = true});
  Event tagged = {.type = "Tagged"};
  for (unsigned i = 0; i < STELE_TAGS_MAX; ++i) tagged.tags.push_back("tag-" + std::to_string(i));
  maker.add(tagged);
  maker.commit();
}

void add_times_and_entities(Maker& maker) {
  for (const int64_t time : {INT64_MIN, INT64_MAX, int64_t{0}}) {
    maker.add({.type = "Timed", .entity = "clock", .has_time = true, .time = time});
  }
  maker.track(kSources[0], 1);
  maker.commit();
  // The entity's chain goes on in later commits, and twice in one.
  for (const int count : {1, 2, 3, 5, 17}) {
    for (int i = 0; i < count; ++i) {
      maker.add({.type = "Counted", .entity = i % 2 == 0 ? "clock" : "order-1", .data = "x"});
    }
    maker.commit();
  }
  maker.track(kSources[0], 2);
  maker.track(kSources[1], INT64_MAX);
  maker.commit();  // A commit without events.
}

// Data and heads around the borders of alignment, of BLAKE3's blocks and of its chunks.
void add_sizes(Maker& maker) {
  for (size_t size = 0; size < 18; ++size) maker.add({.data = filler(size)});
  for (const size_t size : {63, 64, 65, 127, 128, 1023, 1024, 1025, 2048, 5000}) {
    maker.add({.data = filler(size)});
    maker.add({.scope = std::string(size % 500 + 1, 's'), .data = filler(size)});
  }
  maker.commit();
}

// Batches under idempotency keys: of events whose times are the commit's, of marks only, of both.
void add_keyed(Maker& maker) {
  const auto request = [&] {
    maker.next_id(400);
    maker.add({.type = "Keyed", .entity = "order-1", .data = "once", .tags = {"b", "a", "b"}});
    maker.add({.type = "Keyed", .metadata = {{"k", "v"}}, .has_time = true, .time = 17});
    maker.track(kSources[0], 4);
    maker.key("retry-\xc3\xa4");
  };
  request();
  maker.commit();
  maker.track(kSources[0], 5);
  maker.key(std::string(STELE_KEY_MAX, 'k'));
  maker.commit();
  request();
  if (!maker.commit()) {
    std::fprintf(stderr, "a key was used twice\n");
    std::exit(1);
  }
}

// Commits that their level makes durable late or, one of them, at once; the mark of an idle log in
// between.
void add_levels(Maker& maker) {
  const auto commit = [&](stele_durability level) {
    maker.add({.type = "Level", .entity = "clock", .data = std::to_string(level)});
    maker.durability(level);
    maker.commit();
  };
  for (int i = 0; i < 3; ++i) commit(STELE_DURABILITY_OS);
  commit(STELE_DURABILITY_SYNC);
  commit(STELE_DURABILITY_OS);
  maker.wait_for_mark();
  commit(STELE_DURABILITY_OS);
  commit(STELE_DURABILITY_INTERVAL);
}

// What a crash in the middle of a write leaves, at the end of a log that was closed.
void append_torn(const std::filesystem::path& wal) {
  std::string last;
  for (const auto& entry : std::filesystem::directory_iterator(wal)) {
    if (entry.path().extension() == ".wal") last = std::max(last, entry.path().string());
  }
  const std::string torn = filler(333);
  std::ofstream(last, std::ios::binary | std::ios::app) << torn;
}

constexpr uint64_t kSmallSegments = 65536;

// Puts two spares in place of those there are, full of the frames of a segment, as if both had been
// that segment in an earlier life.
void age_spares(const std::filesystem::path& wal) {
  std::vector<std::filesystem::path> old;
  for (const auto& entry : std::filesystem::directory_iterator(wal)) {
    if (entry.path().filename().string().starts_with("spare-")) old.push_back(entry.path());
  }
  for (const std::filesystem::path& path : old) std::filesystem::remove(path);
  std::ifstream from(wal / "00000001.wal", std::ios::binary);
  const std::string segment((std::istreambuf_iterator<char>(from)),
                            std::istreambuf_iterator<char>());
  std::string content;
  while (content.size() < kSmallSegments) content += segment.substr(4096);
  content.resize(kSmallSegments);
  for (const char* name : {"spare-1", "spare-2"}) {
    std::ofstream(wal / name, std::ios::binary) << content;
  }
}

int make(const char* directory) {
  const std::filesystem::path wal = std::filesystem::path(directory) / "wal";
  {
    Maker maker(directory, kSmallSegments, 0);
    add_fields(maker);
  }
  age_spares(wal);
  {
    Maker maker(directory, kSmallSegments, 100);
    add_names(maker);
    add_times_and_entities(maker);
    add_sizes(maker);
    maker.add({.type = "Large", .entity = "order-1", .data = filler(70'000)});
    maker.track(kSources[0], 3);
    maker.commit();
    maker.add({.type = "Annotated", .metadata = {{"large", filler(STELE_METADATA_MAX)}}});
    maker.commit();
    maker.add({.type = "Last", .entity = "order-1", .data = "end"});
    maker.commit();
  }
  append_torn(wal);
  {
    Maker maker(directory, kSmallSegments, 300, STELE_DURABILITY_OS);
    add_keyed(maker);
    add_levels(maker);
  }
  append_torn(wal);
  return 0;
}

int crash(const char* directory) {
  age_spares(std::filesystem::path(directory) / "wal");
  Maker maker(directory, kSmallSegments, 600, STELE_DURABILITY_OS);
  for (const char* data : {"first", "second", "third"}) {
    maker.add({.type = "Pending", .entity = "order-1", .data = data});
    maker.commit();
  }
  std::_Exit(0);
}

int extend(const char* directory) {
  Maker maker(directory, 0, 500);
  maker.add({.type = "Added", .entity = "order-1", .data = "by a later version"});
  maker.commit();
  return 0;
}

// ---- Printing ----

std::string hex(const uint8_t* from, size_t size) {
  if (from == nullptr) return "-";
  std::string digits;
  for (size_t i = 0; i < size; ++i) {
    std::array<char, 3> two = {};
    (void)std::snprintf(two.data(), two.size(), "%02x", from[i]);
    digits += two.data();
  }
  return digits;
}

// Printable ASCII as it is, the rest as \xNN; what is long as its size and FNV-1a hash.
std::string quoted(const void* from, size_t size) {
  const auto* at = static_cast<const uint8_t*>(from);
  if (size > 600) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; ++i) hash = (hash ^ at[i]) * 0x100000001b3;
    std::array<char, 64> line = {};
    (void)std::snprintf(line.data(), line.size(), "%zu bytes, fnv %016" PRIx64, size, hash);
    return line.data();
  }
  std::string quoted = "\"";
  for (size_t i = 0; i < size; ++i) {
    const bool plain = at[i] >= 0x20 && at[i] < 0x7f && at[i] != '"' && at[i] != '\\';
    quoted += plain ? std::string(1, static_cast<char>(at[i])) : "\\x" + hex(at + i, 1);
  }
  return quoted + "\"";
}

void print_event(const stele_event& event) {
  std::printf("event %" PRIu64 " tsn %" PRIu64 " recorded %" PRId64 " time %" PRId64
              " sequence %" PRIu64 " key %" PRIu32 "\n",
              event.position, event.tsn, event.recorded, event.time, event.sequence, event.key_id);
  std::printf("  hash %s\n", hex(event.hash, 32).c_str());
  std::printf("  id %s correlation %s causation %s\n", hex(event.id, 16).c_str(),
              hex(event.correlation_id, 16).c_str(), hex(event.causation_id, 16).c_str());
  std::printf("  type %s entity %s scope %s\n",
              quoted(event.event_type.data, event.event_type.size).c_str(),
              quoted(event.entity.data, event.entity.size).c_str(),
              quoted(event.scope.data, event.scope.size).c_str());
  for (uint32_t i = 0; i < event.tag_count; ++i) {
    stele_text tag = {};
    must(stele_event_tag(&event, i, &tag), "tag");
    std::printf("  tag %s\n", quoted(tag.data, tag.size).c_str());
  }
  for (uint32_t i = 0; i < event.metadata_count; ++i) {
    stele_metadata pair = {};
    must(stele_event_metadata(&event, i, &pair), "metadata");
    std::printf("  metadata %s %s\n", quoted(pair.key.data, pair.key.size).c_str(),
                quoted(pair.value.data, pair.value.size).c_str());
  }
  std::printf("  data %s\n", quoted(event.data.data, event.data.size).c_str());
}

void print_events(stele_db* db) {
  stele_cursor* cursor = nullptr;
  must(stele_read(db, nullptr, nullptr, &cursor, &error), "read");
  // Through the flat buffer, as a program in another language reads them.
  std::vector<uint8_t> buffer(1 << 20);
  for (;;) {
    size_t used = 0;
    uint32_t count = 0;
    const stele_status status =
        stele_cursor_next_batch(cursor, buffer.data(), buffer.size(), &used, &count, &error);
    if (status == STELE_END) break;
    must(status, "next_batch");
    for (size_t at = 0; at < used;) {
      stele_event event = {};
      event.struct_size = sizeof event;
      must(stele_event_decode(buffer.data() + at, used - at, &event, &error), "decode");
      print_event(event);
      at += event.record.size;
    }
  }
  stele_cursor_close(cursor);
}

int print(const char* directory) {
  stele_db* db = nullptr;
  stele_options options;
  stele_options_init(&options);
  options.mode = STELE_OPEN_EXISTING;
  must(stele_open(directory, std::strlen(directory), &options, &db, &error), "open");
  print_events(db);
  for (const std::string_view source : kSources) {
    uint64_t position = 0;
    const stele_status status = stele_tracked(db, source.data(), source.size(), &position, &error);
    if (status == STELE_NOT_FOUND) continue;
    must(status, "tracked");
    std::printf("source %s at %" PRIu64 "\n", quoted(source.data(), source.size()).c_str(),
                position);
  }
  stele_verify* verify = nullptr;
  must(stele_verify_open(db, &verify, &error), "verify");
  stele_verify_progress progress = {};
  progress.struct_size = sizeof progress;
  stele_status status = STELE_OK;
  while (status == STELE_OK) status = stele_verify_step(verify, &progress, &error);
  if (status != STELE_END) must(status, "verify");
  std::printf("commits %" PRIu64 " events %" PRIu64 " root %s\n", progress.commits, progress.events,
              hex(progress.root, 32).c_str());
  stele_verify_close(verify);
  must(stele_close(db, &error), "close");
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view command = count == 3 ? arguments[1] : "";
  if (command == "make") return make(arguments[2]);
  if (command == "export") return print(arguments[2]);
  if (command == "extend") return extend(arguments[2]);
  if (command == "crash") return crash(arguments[2]);
  std::fprintf(stderr, "format_database make|export|extend|crash DIR\n");
  return 2;
}
