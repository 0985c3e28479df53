// Runs out of postings, and slices of one tree into another.
#include "events/term_writer.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "base/text.h"
#include "events/run.h"
#include "events/tail.h"
#include "events/term_key.h"
#include "events/term_tree.h"
#include "tree/apply.h"

namespace stele::events {

namespace {

// Below it a fold is not worth a pass.
constexpr uint64_t kRecentMin = 16384;
// The recent tree is at most this part of the main one.
constexpr uint64_t kRecentShare = 8;
// A last run of the main tree that is longer stays as it is, so that it is not written again for a
// few positions more.
constexpr size_t kRefillBelow = kRunSizeMax * 3 / 4;

// The terms of a chunk in the order of their keys, cut into runs.
class ChunkTerms final : public tree::ChangeSource {
 public:
  explicit ChunkTerms(const Tail& tail) : tail_(tail), key_(TermKind::kType, {}) {
    terms_.reserve(tail.terms().size());
    tail.terms().for_each([this](const Term& term) { terms_.push_back(&term); });
    std::ranges::sort(terms_, [](const Term* a, const Term* b) {
      return a->kind != b->kind ? a->kind < b->kind : a->view() < b->view();
    });
    ids_.reserve(tail.size());
    for (uint64_t i = 1; i <= tail.size(); ++i) ids_.push_back(tail.before() + i);
    std::ranges::sort(ids_, [&](uint64_t a, uint64_t b) {
      const int compared = std::memcmp(tail.record(a).id(), tail.record(b).id(), kIdSize);
      return compared != 0 ? compared < 0 : a < b;
    });
  }

  Result<const tree::Change*> next() override {
    if (next_in_term_ == 0) {
      const bool has_term = term_ < terms_.size();
      if (id_ < ids_.size() && (!has_term || terms_[term_]->kind > TermKind::kId)) {
        const uint64_t position = ids_[id_++];
        key_.set(TermKind::kId, as_text({tail_.record(position).id(), kIdSize}), position);
        return change({});
      }
      if (!has_term) return nullptr;
    }
    return next_run();
  }

 private:
  const tree::Change* change(ByteView value) {
    change_ = {.key = key_.bytes(), .value = value};
    return &change_;
  }

  const tree::Change* next_run() {
    const Term& term = *terms_[term_];
    const Postings::View postings = term.postings.view();
    run_.clear();
    while (next_in_term_ < postings.count && run_.add(postings.list[next_in_term_])) {
      ++next_in_term_;
    }
    key_.set(term.kind, term.view(), run_.first());
    if (next_in_term_ == postings.count) {
      next_in_term_ = 0;
      ++term_;
    }
    return change(run_.bytes());
  }

  const Tail& tail_;
  std::vector<const Term*> terms_;
  std::vector<uint64_t> ids_;
  size_t term_ = 0;
  size_t id_ = 0;
  uint64_t next_in_term_ = 0;  // The first of its positions that is not in a run yet.
  TermKey key_;
  RunWriter run_;
  tree::Change change_ = {};
};

// A slice of the recent tree: from a key on, to the end of the term in which its last entry is.
class Slice {
 public:
  Slice(const page::PageFile& file, const page::Root& root, ByteView from, uint64_t entries)
      : file_(file), cursor_(file, root), from_(from.begin(), from.end()), left_(entries) {}

  // Goes to the next entry. False: the slice is at its end.
  Result<bool> next() {
    const auto there = started_ ? cursor_.next() : cursor_.seek(from_);
    started_ = true;
    if (!there) return there;
    if (!*there) {
      behind_.clear();
      return false;
    }
    const ByteView key = cursor_.key();
    TermKeyView view = {};
    if (!TermKeyView::decode(key, view) || cursor_.value().is_large) {
      return fail(Code::kCorrupt,
                  cat(file_.path(), ": tree ", kTermsRecentTree, ": an entry is impossible"));
    }
    const bool same_term = kind_ == view.kind && text_ == view.text;
    if (left_ == 0 && !same_term) {
      behind_.assign(key.begin(), key.end());
      return false;
    }
    if (left_ > 0) --left_;
    is_new_term_ = !same_term;
    kind_ = view.kind;
    if (is_new_term_) text_ = view.text;
    position_ = view.position;
    return true;
  }

  [[nodiscard]] bool is_new_term() const { return is_new_term_; }
  [[nodiscard]] TermKind kind() const { return kind_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] uint64_t position() const { return position_; }
  [[nodiscard]] ByteView key() const { return cursor_.key(); }
  [[nodiscard]] ByteView run() const { return cursor_.value().bytes; }
  // Where the next slice begins; empty: there is nothing behind this one.
  [[nodiscard]] const std::vector<uint8_t>& behind() const { return behind_; }

 private:
  const page::PageFile& file_;
  tree::Cursor cursor_;
  std::vector<uint8_t> from_;
  uint64_t left_;
  bool started_ = false;
  bool is_new_term_ = false;
  TermKind kind_ = {};
  std::string text_;
  uint64_t position_ = 0;
  std::vector<uint8_t> behind_;
};

class SliceErases final : public tree::ChangeSource {
 public:
  explicit SliceErases(Slice& slice) : slice_(slice) {}
  Result<const tree::Change*> next() override {
    const auto there = slice_.next();
    if (!there) return fail(there.error());
    if (!*there) return nullptr;
    change_ = {.key = slice_.key(), .is_erase = true};
    return &change_;
  }

 private:
  Slice& slice_;
  tree::Change change_ = {};
};

// The runs of a slice, each term's behind what the main tree has of it.
class SliceRuns final : public tree::ChangeSource {
 public:
  SliceRuns(Slice& slice, const page::PageFile& file, const page::Root& main)
      : slice_(slice), file_(file), main_(file, main), key_(TermKind::kType, {}) {}

  Result<const tree::Change*> next() override {
    run_.clear();
    for (;;) {
      while (at_ < positions_.size()) {
        if (!run_.add(positions_[at_])) return change();
        ++at_;
      }
      // What comes next may be another term: then the run so far ends.
      const auto there = next_entry();
      if (!there) return fail(there.error());
      if (!*there || slice_.is_new_term()) {
        const bool has_run = !run_.empty();
        const tree::Change* made = has_run ? change() : nullptr;
        if (*there) STELE_TRY(begin_term());
        if (has_run) return made;
        if (!*there) return nullptr;
      } else {
        STELE_TRY(take_run(slice_.position(), slice_.run()));
      }
    }
  }

 private:
  Result<bool> next_entry() {
    if (ended_) return false;
    auto there = slice_.next();
    if (there && !*there) ended_ = true;
    return there;
  }

  const tree::Change* change() {
    key_.set(kind_, text_, run_.first());
    change_ = {.key = key_.bytes(), .value = run_.bytes()};
    return &change_;
  }

  [[nodiscard]] std::unexpected<Error> damaged(uint64_t first, const char* reason) const {
    return fail(Code::kCorrupt, cat(file_.path(), ": trees of terms, term ", quoted(text_),
                                    ", run from ", first, ": ", reason));
  }

  // Puts the positions of a run of the term behind those that are in no run yet.
  Status take_run(uint64_t first, ByteView run) {
    if (const char* fault = decode_run(first, run, more_)) return damaged(first, fault);
    if (first <= last_) return damaged(first, "it is not behind the one before");
    last_ = more_.back();
    if (at_ == positions_.size()) {
      positions_.clear();
      at_ = 0;
    }
    positions_.insert(positions_.end(), more_.begin(), more_.end());
    return {};
  }

  // The slice is at the first entry of another term.
  Status begin_term() {
    kind_ = slice_.kind();
    text_ = slice_.text();
    last_ = 0;
    // An id that occurs twice keeps two runs: a look into the main tree for each would cost more.
    if (kind_ != TermKind::kId) STELE_TRY(take_last_of_main());
    return take_run(slice_.position(), slice_.run());
  }

  // Takes the last run of the term in the main tree, if there is room in it for more.
  Status take_last_of_main() {
    const TermKey last(kind_, text_, UINT64_MAX);
    const auto there = main_.seek_at_most(last.bytes());
    if (!there) return fail(there.error());
    if (!*there || !last.is_of_term(main_.key())) return {};
    const ByteView key = main_.key();
    const auto first = load_be<uint64_t>(key.data() + key.size() - sizeof(uint64_t));
    const tree::Value value = main_.value();
    if (value.is_large) return damaged(first, "it is too long");
    if (value.bytes.size() < kRefillBelow) return take_run(first, value.bytes);
    const auto summary = summary_of_run(first, value.bytes);
    if (!summary) return damaged(first, summary.error());
    last_ = summary->last;
    return {};
  }

  Slice& slice_;
  const page::PageFile& file_;
  tree::Cursor main_;
  TermKind kind_ = {};
  std::string text_;
  std::vector<uint64_t> positions_;  // Of the term, that are in no run yet from at_ on.
  size_t at_ = 0;
  uint64_t last_ = 0;  // The last position of the term that was come by.
  std::vector<uint64_t> more_;
  bool ended_ = false;
  TermKey key_;
  RunWriter run_;
  tree::Change change_ = {};
};

page::Root root_of(const engine::Roots& roots, std::string_view name) {
  const auto found = roots.find(name);
  return found == roots.end() ? page::Root() : found->second;
}

}  // namespace

Status TermWriter::add(page::PageWriter& writer, const engine::Chunk& chunk, engine::Roots& roots) {
  ChunkTerms terms(Tail::of(chunk));
  const auto recent =
      tree::apply(writer, root_of(roots, kTermsRecentTree), tree::LeafKind::kSlotted, terms);
  if (!recent) return fail(recent.error());
  roots[std::string(kTermsRecentTree)] = *recent;
  const uint64_t kept = std::max(kRecentMin, root_of(roots, kTermsMainTree).entries / kRecentShare);
  if (recent->entries <= kept) return {};
  return fold(writer, roots, recent->entries - kept + kept / kRecentShare);
}

Status TermWriter::fold(page::PageWriter& writer, engine::Roots& roots, uint64_t entries) {
  const page::PageFile& file = writer.file();
  const page::Root recent = root_of(roots, kTermsRecentTree);
  const page::Root main = root_of(roots, kTermsMainTree);
  Slice moved(file, recent, fold_from_, entries);
  SliceRuns runs(moved, file, main);
  const auto larger = tree::apply(writer, main, tree::LeafKind::kSlotted, runs);
  if (!larger) return fail(larger.error());
  Slice again(file, recent, fold_from_, entries);
  SliceErases erases(again);
  const auto smaller = tree::apply(writer, recent, tree::LeafKind::kSlotted, erases);
  if (!smaller) return fail(smaller.error());
  roots[std::string(kTermsMainTree)] = *larger;
  roots[std::string(kTermsRecentTree)] = *smaller;
  fold_from_ = again.behind();
  return {};
}

}  // namespace stele::events
