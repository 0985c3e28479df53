package io.stele;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** Numbers, sizes and offsets are those of the C header, which constants.tsv lists. */
class ConstantsTest {
  /** The header, as "STELE_END", "sizeof stele_options", "offsetof stele_options mode". */
  private static Map<String, Long> header() throws IOException {
    String file = System.getProperty("stele.constants");
    assumeTrue(file != null && Files.exists(Path.of(file)), "there is no constants.tsv");
    Map<String, Long> all = new HashMap<>();
    for (String line : Files.readAllLines(Path.of(file))) {
      if (line.isEmpty() || line.startsWith("#")) continue;
      String[] fields = line.split("\t");
      switch (fields[0]) {
        case "enum" -> all.put(fields[2], number(fields[3]));
        case "number" -> all.put(fields[1], number(fields[2]));
        case "sizeof" -> all.put("sizeof " + fields[1], number(fields[2]));
        case "offsetof" -> all.put("offsetof " + fields[1] + " " + fields[2], number(fields[3]));
        default -> throw new IOException("constants.tsv: " + line);
      }
    }
    return all;
  }

  /** Of 64 bits, with a sign or without. */
  private static long number(String text) {
    return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
  }

  private static <E extends Enum<E>> void expect(Map<String, Long> header, String prefix,
      Class<E> type, ToIntFunction<E> code) {
    for (E each : type.getEnumConstants()) {
      assertEquals(header.get(prefix + each.name()), (long) code.applyAsInt(each), prefix + each);
    }
  }

  @Test
  void enumsHaveTheNumbersOfTheHeader() throws IOException {
    Map<String, Long> header = header();
    expect(header, "STELE_", Status.class, Status::code);
    expect(header, "STELE_OPEN_", OpenMode.class, mode -> mode.code);
    expect(header, "STELE_DURABILITY_", Durability.class, level -> level.code);
    expect(header, "STELE_LOST_", Lost.class, lost -> lost.code);
    expect(header, "STELE_WALK_", WalkKind.class, kind -> kind.code);
    expect(header, "STELE_TERM_", TermKind.class, kind -> kind.code);
    expect(header, "STELE_KEY_", KeyKind.class, kind -> kind.code);
    expect(header, "STELE_HISTORY_", History.class, history -> history.code);
    expect(header, "STELE_ISOLATION_", Isolation.class, isolation -> isolation.code);
    assertEquals(header.get("STELE_AS_OF_NOW"), (long) AsOf.NOW);
    assertEquals(header.get("STELE_AS_OF_TSN"), (long) AsOf.TSN);
    assertEquals(header.get("STELE_AS_OF_POSITION"), (long) AsOf.POSITION);
    assertEquals(header.get("STELE_AS_OF_TIME"), (long) AsOf.TIME);
    assertEquals(header.get("STELE_SCAN_BACKWARD"), (long) ScanOptions.BACKWARD);
    assertEquals(header.get("STELE_ROW_MISSING"), (long) RowLayout.MISSING);
    assertEquals(header.get("STELE_ROW_DELETED"), (long) RowHistory.DELETED);
    assertEquals(header.get("STELE_ROW_HISTORY_OLDEST_FIRST"),
        (long) HistoryOptions.OLDEST_FIRST);
    assertEquals(header.get("STELE_READ_BACKWARD"), (long) ReadOptions.BACKWARD);
    assertEquals(header.get("STELE_READ_FROM"), (long) ReadOptions.FROM);
    assertEquals(header.get("STELE_PROJECTION_REBUILD"), (long) ProjectionOptions.REBUILD);
    assertEquals(header.get("STELE_SUBSCRIBE_NEW"), (long) SubscribeOptions.NEW);
    for (Status status : Status.values()) assertEquals(status, Status.of(status.code()));
  }

  @Test
  void numbersAreThoseOfTheHeader() throws IOException {
    Map<String, Long> header = header();
    assertEquals(header.get("STELE_TERM_MAX"), (long) Limits.TERM_MAX);
    assertEquals(header.get("STELE_TAGS_MAX"), (long) Limits.TAGS_MAX);
    assertEquals(header.get("STELE_METADATA_MAX"), (long) Limits.METADATA_MAX);
    assertEquals(header.get("STELE_DATA_MAX"), (long) Limits.DATA_MAX);
    assertEquals(header.get("STELE_BATCH_MAX"), (long) Limits.BATCH_MAX);
    assertEquals(header.get("STELE_SOURCE_MAX"), (long) Limits.SOURCE_MAX);
    assertEquals(header.get("STELE_KEY_MAX"), (long) Limits.KEY_MAX);
    assertEquals(header.get("STELE_RECEIPT_MAX"), (long) Limits.RECEIPT_MAX);
    assertEquals(header.get("STELE_TABLE_KEY_MAX"), (long) Limits.TABLE_KEY_MAX);
    assertEquals(header.get("STELE_ROW_MAX"), (long) Limits.ROW_MAX);
    assertEquals(header.get("STELE_KEY_DESCENDING"), (long) Keys.DESCENDING);
    assertEquals(header.get("STELE_TOKEN_SIZE"), (long) Limits.TOKEN_SIZE);
    assertEquals(header.get("STELE_VERSION_NUMBER"), (long) Stele.versionNumber());
    assertEquals(header.get("STELE_NO_LIMIT"), ReadOptions.NO_LIMIT);
    assertEquals(header.get("STELE_SEQUENCE_SOME"), Guard.SOME);
    assertEquals(header.get("STELE_PREVIOUS_ANY"), Batch.ANY);
    assertEquals(header.get("STELE_NO_GUARD"), SteleException.NO_GUARD & 0xffff_ffffL);
  }

  @Test
  void structsAreLaidOutAsInTheHeader() throws IOException, IllegalAccessException {
    Map<String, Long> header = header();
    int compared = 0;
    for (Map.Entry<String, Long> line : header.entrySet()) {
      String[] words = line.getKey().split(" ");
      if (words.length == 1 || !words[1].startsWith("stele_")) continue;
      String name = words[1].substring("stele_".length()) + "_"
          + (words.length == 2 ? "size" : words[2]);
      Field field = field(name.toUpperCase());
      if (field == null) continue;
      assertEquals(line.getValue(), field.getInt(null), line.getKey());
      ++compared;
    }
    assertEquals(Layout.class.getDeclaredFields().length, compared, "every number is in the list");
    assertTrue(Layout.STATS_SIZE <= 1024, "the place for structs has room");
    // Not in Layout: by its rule, the size of the struct and of the field would have one name.
    assertEquals(header.get("sizeof stele_key_part"), (long) Keys.PART_SIZE);
    assertEquals(header.get("offsetof stele_key_part size"), (long) Keys.PART_DATA_SIZE);
  }

  /** Null: Java does not use it. */
  private static Field field(String name) {
    try {
      return Layout.class.getDeclaredField(name);
    } catch (NoSuchFieldException e) {
      return null;
    }
  }
}
