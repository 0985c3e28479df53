package io.stele;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is done with the tables of a database: a part of {@link Stele}. Users see its methods there.
 */
abstract sealed class DatabaseTables permits DatabaseProjections {
  private static final int OK = 0;
  private static final int END = 3;

  final NativeDb db;

  DatabaseTables(NativeDb db) {
    this.db = db;
  }

  /**
   * Creates a table without history in the schema "root".
   *
   * @param name its name
   * @return true: it is created; false: there is one of that name
   * @throws SteleException as {@link #createTable(TableName, TableOptions)}
   */
  public boolean createTable(String name) {
    return createTable(TableName.of(name), TableOptions.defaults());
  }

  /**
   * Creates a table, in a commit of its own. {@link Batch#createTable} does it in a larger one.
   *
   * @param name its name
   * @param options how
   * @return true: it is created; false: there is one of that name
   * @throws SteleException INVALID (the name), and those of {@link Batch#commit()}
   */
  public boolean createTable(TableName name, TableOptions options) {
    byte[] schema = Utf8.bytes(name.schema());
    byte[] table = Utf8.bytes(name.name());
    Scratch scratch = Scratch.get();
    long address = scratch.put(schema, table);
    int status = db.create_table(address, schema.length, address + schema.length, table.length,
        options.history().code, options.amount(), scratch.reply);
    return SteleException.check(status, scratch) == OK;
  }

  /**
   * Drops a table of the schema "root".
   *
   * @param name its name
   * @return true: it is dropped; false: there was none
   * @throws SteleException as {@link #dropTable(TableName)}
   */
  public boolean dropTable(String name) {
    return dropTable(TableName.of(name));
  }

  /**
   * Drops a table with all its rows, in a commit of its own. Scans that are open go on; for
   * everything else on it, there is no such table from then on.
   *
   * @param name its name
   * @return true: it is dropped; false: there was none
   * @throws SteleException those of {@link Batch#commit()}
   */
  public boolean dropTable(TableName name) {
    byte[] schema = Utf8.bytes(name.schema());
    byte[] table = Utf8.bytes(name.name());
    Scratch scratch = Scratch.get();
    long address = scratch.put(schema, table);
    int status = db.drop_table(address, schema.length, address + schema.length, table.length,
        scratch.reply);
    return SteleException.check(status, scratch) == OK;
  }

  /**
   * Gives a table another name, in whichever schema, in a commit of its own.
   *
   * @param from its name
   * @param to its new name
   * @return OK; NOT_FOUND: there is no such table; EXISTS: the new name is not free
   * @throws SteleException INVALID (a name), and those of {@link Batch#commit()}
   */
  public Status renameTable(TableName from, TableName to) {
    byte[] schema = Utf8.bytes(from.schema());
    byte[] name = Utf8.bytes(from.name());
    byte[] newSchema = Utf8.bytes(to.schema());
    byte[] newName = Utf8.bytes(to.name());
    Scratch scratch = Scratch.get();
    long address = scratch.put(schema, name, newSchema, newName);
    int size = schema.length + name.length + newSchema.length + newName.length;
    int status = db.rename_table(address, size, schema.length, name.length, newSchema.length,
        scratch.reply);
    return Status.of(SteleException.check(status, scratch));
  }

  /**
   * Lists the tables that there are. One that is renamed meanwhile may be missing, or be there twice.
   *
   * @return the tables, by schema and name in bytewise order
   */
  public List<TableInfo> tables() {
    List<TableInfo> all = new ArrayList<>();
    byte[] schema = {};
    byte[] table = {};
    Scratch scratch = Scratch.get();
    for (;;) {
      long address = scratch.put(schema, table);
      int status = db.next_table(address, schema.length, address + schema.length, table.length,
          scratch.struct, Layout.TABLE_INFO_SIZE, scratch.reply);
      if (SteleException.check(status, scratch) == END) return all;
      TableInfo info = TableInfo.of(scratch);
      all.add(info);
      schema = Utf8.bytes(info.name().schema());
      table = Utf8.bytes(info.name().name());
    }
  }

  /**
   * Opens a table of the schema "root".
   *
   * @param name its name
   * @return the table, to be closed; empty: there is none
   * @throws SteleException as {@link #table(TableName)}
   */
  public Optional<Table> table(String name) {
    return table(TableName.of(name));
  }

  /**
   * Opens a table.
   *
   * @param name its name
   * @return the table, to be closed; empty: there is none
   * @throws SteleException INVALID (the name), CORRUPT, IO
   */
  public Optional<Table> table(TableName name) {
    byte[] schema = Utf8.bytes(name.schema());
    byte[] table = Utf8.bytes(name.name());
    Scratch scratch = Scratch.get();
    long address = scratch.put(schema, table);
    NativeTable made = db.table(address, schema.length, address + schema.length, table.length,
        scratch.reply);
    if (made != null) return Optional.of(new Table(made, this));
    SteleException.check(scratch.errorStatus(), scratch);
    return Optional.empty();
  }
}
