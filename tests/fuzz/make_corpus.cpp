// Makes the corpus of the fuzz targets, of a few small databases: make_corpus <directory>. To be
// run by hand when the format has changed; the result is committed.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "db/batch.h"
#include "db/database.h"
#include "db/receipt.h"
#include "events/query_code.h"
#include "events/record.h"
#include "fuzz/image.h"
#include "fuzz/page_image.h"
#include "fuzz/target.h"
#include "os/file.h"
#include "os/memory_files.h"
#include "page/page_writer.h"
#include "support/tail_of.h"
#include "wal/frame.h"
#include "wal/segment.h"

namespace stele::fuzz {

// The driver, which is not in this program, asks for it.
uint64_t accepted() {
  return 0;
}

namespace {

using DatabasePtr = std::shared_ptr<db::Database>;

void commit(db::Batch& batch) {
  require_ok(batch.commit(), "a commit");
}

void fill_plainly(const DatabasePtr& database) {
  db::Batch batch(database);
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j <= i; ++j) {
      const std::string data(static_cast<size_t>(7 * i), 'd');
      events::NewEvent event = {};
      event.type = "Plain";
      event.data = as_bytes(data);
      require_ok(batch.add_event(event), "an event");
    }
    commit(batch);
  }
}

void fill_richly(const DatabasePtr& database) {
  db::Batch batch(database);
  const std::array<uint8_t, 16> id = {1, 2, 3};
  for (int i = 0; i < 3; ++i) {
    events::NewEvent event = {};
    event.type = "Rich";
    event.entity = "entity";
    event.scope = "scope";
    event.tags = {"a", "b:" + std::string(1, static_cast<char>('0' + i))};
    event.metadata = {{"key", as_bytes("value")}, {"empty", {}}};
    event.correlation_id = id.data();
    event.causation_id = i > 0 ? id.data() : nullptr;
    event.has_time = true;
    event.time = -1;
    require_ok(batch.add_event(event), "an event");
    require_ok(batch.add_tracking({"source", events::kPreviousAny, 10U + static_cast<unsigned>(i)}),
               "a mark");
    require_ok(batch.set_key("key " + std::to_string(i)), "a key");
    commit(batch);
  }
  require_ok(batch.add_tracking({"other", events::kPreviousAny, 1}), "a mark");
  commit(batch);
}

void save(const std::string& path, uint8_t flags, ByteView bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream file(path, std::ios::binary);
  file.put(static_cast<char>(flags));
  file << as_text(bytes);
  require(file.good(), "a file of the corpus");
}

// Receipts with their records: the flags none, the digest mended, the chain mended.
void save_receipts(const std::string& directory, const std::string& name,
                   const DatabasePtr& database) {
  const uint64_t head = database->snapshot().head;
  for (const uint64_t position : {uint64_t{1}, head / 2, head}) {
    const auto receipt = db::receipt_of(*database, position);
    require_ok(receipt, "a receipt");
    std::vector<uint8_t> bytes(sizeof(uint64_t));
    store_le(bytes.data(), uint64_t{receipt->size()});
    bytes.insert(bytes.end(), receipt->begin(), receipt->end());
    const ByteView record = test::tail_of(*database).record(position).bytes();
    bytes.insert(bytes.end(), record.begin(), record.end());
    for (const uint8_t flags : {uint8_t{0}, uint8_t{1}, uint8_t{2}}) {
      save(directory + "/receipt/" + name + "-" + std::to_string(position) + "-" +
               std::to_string(flags),
           flags, bytes);
    }
  }
}

// Without the zeros behind the last frame, and with a few of them.
std::vector<uint8_t> segment_on(Machine& machine) {
  const std::string path = wal::segment_path(db::wal_directory(kPath), 1);
  auto bytes = os::read_file(machine.files, path, 1 << 20);
  require_ok(bytes, "the segment");
  while (bytes->size() > wal::kSegmentHeaderSize && bytes->back() == 0) bytes->pop_back();
  bytes->resize(align_up(bytes->size()) + 48);
  return *bytes;
}

void make(const std::string& directory, const std::string& name,
          void (*fill)(const DatabasePtr& database), bool closes) {
  Machine machine;
  std::vector<uint8_t> segment;
  {
    const auto database = db::Database::open(machine.environment(), kPath,
                                             {.mode = db::OpenMode::kExisting,
                                              .fill_segments = false,
                                              .pipeline = {.background_threads = false}});
    require_ok(database, "a database");
    fill(*database);
    // What is killed holds the same events as what is closed.
    if (closes) save_receipts(directory, name, *database);
    if (closes) require_ok((*database)->close(), "a close");
    segment = segment_on(machine);
  }
  const ByteView frames = ByteView(segment).subspan(wal::kSegmentHeaderSize);
  save(directory + "/segment/" + name, kFixAll | kFixWatermark, frames);
  save(directory + "/segment/" + name + "-reused", kFixAll | kReused, frames);
  save(directory + "/segment/" + name + "-loose", kMakeHeader | kFixChecksums | kFixPrevious,
       frames);
  save(directory + "/segment/" + name + "-raw", 0, segment);
  size_t number = 0;
  for (ByteView rest = frames; wal::claimed_length(rest.data()) != 0;) {
    const uint64_t length = align_up(wal::claimed_length(rest.data()));
    save(directory + "/frame/" + name + "-" + std::to_string(++number), 1, rest.first(length));
    rest = rest.subspan(length);
  }
}

// The records of a database, as a caller would write them.
void make_batches(const std::string& directory, const std::string& name,
                  void (*fill)(const DatabasePtr& database)) {
  Machine machine;
  const auto database = db::Database::open(machine.environment(), kPath,
                                           {.mode = db::OpenMode::kExisting,
                                            .fill_segments = false,
                                            .pipeline = {.background_threads = false}});
  require_ok(database, "a database");
  fill(*database);
  std::vector<uint8_t> all;
  for (uint64_t at = 1; at <= (*database)->snapshot().head; ++at) {
    const ByteView record = test::tail_of(**database).record(at).bytes();
    std::vector<uint8_t> bytes(record.begin(), record.end());
    std::fill_n(bytes.data() + events::kIdOffset, events::kIdSize, uint8_t{0});
    save(directory + "/batch/" + name + "-" + std::to_string(at), 1, bytes);
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  save(directory + "/batch/" + name, 1, all);
}

void make_queries(const std::string& directory) {
  const events::Uuid id = {1, 2, 3};
  const events::QueryItem everything = {.types = {"Note", "order.placed"},
                                        .tags = {"a", "b"},
                                        .categories = {"order"},
                                        .entities = {"order/1"},
                                        .prefixes = {"order/", "invoice/"},
                                        .scopes = {"north"},
                                        .correlations = {id},
                                        .causations = {id},
                                        .time = {{.from = -5, .to = 2500}},
                                        .positions = {{.from = 1, .to = 30}}};
  const std::pair<const char*, events::Query> queries[] = {
      {"none", {}},
      {"item", {{{}}}},
      {"types", {{{.types = {"Note"}}, {.tags = {"a"}, .categories = {"order"}}}}},
      {"entities", {{{.entities = {"order/1", "order/2"}}, {.prefixes = {"order/"}}}}},
      {"ids", {{{.correlations = {id, {}}}, {.scopes = {"south"}, .causations = {id}}}}},
      {"ranges", {{{.time = {{.from = 0, .to = 900}}}, {.positions = {{.from = 3, .to = 9}}}}}},
      {"everything", {{everything, {}, everything}}},
  };
  for (const auto& [name, query] : queries) {
    save(directory + "/query/" + name, 0, events::encode_query(query));
  }
}

// Page files after some generations, each of which frees every third page.
void make_page_files(const std::string& directory) {
  os::MemoryFiles files;
  os::Environment environment = os::posix_environment();
  environment.files = &files;
  page::PageCache cache(64 * kFoldedPageSize);
  const auto file = page::PageFile::create(environment, kPageFilePath, page_file_options(), cache);
  require_ok(file, "a page file");
  std::vector<page::PageRef> pages;
  for (int generation = 1; generation <= 6; ++generation) {
    const auto bytes = os::read_file(files, kPageFilePath, uint64_t{1} << 20);
    require_ok(bytes, "its bytes");
    const uint64_t size = (*file)->state()->page_count * kFoldedPageSize;
    for (const uint8_t flags : {uint8_t{0}, kSealSlots, uint8_t{kSealSlots | kSealPages}}) {
      save(directory + "/pages/" + std::to_string(generation) + "-" + std::to_string(flags), flags,
           ByteView(fold(flags, ByteView(*bytes).first(size))).subspan(1));
    }
    const auto writer = (*file)->begin();
    require_ok(writer, "a writer");
    for (size_t i = 0; i < pages.size(); i += 3) {
      (*writer)->free(pages[i].number, 0);
      pages.erase(pages.begin() + static_cast<ptrdiff_t>(i));
    }
    std::vector<uint8_t> page(kFoldedPageSize);
    page[page::kPageTypeOffset] = static_cast<uint8_t>(page::PageType::kLeaf);
    for (int i = 0; i < 5; ++i) {
      const auto ref = (*writer)->write(page);
      require_ok(ref, "a page");
      pages.push_back(*ref);
    }
    page::Roots roots;
    for (size_t i = 0; i < 3; ++i) roots["tree " + std::to_string(i)] = {pages[i], 1, i};
    require_ok((*writer)->commit(roots, 10, page::Note{1}), "a generation");
  }
}

}  // namespace
}  // namespace stele::fuzz

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::string directory = arguments[1];
  stele::fuzz::make(directory, "plain", stele::fuzz::fill_plainly, /*closes=*/true);
  stele::fuzz::make(directory, "rich", stele::fuzz::fill_richly, /*closes=*/true);
  stele::fuzz::make(directory, "killed", stele::fuzz::fill_richly, /*closes=*/false);
  stele::fuzz::make_batches(directory, "plain", stele::fuzz::fill_plainly);
  stele::fuzz::make_batches(directory, "rich", stele::fuzz::fill_richly);
  stele::fuzz::make_queries(directory);
  stele::fuzz::make_page_files(directory);
  return 0;
}
