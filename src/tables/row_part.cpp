// Ops of a batch, and how they get into a commit.
#include "tables/row_part.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "tables/catalog.h"

namespace stele::tables {

namespace {

// A commit's own position is behind those of all events that its rows can follow from.
uint64_t order_of(uint64_t position) {
  return position == kPositionOfCommit ? UINT64_MAX : position;
}

bool is_range(const OpView& op) {
  return op.kind() == OpKind::kDeleteRange;
}

bool covers(const OpView& range, const OpView& row) {
  return row.table() == range.table() && tree::compare(row.key(), range.key()) >= 0 &&
         (!range.has_end() || tree::compare(row.key(), range.value()) < 0);
}

// Below, at or above 0 as one comes before the other in a section; 0: one makes the other void.
int compare(const OpView& one, const OpView& other) {
  if (one.table() != other.table()) return one.table() < other.table() ? -1 : 1;
  const int order = tree::compare(one.key(), other.key());
  if (order != 0) return order;
  const uint64_t left = order_of(one.position());
  const uint64_t right = order_of(other.position());
  return left == right ? 0 : (left < right ? -1 : 1);
}

}  // namespace

Status RowPart::check(TableId table, ByteView key, uint64_t position) {
  STELE_CHECK(table != 0);
  if (key.size() > kRowKeySizeMax) {
    return fail(Code::kTooLarge, cat("the key has ", key.size(), " bytes, at most ", kRowKeySizeMax,
                                     " are allowed"));
  }
  if (position > kPositionMax) {
    return fail(Code::kInvalid, cat("the position is ", position, ", allowed are 0 to 2^63 - 1"));
  }
  const auto before = positions_.find(table);
  if (before == positions_.end()) return {};
  if ((before->second == UINT64_MAX) != (position == kPositionOfCommit)) {
    return fail(Code::kInvalid,
                "either all rows of a table have positions in a batch, or none has one");
  }
  if (order_of(position) < before->second) {
    return fail(Code::kInvalid, cat("the position is ", position, ", behind ", before->second,
                                    ": the positions of a table must not descend"));
  }
  return {};
}

Status RowPart::put(TableId table, ByteView key, ByteView row, uint64_t position) {
  STELE_TRY(check(table, key, position));
  if (row.size() > kRowSizeMax) {
    return fail(Code::kTooLarge,
                cat("the row has ", row.size(), " bytes, at most ", kRowSizeMax, " are allowed"));
  }
  return add(OpKind::kPut, true, table, key, row, position);
}

Status RowPart::erase(TableId table, ByteView key, uint64_t position) {
  STELE_TRY(check(table, key, position));
  return add(OpKind::kDelete, true, table, key, {}, position);
}

Status RowPart::erase_range(TableId table, ByteView first, const ByteView* end, uint64_t position) {
  STELE_TRY(check(table, first, position));
  if (end != nullptr) STELE_TRY(check(table, *end, position));
  if (end != nullptr && tree::compare(first, *end) > 0) {
    return fail(Code::kInvalid, "the range ends before it begins");
  }
  if (end != nullptr && tree::equal(first, *end)) return {};
  const ByteView until = end != nullptr ? *end : ByteView();
  return add(OpKind::kDeleteRange, end != nullptr, table, first, until, position);
}

Status RowPart::add(OpKind kind, bool has_end, TableId table, ByteView key, ByteView value,
                    uint64_t position) {
  if (ops_.size() == UINT32_MAX) return fail(Code::kTooLarge, "the batch has too many rows");
  std::array<uint8_t, kOpHeaderSizeMax> header;
  const size_t header_size = encode_op_header({.kind = kind,
                                               .has_end = has_end,
                                               .table = table,
                                               .position = position,
                                               .key_size = key.size(),
                                               .value_size = value.size()},
                                              header);
  const size_t size = header_size + key.size() + value.size();
  // Room first: what fails has changed nothing.
  uint64_t& newest = positions_.try_emplace(table, 0).first->second;
  if (ops_.size() == ops_.capacity()) ops_.reserve(2 * ops_.size() + 8);
  auto* at = static_cast<uint8_t*>(arena_.allocate(size));
  std::copy_n(header.data(), header_size, at);
  copy_bytes(at + header_size, key);
  copy_bytes(at + header_size + key.size(), value);
  ByteView bytes(at, size);
  OpView made;
  const char* fault = take_op(bytes, kPositionOfCommit, made);
  STELE_CHECK(fault == nullptr);
  if (overlay_ != nullptr) overlay_->add(made, last_number_ + 1);
  ops_.push_back(made);
  ++last_number_;
  newest = order_of(position);
  return {};
}

void RowPart::clear() {
  arena_.clear();
  ops_.clear();
  positions_.clear();
  size_ = 0;
  overlay_ = nullptr;
  last_number_ = 0;
}

// Leaves out rows that a later deletion of a range at the same position strikes.
void RowPart::drop_void() {
  std::vector<size_t> ranges;  // Of ops_: few, where rows may be many.
  for (size_t i = 0; i < ops_.size(); ++i) {
    if (is_range(ops_[i])) ranges.push_back(i);
  }
  if (ranges.empty()) return;
  std::vector<OpView> left;
  left.reserve(ops_.size());
  for (size_t i = 0; i < ops_.size(); ++i) {
    const OpView& row = ops_[i];
    const auto later = std::ranges::upper_bound(ranges, i);
    const bool is_void = !is_range(row) && std::any_of(later, ranges.end(), [&](size_t at) {
      const OpView& range = ops_[at];
      return range.position() == row.position() && covers(range, row);
    });
    if (!is_void) left.push_back(row);
  }
  ops_ = std::move(left);
}

void RowPart::prepare() {
  drop_void();
  const auto rows = std::stable_partition(ops_.begin(), ops_.end(), is_range);
  std::stable_sort(rows, ops_.end(),
                   [](const OpView& one, const OpView& other) { return compare(one, other) < 0; });
  // Of equals the last one counts.
  auto kept = rows;
  for (auto at = rows; at != ops_.end(); ++at) {
    if (at + 1 != ops_.end() && compare(*at, *(at + 1)) == 0) continue;
    *kept++ = *at;
  }
  ops_.erase(kept, ops_.end());
  size_ = 0;
  for (const OpView& op : ops_) size_ += op.bytes().size();
}

std::vector<ByteView> RowPart::pieces() const {
  std::vector<ByteView> pieces;
  pieces.reserve(ops_.size());
  for (const OpView& op : ops_) pieces.push_back(op.bytes());
  return pieces;
}

void RowPart::encode(const engine::Stamp& /*stamp*/, ByteSpan into) {
  uint8_t* at = into.data();
  for (const OpView& from : ops_) {
    copy_bytes(at, from.bytes());
    at += from.bytes().size();
  }
  STELE_CHECK(at == into.data() + into.size());
}

void RowPart::apply_to_tail(const engine::View& view, const engine::Stamp& stamp, ByteSpan section,
                            uint64_t /*visible*/) {
  RowTail& tail = RowTail::of(view.active());
  ByteView rest = section;
  std::array<OpView, 32> made;  // Several at a time, for that is how the tail is quick.
  while (!rest.empty()) {
    size_t count = 0;
    for (; count < made.size() && !rest.empty(); ++count) {
      const char* fault = take_op(rest, stamp.last_position(), made[count]);
      STELE_CHECK(fault == nullptr);
    }
    tail.add(std::span(made).first(count), stamp.tsn);
  }
}

std::unique_ptr<engine::TailPart> RowParticipant::make_tail_part(
    const engine::Snapshot& /*before*/) const {
  return std::make_unique<RowTail>();
}

Status RowParticipant::replay_op(RowTail& tail, const engine::Stamp& stamp, const OpView& op) {
  if (op.kind() != OpKind::kDeleteRange) {
    const VersionTime time = {.tsn = stamp.tsn, .position = op.position()};
    const auto* there = tail.versions().seek(op.table(), op.key(), time);
    if (there != nullptr && there->is_row(op.table(), op.key()) && there->time() == time) {
      return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": its rows section has a row twice"));
    }
  }
  tail.add(op, stamp.tsn);
  return {};
}

Status RowParticipant::replay(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                              ByteView section) {
  RowTail& tail = RowTail::of(view.active());
  return for_each_op(stamp, count, section,
                     [&](const OpView& op) { return replay_op(tail, stamp, op); });
}

Status RowParticipant::replay_present(const engine::View& view, const engine::Stamp& stamp,
                                      uint32_t count, ByteView section, const PassOver& pass_over) {
  RowTail& tail = RowTail::of(view.active());
  TableId known = 0;  // The table that was asked for last, and the answer.
  bool is_there = false;
  return for_each_op(stamp, count, section, [&](const OpView& op) -> Status {
    if (op.table() != known) {
      const auto table = find_table(view, op.table(), stamp.tsn);
      if (!table) return fail(table.error());
      known = op.table();
      is_there = table->has_value();
      if (!is_there) pass_over(known);
    }
    return is_there ? replay_op(tail, stamp, op) : Status();
  });
}

}  // namespace stele::tables
