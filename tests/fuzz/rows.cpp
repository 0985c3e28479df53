// Any bytes as the sections and tree entries of tables: refused, or read within their bounds.
//
// Input: a byte that says what it is, a byte for the count, then the bytes.
#include <algorithm>
#include <array>
#include <vector>

#include "fuzz/target.h"
#include "tables/catalog.h"
#include "tables/catalog_tree.h"
#include "tables/row_format.h"
#include "tables/row_op.h"

namespace stele::fuzz {
namespace {

uint64_t accepted_count = 0;  // NOLINT: for accepted(), which has no object to ask

constexpr engine::Stamp kStamp = {.tsn = 7, .first_position = 1, .event_count = 0, .recorded = 0};

uint64_t sum(ByteView bytes) {
  uint64_t total = 0;
  for (const uint8_t byte : bytes) total += byte;
  return total;
}

void try_rows(uint32_t count, ByteView section) {
  uint64_t seen = 0;
  volatile uint64_t touched = 0;  // Every byte of it is read.
  const Status read =
      tables::for_each_op(kStamp, count, section, [&](const tables::OpView& op) -> Status {
        require(op.key().data() + op.key().size() <= section.data() + section.size(), "a key");
        touched = touched + sum(op.key()) + sum(op.value());
        ++seen;
        return {};
      });
  if (!read) return require_refusal(read.error());
  require(seen == count, "ops were passed over");
  ++accepted_count;
}

void try_catalog(uint32_t count, ByteView section) {
  const Status read = tables::for_each_change(kStamp, count, section,
                                              [&](const tables::CatalogChange& change) -> Status {
                                                require(change.table != 0, "a change of no table");
                                                return {};
                                              });
  if (!read) return require_refusal(read.error());
  ++accepted_count;
}

void try_history_key(ByteView key) {
  tables::HistoryKey decoded;
  tree::KeyBuffer row;
  if (!tables::decode_history_key(key, decoded) || !tables::decode_groups(decoded.groups, row)) {
    return;
  }
  ++accepted_count;
  tree::KeyBuffer again;
  tables::history_key(tables::table_of(key), row.view(), decoded.time, again);
  require(std::ranges::equal(again.view(), key), "another encoding of a key is accepted");
}

void try_values(ByteView value) {
  tables::StoredRow row;
  if (tables::decode_row_header(value, row)) {
    require(row.header_size <= value.size(), "a header beyond its value");
    ++accepted_count;
  }
  if (const auto table = tables::decode_table(3, value)) {
    const std::string again = tables::encode_table(*table);
    require(again.size() == value.size(), "a table of another size");
    ++accepted_count;
  }
  (void)tables::decode_name_key(value);
}

}  // namespace

uint64_t accepted() {
  return accepted_count;
}

}  // namespace stele::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  // A copy of its own, so that a sanitizer sees every step past its end.
  const std::vector<uint8_t> bytes(data + 2, data + size);
  switch (data[0] % 4) {
    case 0:
      stele::fuzz::try_rows(data[1], bytes);
      break;
    case 1:
      stele::fuzz::try_catalog(data[1], bytes);
      break;
    case 2:
      stele::fuzz::try_history_key(bytes);
      break;
    default:
      stele::fuzz::try_values(bytes);
  }
  return 0;
}
