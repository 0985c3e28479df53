// Makes the corpus of the target `rows`.
//
//   make_table_corpus DIR
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tables/catalog_part.h"
#include "tables/catalog_tree.h"
#include "tables/row_format.h"
#include "tables/row_part.h"

namespace stele {
namespace {

std::string directory;  // NOLINT: of this program

void write(const char* name, uint8_t what, uint32_t count, ByteView bytes) {
  std::ofstream file(std::filesystem::path(directory) / name, std::ios::binary);
  file.put(static_cast<char>(what)).put(static_cast<char>(count));
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

bool make_rows() {
  tables::RowPart part;
  for (uint32_t i = 0; i < 5; ++i) {
    const std::string key(i * 7, 'k');
    if (!part.put(1 + i % 2, as_bytes(key), as_bytes("row"), 0)) return false;
  }
  const ByteView end = as_bytes("z");
  if (!part.erase(1, as_bytes("k"), 0) || !part.erase_range(2, {}, &end, 0)) return false;
  if (!part.erase_range(2, as_bytes("y"), nullptr, 0)) return false;
  part.prepare();
  std::vector<uint8_t> section(part.size());
  part.encode({.tsn = 1, .first_position = 9, .event_count = 1, .recorded = 0}, section);
  write("rows", 0, part.count(), section);
  return true;
}

bool make_catalog() {
  tables::CatalogState state;
  tables::CatalogPart part(state);
  const bool made = part.create({"root", "a"}, tables::History::kAll, 0, "owner").has_value() &&
                    part.rename(4, {"s", "b"}) && part.drop(5);
  if (!made) return false;
  std::vector<uint8_t> section(part.size());
  part.encode({}, section);
  write("catalog", 1, part.count(), section);
  write("table", 3, 0,
        as_bytes(tables::encode_table({.id = 3, .name = {"root", "a"}, .owner = "owner"})));
  write("name", 3, 0, as_bytes(tables::name_key({"root", "a"})));
  return true;
}

void make_keys() {
  for (const size_t size : {0, 5, 16, 40}) {
    tree::KeyBuffer key;
    tables::history_key(3, as_bytes(std::string(size, 'k')), {.tsn = 7, .position = 9}, key);
    write(("key" + std::to_string(size)).c_str(), 2, 0, key.view());
  }
  // Found by mutation: a full group, said to be followed, and then none of its bytes.
  tree::KeyBuffer key;
  tables::history_key(3, as_bytes(std::string(17, 'k')), {.tsn = 7, .position = 9}, key);
  std::vector<uint8_t> empty_group(key.view().begin(), key.view().end());
  const size_t last = tables::kTableIdSize + tables::kGroupSize + 1;
  empty_group[last] = 0;
  empty_group[last + tables::kGroupSize] = 0;
  write("empty_group", 2, 0, empty_group);
  std::array<uint8_t, tables::kRowHeaderSizeMax> header = {};
  const size_t size = tables::encode_row_header({.tsn = 300, .position = 70000}, false, header);
  write("value", 3, 0, ByteView(header).first(size));
}

}  // namespace
}  // namespace stele

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  stele::directory = argv[1];
  std::filesystem::create_directories(stele::directory);
  if (!stele::make_rows() || !stele::make_catalog()) return 1;
  stele::make_keys();
  return 0;
}
