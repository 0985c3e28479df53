// Finds the commit of an event, or of a receipt, and compares.
#include "db/receipt.h"

#include "base/text.h"
#include "engine/commit_frame.h"
#include "events/receipt.h"

namespace stele::db {

namespace {

// Requires: the commit is visible.
Result<events::CommitOfReceipt> commit_at(const Database& database, const engine::View& view,
                                          uint64_t tsn) {
  const auto& uuid = database.meta().uuid;
  const auto info = engine::commit_info(view, tsn);
  if (!info) return fail(info.error());
  Digest previous_root = engine::genesis_root(uuid);
  if (tsn > 1) {
    const auto previous = engine::commit_info(view, tsn - 1);
    if (!previous) return fail(previous.error());
    previous_root = previous->chained_root;
  }
  return events::CommitOfReceipt{.uuid = uuid,
                                 .stamp = info->stamp,
                                 .previous_root = previous_root,
                                 .chained_root = info->chained_root};
}

bool are_equal(const engine::Stamp& one, const engine::Stamp& other) {
  return one.tsn == other.tsn && one.first_position == other.first_position &&
         one.event_count == other.event_count && one.recorded == other.recorded;
}

}  // namespace

Result<std::vector<uint8_t>> receipt_of(Database& database, uint64_t position) {
  const uint64_t head = database.snapshot().head;
  events::History history(database.views());
  if (position == 0 || position > head) {
    return fail(Code::kNotFound,
                cat("there is no event at position ", position, ", the newest is at ", head));
  }
  const auto found = history.record(position);
  if (!found) return fail(history.status().error());
  const uint64_t tsn = found->tsn();
  if (tsn > database.pipeline().durable_tsn()) {
    return fail(Code::kNotYet,
                cat("event ", position, " came with commit ", tsn, ", which is not durable yet"));
  }
  const auto commit = commit_at(database, history.view(), tsn);
  if (!commit) return fail(commit.error());
  const auto made = events::make_receipt(history, *commit, position);
  if (!made) return fail(made.error());
  auto bytes = events::encode_receipt(*made);
  // Opening a database does not compute its hashes again, and a receipt that does not hold helps
  // nobody: better to hear of it here than years later.
  const auto receipt = events::decode_receipt(bytes);
  if (!receipt) return fail(receipt.error());
  const auto record = history.record(position);
  if (!record) return fail(history.status().error());
  STELE_TRY(events::check_record(*receipt, record->bytes()));
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
  events::History history(database.views());
  if (tsn > held.tsn) {
    return fail(Code::kNotFound, cat("the receipt is of commit ", tsn,
                                     ", the database ends with commit ", held.tsn));
  }
  const auto commit = commit_at(database, history.view(), tsn);
  if (!commit) return fail(commit.error());
  if (commit->chained_root != receipt->chained_root) {
    return fail(Code::kCorrupt, cat("the chained root of commit ", tsn,
                                    " is not that of the receipt: the history was another"));
  }
  if (!are_equal(commit->stamp, receipt->stamp)) {
    return fail(Code::kCorrupt, cat("commit ", tsn, " is not what the receipt says of it"));
  }
  const auto record = history.record(receipt->position);
  if (!record) return fail(history.status().error());
  return events::check_record(*receipt, record->bytes());
}

}  // namespace stele::db
