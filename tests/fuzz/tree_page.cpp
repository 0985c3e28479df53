// Any bytes as the pages of a tree whose checksums are right: everything that reads one ends in a
// Status or in clean results.
//
// Input: a byte of flags, then pages of 4 KiB, the last one cut short or not; children before their
// parents, the root last. A child's number says which of the pages before it is meant. Flag 1: type
// and level of the root are made right for a leaf, 2: for a dense leaf.
#include <algorithm>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "fuzz/target.h"
#include "fuzz/tree_world.h"
#include "tree/apply.h"
#include "tree/cursor.h"
#include "tree/draw.h"
#include "tree/node.h"
#include "tree/verify.h"

namespace stele::fuzz {
namespace {

constexpr uint32_t kPageSize = page::kPageSizeMin;
constexpr uint8_t kLeafFlag = 1;
constexpr uint8_t kDenseFlag = 2;
constexpr size_t kStepsMax = 10'000;  // A page may say that it is its own neighbour's parent.

uint64_t accepted_count = 0;  // NOLINT: for accepted(), which has no object to ask

using PageBytes = std::vector<uint8_t>;

// Makes the children that a page names pages that are there.
void mend_children(PageBytes& page, const std::vector<page::PageRef>& before) {
  tree::InnerNode node;
  if (before.empty() || node.open(page.data(), kPageSize) != nullptr) return;
  uint8_t* at = page.data() + node.slots_at() + node.slot_count() * tree::kSlotSize;
  for (size_t i = 0; i < node.child_count(); ++i, at += tree::kRefSize) {
    tree::store_ref(at, before[node.child(i).number % before.size()]);
  }
}

uint64_t touch(ByteView bytes) {
  uint64_t sum = 0;
  for (const uint8_t byte : bytes) sum += byte;
  return sum;
}

uint64_t touch(const page::PageFile& file, const tree::Value& value) {
  uint64_t sum = touch(value.bytes);
  std::vector<uint8_t> bytes(std::min<uint64_t>(value.size(), 3 * kPageSize));
  const uint64_t offset = value.size() - bytes.size();
  const Status read = tree::read_value(file, value, offset, bytes);
  if (!read) require_refusal(read.error());
  return sum + touch(bytes);
}

void step_through(const page::PageFile& file, const page::Root& root, bool forwards) {
  tree::Cursor cursor(file, root);
  auto at = forwards ? cursor.first() : cursor.last();
  uint64_t sum = 0;
  for (size_t i = 0; at && *at && i < kStepsMax; ++i) {
    sum += touch(cursor.key());
    if (i < 100) sum += touch(file, cursor.value());
    at = forwards ? cursor.next() : cursor.previous();
  }
  if (!at) require_refusal(at.error());
  require(sum < UINT64_MAX, "unreachable");
}

void look_up(const page::PageFile& file, const page::Root& root, ByteView key) {
  tree::Found found;
  const auto is_there = tree::get(file, root, key, found);
  if (!is_there) return require_refusal(is_there.error());
  if (*is_there) touch(file, found.value);
  tree::Cursor cursor(file, root);
  for (const auto& at : {cursor.seek(key), cursor.seek_before(key), cursor.seek_at_most(key)}) {
    if (!at) require_refusal(at.error());
  }
  require(!tree::draw_path(file, root, key).empty(), "no drawing");
}

// Changes for a tree that may be anything: puts and erases of keys in it and others.
class Changes final : public tree::ChangeSource {
 public:
  explicit Changes(bool is_dense) : is_dense_(is_dense) {}
  Result<const tree::Change*> next() override {
    if (number_ == 40) return nullptr;
    key_ = is_dense_ ? tree::key_of(number_) : tree::key_of(number_ * 0x0601020304050607);
    change_ = {.key = key_, .is_erase = number_ % 3 == 1, .value = key_};
    ++number_;
    return &change_;
  }

 private:
  bool is_dense_;
  uint64_t number_ = 0;
  std::array<uint8_t, tree::kNumberSize> key_ = {};
  tree::Change change_;
};

void change(page::PageWriter& writer, const page::Root& root, tree::LeafKind kind) {
  Changes changes(kind == tree::LeafKind::kDense);
  const auto made = tree::apply(writer, root, kind, changes);
  if (made) return;
  if (kind == tree::LeafKind::kDense && made.error().code() == Code::kInvalid) return;
  require_refusal(made.error());
}

void try_tree(TreeWorld& world, page::PageWriter& writer, const page::Root& root) {
  const page::PageFile& file = world.file();
  const auto ignore = [](uint64_t) -> Status { return {}; };
  for (const tree::LeafKind kind : {tree::LeafKind::kSlotted, tree::LeafKind::kDense}) {
    const Status verified = tree::verify(file, root, kind, ignore);
    if (verified) ++accepted_count;
    if (!verified) require_refusal(verified.error());
  }
  step_through(file, root, true);
  step_through(file, root, false);
  for (const uint64_t number : {uint64_t{0}, uint64_t{1}, uint64_t{500}, ~uint64_t{0}}) {
    look_up(file, root, tree::key_of(number));
  }
  look_up(file, root, {});
  look_up(file, root, as_bytes("key00010"));
  change(writer, root, tree::LeafKind::kSlotted);
  change(writer, root, tree::LeafKind::kDense);
}

}  // namespace

uint64_t accepted() {
  return accepted_count;
}

}  // namespace stele::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stele;        // NOLINT(google-build-using-namespace)
  using namespace stele::fuzz;  // NOLINT(google-build-using-namespace)
  if (size < 2) return 0;
  static TreeWorld world(kPageSize);
  const auto writer = world.begin();
  const ByteView input = {data + 1, size - 1};
  std::vector<page::PageRef> pages;
  page::Root root;
  for (size_t at = 0; at < input.size(); at += kPageSize) {
    PageBytes page(kPageSize);
    const ByteView bytes = input.subspan(at, std::min<size_t>(kPageSize, input.size() - at));
    copy_bytes(page.data(), bytes);
    const bool is_root = at + kPageSize >= input.size();
    if (is_root && (data[0] & (kLeafFlag | kDenseFlag)) != 0) {
      page[page::kPageTypeOffset] = static_cast<uint8_t>(
          (data[0] & kLeafFlag) != 0 ? page::PageType::kLeaf : page::PageType::kDenseLeaf);
      page[page::kPageLevelOffset] = 0;
    }
    mend_children(page, pages);
    require(!tree::draw_page(page).empty(), "no drawing");
    const auto written = writer->write(page);
    require_ok(written, "a page");
    pages.push_back(*written);
    root = {.page = *written,
            .height = static_cast<uint8_t>(page[page::kPageLevelOffset] + 1),
            .entries = 3};
  }
  // How many entries there are, for the verification.
  tree::Cursor cursor(world.file(), root);
  auto at = cursor.first();
  for (root.entries = 0; at && *at && root.entries < kStepsMax; at = cursor.next()) ++root.entries;
  try_tree(world, *writer, root);
  return 0;
}
