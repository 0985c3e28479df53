// Keys and values of the tree `catalog`.
//
// On disk: docs/format.md, "Tree catalog".
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "page/page_writer.h"
#include "tables/catalog.h"

namespace stele::tables {

// Tags, and what is of a table: u8 history, zeros u8[3], u32 0, u64 amount, u64 TSN that created
// it, schema size u16, name size u16, owner size u16, zeros u16, schema, name, owner.
inline constexpr char kNameTag = 'n';
inline constexpr char kTableTag = 't';
inline constexpr char kDroppedTag = 'd';
inline constexpr char kNextTag = 'x';

[[nodiscard]] std::string name_key(const TableName& name);
[[nodiscard]] std::string table_key(char tag, TableId table);
// Nothing: the key, or the value, is damaged.
[[nodiscard]] std::optional<TableName> decode_name_key(ByteView key);
[[nodiscard]] std::string encode_table(const TableInfo& info);
[[nodiscard]] std::optional<TableInfo> decode_table(TableId table, ByteView value);

[[nodiscard]] std::unexpected<Error> damaged_catalog(const std::string& path,
                                                     const std::string& reason);

// Brings what a chunk did into the tree. `next` is the lowest number never given.
[[nodiscard]] Result<page::Root> apply_catalog(page::PageWriter& writer, const page::Root& root,
                                               const CatalogTail& tail, TableId next);

// Returns the lowest number that the tree says was never given.
[[nodiscard]] Result<TableId> next_table_id(const page::PageFile& file, const page::Root& root);
// Returns the first table that was dropped and whose rows are being removed; 0: none.
[[nodiscard]] Result<TableId> first_dropped(const page::PageFile& file, const page::Root& root);
// All of its rows are gone.
[[nodiscard]] Result<page::Root> forget_dropped(page::PageWriter& writer, const page::Root& root,
                                                TableId table);

// Puts tables in that were somewhere else. `next` is the lowest number never given.
[[nodiscard]] Result<page::Root> add_tables(page::PageWriter& writer, const page::Root& root,
                                            const std::vector<TableInfo>& tables, TableId next);
// Drops tables without a commit that says so. Requires: no chunk has changed them.
[[nodiscard]] Result<page::Root> drop_tables(page::PageWriter& writer, const page::Root& root,
                                             const std::vector<TableInfo>& tables);

}  // namespace stele::tables
