package io.stele;

import java.nio.charset.StandardCharsets;

/**
 * What there is to say of a table.
 *
 * @param name what it is called
 * @param id its number, never given again, also when the table is dropped
 * @param history what it keeps of rows that were replaced or deleted
 * @param amount how many commits, or microseconds, of history it keeps; else 0
 * @param createdTsn the commit that created it
 * @param projection whose table it is; empty: no projection's
 */
public record TableInfo(TableName name, int id, History history, long amount,
    long createdTsn, String projection) {
  /** Requires: the struct in `scratch` is a stele_table_info. */
  static TableInfo of(Scratch scratch) {
    return new TableInfo(
        new TableName(text(scratch, Layout.TABLE_INFO_SCHEMA), text(scratch, Layout.TABLE_INFO_NAME)),
        scratch.structInt(Layout.TABLE_INFO_ID),
        History.of(scratch.structInt(Layout.TABLE_INFO_HISTORY)),
        scratch.structLong(Layout.TABLE_INFO_HISTORY_AMOUNT),
        scratch.structLong(Layout.TABLE_INFO_CREATED_TSN),
        text(scratch, Layout.TABLE_INFO_PROJECTION));
  }

  /** Returns a text of 256 bytes that ends where a NUL is. */
  static String text(Scratch scratch, int offset) {
    byte[] field = scratch.structBytes(offset, 256);
    int size = 0;
    while (size < field.length && field[size] != 0) ++size;
    return new String(field, 0, size, StandardCharsets.UTF_8);
  }
}
