package io.stele;

import java.util.Objects;

/**
 * What a table is found by. Both are 1 to 255 bytes of UTF-8 without NUL. A schema is there while it
 * has tables.
 *
 * @param schema the schema
 * @param name the name within it
 */
public record TableName(String schema, String name) {
  /** The schema of names that are given alone. */
  public static final String ROOT = "root";

  /**
   * Makes a name.
   *
   * @param schema the schema
   * @param name the name within it
   */
  public TableName {
    Objects.requireNonNull(schema, "schema");
    Objects.requireNonNull(name, "name");
  }

  /**
   * Makes a name in the schema {@link #ROOT}.
   *
   * @param name the name
   * @return the whole name
   */
  public static TableName of(String name) {
    return new TableName(ROOT, name);
  }

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
