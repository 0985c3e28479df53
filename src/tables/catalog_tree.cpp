// The tree `catalog`: reading and writing entries.
#include "tables/catalog_tree.h"

#include <array>
#include <map>

#include "base/text.h"
#include "tree/apply.h"
#include "tree/cursor.h"

namespace stele::tables {

namespace {

constexpr size_t kHistoryOffset = 0;
constexpr size_t kAmountOffset = 8;
constexpr size_t kCreatedOffset = 16;
constexpr size_t kSchemaSizeOffset = 24;
constexpr size_t kNameSizeOffset = 26;
constexpr size_t kOwnerSizeOffset = 28;
constexpr size_t kTableHeaderSize = 32;

// Entries by key; an empty value erases.
class EntryChanges final : public tree::ChangeSource {
 public:
  using Entries = std::map<std::string, std::optional<std::string>>;
  explicit EntryChanges(const Entries& entries) : next_(entries.begin()), end_(entries.end()) {}

  Result<const tree::Change*> next() override {
    if (next_ == end_) return nullptr;
    const auto& [key, value] = *next_++;
    change_ = {.key = as_bytes(key), .is_erase = !value};
    if (value) change_.value = as_bytes(*value);
    return &change_;
  }

 private:
  Entries::const_iterator next_;
  Entries::const_iterator end_;
  tree::Change change_ = {};
};

std::string number_value(TableId number) {
  std::string value(sizeof number, '\0');
  store_le(reinterpret_cast<uint8_t*>(value.data()), number);
  return value;
}

}  // namespace

std::string name_key(const TableName& name) {
  return cat(kNameTag, name.schema, '\0', name.name);
}

std::string table_key(char tag, TableId table) {
  std::string key(1 + sizeof table, tag);
  store_be(reinterpret_cast<uint8_t*>(key.data()) + 1, table);
  return key;
}

std::optional<TableName> decode_name_key(ByteView key) {
  const std::string_view text = as_text(key);
  const size_t zero = text.find('\0');
  if (text.empty() || text[0] != kNameTag || zero == std::string_view::npos) return std::nullopt;
  return TableName{.schema = std::string(text.substr(1, zero - 1)),
                   .name = std::string(text.substr(zero + 1))};
}

std::string encode_table(const TableInfo& info) {
  std::string value(kTableHeaderSize, '\0');
  auto* at = reinterpret_cast<uint8_t*>(value.data());
  at[kHistoryOffset] = static_cast<uint8_t>(info.history);
  store_le(at + kAmountOffset, info.amount);
  store_le(at + kCreatedOffset, info.created_tsn);
  store_le(at + kSchemaSizeOffset, static_cast<uint16_t>(info.name.schema.size()));
  store_le(at + kNameSizeOffset, static_cast<uint16_t>(info.name.name.size()));
  store_le(at + kOwnerSizeOffset, static_cast<uint16_t>(info.owner.size()));
  return value + info.name.schema + info.name.name + info.owner;
}

std::optional<TableInfo> decode_table(TableId table, ByteView value) {
  if (value.size() < kTableHeaderSize || value[kHistoryOffset] > 3) return std::nullopt;
  const size_t schema = load_le<uint16_t>(value.data() + kSchemaSizeOffset);
  const size_t name = load_le<uint16_t>(value.data() + kNameSizeOffset);
  const size_t owner = load_le<uint16_t>(value.data() + kOwnerSizeOffset);
  if (value.size() != kTableHeaderSize + schema + name + owner) return std::nullopt;
  if (owner > kTableNameSizeMax) return std::nullopt;
  const ByteView texts = value.subspan(kTableHeaderSize);
  TableInfo info = {.id = table,
                    .name = {.schema = std::string(as_text(texts.first(schema))),
                             .name = std::string(as_text(texts.subspan(schema, name)))},
                    .history = static_cast<History>(value[kHistoryOffset]),
                    .amount = load_le<uint64_t>(value.data() + kAmountOffset),
                    .created_tsn = load_le<uint64_t>(value.data() + kCreatedOffset),
                    .owner = std::string(as_text(texts.subspan(schema + name)))};
  if (!check_table_name(info.name)) return std::nullopt;
  return info;
}

std::unexpected<Error> damaged_catalog(const std::string& path, const std::string& reason) {
  return fail(Code::kCorrupt, cat(path, ": tree ", kCatalogTree, ": ", reason));
}

Result<page::Root> apply_catalog(page::PageWriter& writer, const page::Root& root,
                                 const CatalogTail& tail, TableId next) {
  if (tail.empty()) return root;
  EntryChanges::Entries entries;
  for (const auto& [name, changes] : tail.names()) {
    const auto& now = changes.back().now;
    entries[name_key(name)] = now ? std::optional(number_value(*now)) : std::nullopt;
  }
  for (const auto& [table, changes] : tail.tables()) {
    const auto& now = changes.back().now;
    entries[table_key(kTableTag, table)] = now ? std::optional(encode_table(*now)) : std::nullopt;
    if (!now) entries[table_key(kDroppedTag, table)] = std::string();
  }
  entries[std::string(1, kNextTag)] = number_value(next);
  EntryChanges changes(entries);
  return tree::apply(writer, root, tree::LeafKind::kSlotted, changes);
}

Result<TableId> next_table_id(const page::PageFile& file, const page::Root& root) {
  tree::Found found;
  const std::string key(1, kNextTag);
  const auto there = tree::get(file, root, as_bytes(key), found);
  if (!there) return fail(there.error());
  if (!*there) return TableId{1};
  if (found.value.is_large || found.value.bytes.size() != sizeof(TableId)) {
    return damaged_catalog(file.path(), "the next number has an impossible size");
  }
  return load_le<uint32_t>(found.value.bytes.data());
}

Result<TableId> first_dropped(const page::PageFile& file, const page::Root& root) {
  tree::Cursor cursor(file, root);
  const std::string first(1, kDroppedTag);
  const auto there = cursor.seek(as_bytes(first));
  if (!there) return fail(there.error());
  if (!*there || cursor.key()[0] != kDroppedTag) return TableId{0};
  if (cursor.key().size() != 1 + sizeof(TableId)) {
    return damaged_catalog(file.path(), "a dropped table has an impossible number");
  }
  return load_be<uint32_t>(cursor.key().data() + 1);
}

Result<page::Root> forget_dropped(page::PageWriter& writer, const page::Root& root, TableId table) {
  const EntryChanges::Entries entries = {{table_key(kDroppedTag, table), std::nullopt}};
  EntryChanges changes(entries);
  return tree::apply(writer, root, tree::LeafKind::kSlotted, changes);
}

Result<page::Root> add_tables(page::PageWriter& writer, const page::Root& root,
                              const std::vector<TableInfo>& tables, TableId next) {
  EntryChanges::Entries entries;
  for (const TableInfo& table : tables) {
    entries[name_key(table.name)] = number_value(table.id);
    entries[table_key(kTableTag, table.id)] = encode_table(table);
  }
  entries[std::string(1, kNextTag)] = number_value(next);
  EntryChanges changes(entries);
  return tree::apply(writer, root, tree::LeafKind::kSlotted, changes);
}

Result<page::Root> drop_tables(page::PageWriter& writer, const page::Root& root,
                               const std::vector<TableInfo>& tables) {
  EntryChanges::Entries entries;
  for (const TableInfo& table : tables) {
    entries[name_key(table.name)] = std::nullopt;
    entries[table_key(kTableTag, table.id)] = std::nullopt;
    entries[table_key(kDroppedTag, table.id)] = std::string();
  }
  EntryChanges changes(entries);
  return tree::apply(writer, root, tree::LeafKind::kSlotted, changes);
}

}  // namespace stele::tables
