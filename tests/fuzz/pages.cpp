// Any bytes as a page file: an open to read and one to write, all pages, the free list, a
// generation on top of it that is read back.
#include <memory>
#include <vector>

#include "fuzz/page_image.h"
#include "fuzz/target.h"
#include "os/environment.h"
#include "os/memory_files.h"
#include "page/page_census.h"
#include "page/page_writer.h"

namespace stele::fuzz {
namespace {

using page::PageFile;

uint64_t accepted_count = 0;  // NOLINT: for accepted(), which has no object to ask

constexpr uint64_t kCacheBytes = 12 * kFoldedPageSize;

template <typename T>
bool is_fine(const Result<T>& result) {
  if (!result) require_refusal(result.error());
  return result.has_value();
}

void read_everything(const PageFile& file) {
  const auto state = file.state();
  for (const auto& [name, root] : state->roots) {
    if (root.page) [[maybe_unused]]
      const bool read = is_fine(file.read(root.page));
  }
  std::vector<uint8_t> page(file.page_size());
  for (uint64_t n = page::first_page(file.page_size()); n < state->page_count; ++n) {
    if (!is_fine(file.read_raw(n, page))) continue;
    const page::PageHeader header{page.data()};
    require(header.number() == n, "a page says that it is another");
    require_ok(file.read({n, header.checksum()}), "a page that is good in itself");
  }
  page::PageCensus census(file, *state);
  if (is_fine(census.mark_free())) [[maybe_unused]]
    const bool counted = is_fine(census.finish());
}

// Returns whether a generation could be made on top of what is there.
bool build(PageFile& file) {
  auto writer = file.begin();
  if (!is_fine(writer)) return false;
  std::vector<page::PageRef> refs;
  std::vector<uint8_t> page(file.page_size());
  page[page::kPageTypeOffset] = static_cast<uint8_t>(page::PageType::kLeaf);
  for (uint8_t i = 0; i < 5; ++i) {
    page[100] = i;
    const auto ref = (*writer)->write(page);
    require_ok(ref, "a page");
    refs.push_back(*ref);
  }
  (*writer)->free(refs[1].number, 0);
  (*writer)->free(page::first_page(file.page_size()), 0);  // Perhaps free already.
  const page::Roots roots = {{"new", {refs[0], 1, 1}}};
  if (!is_fine((*writer)->commit(roots, 1, page::Note()))) return false;
  for (const size_t i : {0U, 2U, 3U, 4U}) {
    const auto pin = file.read(refs[i]);
    require_ok(pin, "a page that was committed");
    require(pin->bytes()[100] == i, "a page that was committed is another");
  }
  return true;
}

void try_file(const std::vector<uint8_t>& bytes) {
  os::MemoryFiles files;
  os::Environment environment = os::posix_environment();
  environment.files = &files;
  {
    auto made = files.open(kPageFilePath, os::OpenFor::kCreating);
    require_ok(made, "the file");
    const ByteView piece = bytes;
    require_ok((*made)->write_at(0, {&piece, 1}), "its bytes");
  }
  page::PageCache cache(kCacheBytes);
  const auto open = [&](bool for_writing) {
    return PageFile::open(environment, kPageFilePath, page_file_options(), cache, for_writing);
  };
  {
    const auto file = open(/*for_writing=*/false);
    if (!is_fine(file)) return;
    read_everything(**file);
  }
  {
    const auto file = open(/*for_writing=*/true);
    if (!is_fine(file) || !build(**file)) return;
  }
  const auto again = open(/*for_writing=*/true);
  require_ok(again, "what was built");
  require((*again)->state()->root("new").page.number != 0, "what was built is there");
  [[maybe_unused]] const bool built = build(**again);
  ++accepted_count;
}

}  // namespace

uint64_t accepted() {
  return accepted_count;
}

}  // namespace stele::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  stele::fuzz::try_file(stele::fuzz::unfold({data, size}));
  return 0;
}
