// Finds what lies beyond the boundary, and has it written again.
#include "tree/relocate.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "tree/apply.h"
#include "tree/damage.h"
#include "tree/node.h"
#include "tree/value.h"

namespace stele::tree {

namespace {

// An entry whose leaf is to be written again, or whose value is to be moved.
struct Again {
  std::vector<uint8_t> key;
  std::vector<uint8_t> descriptor;  // Of the value; empty: it stays as it is.
};

// Walks the leaves from a key on until there is enough to do.
class Finder {
 public:
  Finder(const page::PageFile& file, ByteView from, const Relocation& how)
      : file_(file), from_(from), how_(how) {}

  // `must` says that the first leaf below has to be written, whether or not it lies beyond.
  Status visit(const page::PageRef& ref, size_t level, bool must);

  [[nodiscard]] bool is_full() const { return pages_ >= how_.pages_max; }
  std::vector<Again> found;
  std::vector<uint8_t> next;  // Behind the last leaf that was dealt with.
  [[nodiscard]] uint64_t pages() const { return pages_; }

 private:
  Status visit_inner(const page::PagePin& pin, bool must);
  Status visit_leaf(const page::PagePin& pin, bool must);
  Status read_key(const AnyLeaf& leaf, size_t i, uint64_t number, std::vector<uint8_t>& into) const;
  Status add(const AnyLeaf& leaf, size_t i, uint64_t number, ByteView descriptor);
  // How many pages a value has, if any of them lies beyond the boundary; 0 otherwise.
  Result<uint64_t> pages_beyond(const Value& value) const;
  [[nodiscard]] std::unexpected<Error> beyond_page(uint64_t number, size_t i) const {
    return damaged(file_, number, cat("entry ", i, " is beyond the page"));
  }

  const page::PageFile& file_;
  ByteView from_;
  const Relocation& how_;
  bool is_on_way_ = true;  // Still on the way down to `from_`.
  uint64_t pages_ = 0;
};

Status Finder::visit(const page::PageRef& ref, size_t level, bool must) {
  const auto pin = file_.read(ref, page::PageUse::kOnce);
  if (!pin) return fail(pin.error());
  if (pin->header().level() != level) {
    return damaged(file_, ref.number, cat("not of level ", level));
  }
  must = must || ref.number >= how_.boundary;
  return level > 0 ? visit_inner(*pin, must) : visit_leaf(*pin, must);
}

Status Finder::visit_inner(const page::PagePin& pin, bool must) {
  InnerNode node;
  if (const char* fault = node.open(pin.bytes(), file_.page_size())) {
    return damaged(file_, pin.header().number(), fault);
  }
  const size_t first = is_on_way_ ? node.child_of(from_) : 0;
  for (size_t i = first; i < node.child_count() && !is_full(); ++i) {
    // The analyzer loses an Error's detail on its way out of a std::expected.
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
    STELE_TRY(visit(node.child(i), pin.header().level() - 1U, must && i == first));
  }
  return {};
}

Status Finder::visit_leaf(const page::PagePin& pin, bool must) {
  const uint64_t number = pin.header().number();
  AnyLeaf leaf;
  if (const char* fault = leaf.open(pin.bytes(), file_.page_size())) {
    return damaged(file_, number, fault);
  }
  // What is before `from` was dealt with.
  const size_t first = is_on_way_ ? leaf.search(from_).index : 0;
  is_on_way_ = false;
  if (first >= leaf.count()) return {};
  const size_t found_before = found.size();
  for (size_t i = first; i < leaf.count(); ++i) {
    Value value;
    if (!leaf.value(i, value)) return beyond_page(number, i);
    if (!value.is_large) continue;
    const auto pages = pages_beyond(value);
    if (!pages) return fail(pages.error());
    if (*pages == 0 || *pages > how_.pages_max) continue;
    pages_ += *pages;
    STELE_TRY(add(leaf, i, number, value.bytes));
  }
  // One entry is enough to have the leaf written.
  if (must && found.size() == found_before) STELE_TRY(add(leaf, first, number, {}));
  if (must || found.size() > found_before) ++pages_;
  // The last key, and what comes right behind it.
  STELE_TRY(read_key(leaf, leaf.count() - 1, number, next));
  next.push_back(0);
  return {};
}

Status Finder::read_key(const AnyLeaf& leaf, size_t i, uint64_t number,
                        std::vector<uint8_t>& into) const {
  std::array<uint8_t, kNumberSize> buffer = {};
  AnyLeaf::Key key;
  if (!leaf.key(i, key, buffer)) return beyond_page(number, i);
  into.assign(key.prefix.begin(), key.prefix.end());
  into.insert(into.end(), key.suffix.begin(), key.suffix.end());
  return {};
}

Status Finder::add(const AnyLeaf& leaf, size_t i, uint64_t number, ByteView descriptor) {
  Again again;
  STELE_TRY(read_key(leaf, i, number, again.key));
  again.descriptor.assign(descriptor.begin(), descriptor.end());
  found.push_back(std::move(again));
  return {};
}

Result<uint64_t> Finder::pages_beyond(const Value& value) const {
  uint64_t pages = 0;
  bool is_beyond = false;
  STELE_TRY(visit_value(file_, value.bytes, 0, UINT64_MAX,
                        {[&](const ValueRun& run) -> Status {
                           pages += run.count;
                           is_beyond = is_beyond || run.page + run.count > how_.boundary;
                           return {};
                         },
                         [&](uint64_t page) -> Status {
                           ++pages;
                           is_beyond = is_beyond || page >= how_.boundary;
                           return {};
                         }}));
  return is_beyond ? pages : 0;
}

// A value where it lies now.
class OldValue final : public ValueSource {
 public:
  OldValue(const page::PageFile& file, const Value& value) : file_(file), value_(value) {}
  [[nodiscard]] uint64_t size() const override { return value_.size(); }
  [[nodiscard]] Status read(ByteSpan into) override {
    STELE_TRY(read_value(file_, value_, offset_, into));
    offset_ += into.size();
    return {};
  }

 private:
  const page::PageFile& file_;
  Value value_;
  uint64_t offset_ = 0;
};

class AgainChanges final : public ChangeSource {
 public:
  AgainChanges(const page::PageFile& file, const std::vector<Again>& entries)
      : file_(file), entries_(entries) {}
  [[nodiscard]] Result<const Change*> next() override {
    if (index_ == entries_.size()) return nullptr;
    const Again& entry = entries_[index_++];
    change_ = {.key = entry.key, .keeps = true};
    if (!entry.descriptor.empty()) {
      source_ =
          std::make_unique<OldValue>(file_, Value{.bytes = entry.descriptor, .is_large = true});
      change_ = {.key = entry.key, .large = source_.get()};
    }
    return &change_;
  }

 private:
  const page::PageFile& file_;
  const std::vector<Again>& entries_;
  size_t index_ = 0;
  std::unique_ptr<OldValue> source_;
  Change change_;
};

}  // namespace

Result<Relocated> relocate(page::PageWriter& writer, const page::Root& root, ByteView from,
                           const Relocation& how) {
  if (!root.page) return Relocated{.root = root, .is_done = true};
  const page::PageFile& file = writer.file();
  Finder finder(file, from, how);
  // The analyzer loses an Error's detail on its way out of a std::expected.
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
  STELE_TRY(finder.visit(root.page, root.height - 1U, false));
  Relocated result = {.root = root,
                      .pages = finder.pages(),
                      .is_done = !finder.is_full(),
                      .next = std::move(finder.next)};
  if (finder.found.empty()) return result;
  AgainChanges changes(file, finder.found);
  const auto made = apply(writer, root, how.kind, changes);
  if (!made) return fail(made.error());
  result.root = *made;
  return result;
}

}  // namespace stele::tree
