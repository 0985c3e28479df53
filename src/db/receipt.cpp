// Finds the commit of an event, or of a receipt, and compares.
#include "db/receipt.h"

#include "base/text.h"
#include "engine/commit_frame.h"
#include "events/receipt.h"

namespace stele::db {

namespace {

// Requires: the commit is visible.
events::CommitOfReceipt commit_at(Database& database, uint64_t tsn) {
  const engine::Pipeline& pipeline = database.pipeline();
  const auto& uuid = database.meta().uuid;
  return {.uuid = uuid,
          .stamp = pipeline.stamp_of(tsn),
          .previous_root = tsn == 1 ? engine::genesis_root(uuid) : pipeline.root_of(tsn - 1),
          .chained_root = pipeline.root_of(tsn)};
}

bool are_equal(const engine::Stamp& one, const engine::Stamp& other) {
  return one.tsn == other.tsn && one.first_position == other.first_position &&
         one.event_count == other.event_count && one.recorded == other.recorded;
}

}  // namespace

Result<std::vector<uint8_t>> receipt_of(Database& database, uint64_t position) {
  const uint64_t head = database.snapshot().head;
  if (position == 0 || position > head) {
    return fail(Code::kNotFound,
                cat("there is no event at position ", position, ", the newest is at ", head));
  }
  const events::RecordView record = database.tail().record(position);
  if (record.tsn() > database.pipeline().durable_tsn()) {
    return fail(Code::kNotYet, cat("event ", position, " came with commit ", record.tsn(),
                                   ", which is not durable yet"));
  }
  auto bytes = events::encode_receipt(
      events::make_receipt(database.tail(), commit_at(database, record.tsn()), position));
  // Opening a database does not compute its hashes again, and a receipt that does not hold helps
  // nobody: better to hear of it here than years later.
  const auto receipt = events::decode_receipt(bytes);
  if (!receipt) return fail(receipt.error());
  STELE_TRY(events::check_record(*receipt, record.bytes()));
  return bytes;
}

Status check_receipt(Database& database, ByteView bytes) {
  const auto receipt = events::decode_receipt(bytes);
  if (!receipt) return fail(receipt.error());
  if (receipt->uuid != database.meta().uuid) {
    return fail(Code::kInvalid, "the receipt is of another database");
  }
  const uint64_t tsn = receipt->stamp.tsn;
  const engine::Snapshot held = database.snapshot();
  if (tsn > held.tsn) {
    return fail(Code::kNotFound, cat("the receipt is of commit ", tsn,
                                     ", the database ends with commit ", held.tsn));
  }
  const events::CommitOfReceipt commit = commit_at(database, tsn);
  if (commit.chained_root != receipt->chained_root) {
    return fail(Code::kCorrupt, cat("the chained root of commit ", tsn,
                                    " is not that of the receipt: the history was another"));
  }
  if (!are_equal(commit.stamp, receipt->stamp)) {
    return fail(Code::kCorrupt, cat("commit ", tsn, " is not what the receipt says of it"));
  }
  return events::check_record(*receipt, database.tail().record(receipt->position).bytes());
}

}  // namespace stele::db
