package io.stele;

/**
 * What a batch does with tables and their rows: a part of {@link Batch}. Users see its methods there.
 */
abstract sealed class BatchRows permits Batch {
  final NativeBatch batch;

  BatchRows(NativeBatch batch) {
    this.batch = batch;
  }

  private Batch done(int status, Scratch scratch) {
    SteleException.check(status, scratch);
    return (Batch) this;
  }

  private static byte[] orNothing(byte[] high) {
    return high == null ? DatabaseReads.NO_BYTES : high;
  }

  private static int bounded(byte[] high) {
    return high == null ? 0 : 1;
  }

  // ---- Rows ------------------------------------------------------------------------------------

  /**
   * Adds a row, in place of one of the same key. Of several changes of a row in a batch the last one
   * counts. A batch without events may be committed for its rows alone. That the table was dropped
   * meanwhile is told by the commit: {@link CommitResult.NotFound}.
   *
   * @param table the table
   * @param key the key
   * @param row what it holds
   * @return this
   * @throws SteleException TOO_LARGE (the key, the row), INVALID (a table of another database)
   */
  public Batch put(Table table, byte[] key, byte[] row) {
    Scratch scratch = Scratch.get();
    try {
      long address = scratch.put(key, row);
      return done(batch.put(table.table, address, key.length, address + key.length, row.length,
          scratch.reply), scratch);
    } finally {
      scratch.trim();
    }
  }

  /**
   * Deletes a row, which need not be there.
   *
   * @param table the table
   * @param key the key
   * @return this
   * @throws SteleException as {@link #put}
   */
  public Batch delete(Table table, byte[] key) {
    Scratch scratch = Scratch.get();
    return done(batch.delete_row(table.table, scratch.put(key), key.length, scratch.reply), scratch);
  }

  /**
   * Deletes all rows of a range, which takes as long as deleting one. Rows that the batch has put
   * before are deleted, too.
   *
   * @param table the table
   * @param low the first key
   * @param high the first key that is not deleted any more; null: to the end
   * @return this
   * @throws SteleException as {@link #put}; INVALID (the range ends before it begins)
   */
  public Batch deleteRange(Table table, byte[] low, byte[] high) {
    byte[] end = orNothing(high);
    Scratch scratch = Scratch.get();
    long address = scratch.put(low, end);
    return done(batch.delete_range(table.table, address, low.length, address + low.length,
        end.length, bounded(high), scratch.reply), scratch);
  }

  // ---- Tables ----------------------------------------------------------------------------------

  /**
   * Creates a table with the commit, which is {@link CommitResult.Exists} if there is one of that
   * name.
   *
   * @param name its name
   * @param options how
   * @return this
   * @throws SteleException INVALID (the name)
   */
  public Batch createTable(TableName name, TableOptions options) {
    byte[] schema = Utf8.bytes(name.schema());
    byte[] table = Utf8.bytes(name.name());
    Scratch scratch = Scratch.get();
    long address = scratch.put(schema, table);
    return done(batch.create_table(address, schema.length, address + schema.length, table.length,
        options.history().code, options.amount(), scratch.reply), scratch);
  }

  /**
   * Drops a table with the commit.
   *
   * @param table the table
   * @return this
   * @throws SteleException INVALID (a table of another database)
   */
  public Batch dropTable(Table table) {
    Scratch scratch = Scratch.get();
    return done(batch.drop_table(table.table, scratch.reply), scratch);
  }

  /**
   * Gives a table another name with the commit, which is {@link CommitResult.Exists} if that is not
   * free.
   *
   * @param table the table
   * @param name its new name
   * @return this
   * @throws SteleException INVALID (the name, a table of another database)
   */
  public Batch renameTable(Table table, TableName name) {
    byte[] schema = Utf8.bytes(name.schema());
    byte[] to = Utf8.bytes(name.name());
    Scratch scratch = Scratch.get();
    long address = scratch.put(schema, to);
    return done(batch.rename_table(table.table, address, schema.length, address + schema.length,
        to.length, scratch.reply), scratch);
  }

  // ---- Guards ----------------------------------------------------------------------------------

  /**
   * Adds a guard: the commit is a conflict unless the row was written by a commit. Guards over rows
   * are numbered together with all others, and see the database before the batch.
   *
   * @param table the table
   * @param key the key
   * @param tsn the commit, as {@link Row#tsn()} said when it was read; 0: the row is not there
   * @return this
   * @throws SteleException TOO_LARGE (the key, more than 1,024 guards), INVALID (a table of another
   *     database)
   */
  public Batch expectRow(Table table, byte[] key, long tsn) {
    Scratch scratch = Scratch.get();
    return done(batch.expect_row(table.table, scratch.put(key), key.length, tsn, scratch.reply),
        scratch);
  }

  /**
   * Adds a guard: the commit is a conflict unless the row is not there.
   *
   * @param table the table
   * @param key the key
   * @return this
   * @throws SteleException as {@link #expectRow}
   */
  public Batch expectAbsent(Table table, byte[] key) {
    return expectRow(table, key, 0);
  }

  /**
   * Adds a guard: the commit is a conflict unless the row holds these bytes.
   *
   * @param table the table
   * @param key the key
   * @param row what it has to hold
   * @return this
   * @throws SteleException as {@link #expectRow}
   */
  public Batch expectValue(Table table, byte[] key, byte[] row) {
    Scratch scratch = Scratch.get();
    try {
      long address = scratch.put(key, row);
      return done(batch.expect_value(table.table, address, key.length, address + key.length,
          row.length, scratch.reply), scratch);
    } finally {
      scratch.trim();
    }
  }

  /**
   * Adds a guard: the commit is a conflict unless no commit behind `since` has put or deleted a row
   * of a range. For a table without history the commit throws TOO_OLD when nothing has changed but
   * deletions could be forgotten: a checkpoint came behind `since`. Read again then.
   *
   * @param table the table
   * @param low the first key
   * @param high the first key that is not part of it; null: to the end
   * @param since the commit as of which the range was read
   * @return this
   * @throws SteleException as {@link #expectRow}
   */
  public Batch expectUnchanged(Table table, byte[] low, byte[] high, long since) {
    byte[] end = orNothing(high);
    Scratch scratch = Scratch.get();
    long address = scratch.put(low, end);
    return done(batch.expect_unchanged(table.table, address, low.length, address + low.length,
        end.length, bounded(high), since, scratch.reply), scratch);
  }
}
