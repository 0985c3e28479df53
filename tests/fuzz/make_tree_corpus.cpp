// Makes the corpus of the fuzz targets of trees and runs: make_tree_corpus <directory>. To be run
// by hand when the format has changed; the result is committed.
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "events/run.h"
#include "fuzz/target.h"
#include "fuzz/tree_world.h"
#include "tree/apply.h"
#include "tree/node.h"

namespace stele::fuzz {

// The driver, which is not in this program, asks for it.
uint64_t accepted() {
  return 0;
}

namespace {

constexpr uint32_t kPageSize = page::kPageSizeMin;

void save(const std::string& path, uint8_t flags, ByteView bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream file(path, std::ios::binary);
  file.put(static_cast<char>(flags));
  file << as_text(bytes);
  require(file.good(), "a file of the corpus");
}

// `count` entries, of which every hundredth may be large.
class Entries final : public tree::ChangeSource {
 public:
  Entries(tree::LeafKind kind, uint64_t count, size_t large_size)
      : kind_(kind), count_(count), large_(large_size, 'l') {}
  Result<const tree::Change*> next() override {
    if (number_ == count_) return nullptr;
    const std::string digits = std::to_string(10'000 + number_);
    key_ = kind_ == tree::LeafKind::kDense ? std::string(as_text(tree::key_of(number_ + 1)))
                                           : "key" + digits;
    change_ = {.key = as_bytes(key_)};
    change_.value = as_bytes(number_ % 100 == 50 ? large_ : value_);
    ++number_;
    return &change_;
  }

 private:
  tree::LeafKind kind_;
  uint64_t count_;
  std::string large_;
  std::string value_ = "value";
  uint64_t number_ = 0;
  std::string key_;
  tree::Change change_;
};

// Puts a page and all below it behind `bytes`, children first. Returns its index.
uint64_t collect(page::PageWriter& writer, const page::PageRef& ref, uint64_t& count,
                 std::vector<uint8_t>& bytes) {
  const auto pin = writer.read(ref);
  require_ok(pin, "a page");
  std::vector<uint8_t> page(pin->bytes(), pin->bytes() + kPageSize);
  tree::InnerNode node;
  if (node.open(page.data(), kPageSize) == nullptr) {
    uint8_t* at = page.data() + node.slots_at() + node.slot_count() * tree::kSlotSize;
    for (size_t i = 0; i < node.child_count(); ++i, at += tree::kRefSize) {
      const uint64_t index = collect(writer, node.child(i), count, bytes);
      store_le(at, index);
    }
  }
  bytes.insert(bytes.end(), page.begin(), page.end());
  return count++;
}

void make_pages(const std::string& path, tree::LeafKind kind, uint64_t entries, size_t large) {
  TreeWorld world(kPageSize);
  const auto writer = world.begin();
  Entries source(kind, entries, large);
  const auto root = tree::apply(*writer, {}, kind, source);
  require_ok(root, "a tree");
  std::vector<uint8_t> bytes;
  uint64_t count = 0;
  collect(*writer, root->page, count, bytes);
  while (!bytes.empty() && bytes.back() == 0) bytes.pop_back();
  save(path, 0, bytes);
}

void save_run(const std::string& path, uint8_t flags, uint64_t first, ByteView bytes) {
  std::vector<uint8_t> input(sizeof first);
  store_le(input.data(), first);
  input.insert(input.end(), bytes.begin(), bytes.end());
  save(path, flags, input);
}

void make_runs(const std::string& directory) {
  const auto spread = [](uint64_t count, uint64_t step) {
    std::vector<uint64_t> positions;
    for (uint64_t i = 0; i < count; ++i) positions.push_back(1 + i + i * i * step);
    return positions;
  };
  const std::pair<const char*, std::vector<uint64_t>> lists[] = {
      {"one", {7}},
      {"side-by-side", spread(40, 0)},
      {"full", spread(1004, 0)},
      {"growing", spread(100, 3)},
      {"far", {1, 128, 1U << 14, 1U << 21, uint64_t{1} << 35, uint64_t{1} << 56, UINT64_MAX}},
  };
  for (const auto& [name, positions] : lists) {
    events::RunWriter writer;
    for (const uint64_t position : positions) require(writer.add(position), "a run");
    save_run(directory + name, 0, positions.front(), writer.bytes());
  }
  // Differences alone: small ones, and larger ones among them.
  std::vector<uint8_t> differences(30, 1);
  save_run(directory + "small-differences", 1, 100, differences);
  for (size_t i = 5; i < differences.size(); i += 9) differences[i] = 0x85;
  save_run(directory + "mixed-differences", 1, 100, differences);
}

}  // namespace
}  // namespace stele::fuzz

int main(int count, char** arguments) {
  using stele::tree::LeafKind;
  if (count != 2) return 2;
  const std::string pages = std::string(arguments[1]) + "/tree_page/";
  stele::fuzz::make_pages(pages + "leaf", LeafKind::kSlotted, 40, 5);
  stele::fuzz::make_pages(pages + "inner", LeafKind::kSlotted, 600, 5);
  stele::fuzz::make_pages(pages + "large", LeafKind::kSlotted, 60, 20'000);
  stele::fuzz::make_pages(pages + "dense", LeafKind::kDense, 40, 5);
  stele::fuzz::make_pages(pages + "dense-inner", LeafKind::kDense, 1000, 5);
  stele::fuzz::make_pages(pages + "dense-large", LeafKind::kDense, 60, 20'000);

  stele::fuzz::make_runs(std::string(arguments[1]) + "/run/");

  const std::string programs = std::string(arguments[1]) + "/tree/";
  std::vector<uint8_t> program;
  for (uint8_t i = 0; i < 120; ++i) {
    const uint8_t put[] = {
        4, 63, i, static_cast<uint8_t>(i * 37), 8, 200, static_cast<uint8_t>(i * 3)};
    program.insert(program.end(), std::begin(put), std::end(put));
    if (i % 5 == 4) program.push_back(i % 2);
    const uint8_t erase[] = {2, 40, i, static_cast<uint8_t>(i * 37), 3, 2, i, 1};
    if (i % 3 == 2) program.insert(program.end(), std::begin(erase), std::end(erase));
  }
  for (const uint8_t kind : {uint8_t{0}, uint8_t{1}, uint8_t{2}, uint8_t{5}}) {
    stele::fuzz::save(programs + "program-" + std::to_string(kind), kind, program);
  }
  return 0;
}
