import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/** The fields of a scenario's line, and the values that they stand for. */
final class Words {
  private final String[] fields;
  private final int number;
  private int next;

  Words(String line, int number) {
    fields = line.split("\t", -1);
    this.number = number;
  }

  /** What is thrown when the scenario makes no sense. */
  IllegalArgumentException nonsense(String what) {
    return new IllegalArgumentException("line " + number + ": " + what);
  }

  boolean hasNext() {
    return next < fields.length;
  }

  /** Takes the next field as it is: a word or a name. */
  String name() {
    if (!hasNext()) throw nonsense("a field is missing");
    return fields[next++];
  }

  /** Takes the next field if it is `word`. */
  boolean takes(String word) {
    boolean isIt = hasNext() && fields[next].equals(word);
    if (isIt) ++next;
    return isIt;
  }

  /** Takes the next field, one of `choices`. */
  String choice(String... choices) {
    String field = name();
    if (!List.of(choices).contains(field)) throw nonsense("not one of the words: " + field);
    return field;
  }

  byte[] bytes() {
    String field = name();
    if (field.equals("-")) return new byte[0];
    if (field.startsWith("x:")) return digits(field.substring(2));
    int star = field.indexOf("*x:");
    if (star <= 0 || !field.substring(0, star).chars().allMatch(Character::isDigit)) {
      return field.getBytes(StandardCharsets.UTF_8);
    }
    byte[] once = digits(field.substring(star + 3));
    int copies = Integer.parseInt(field.substring(0, star));
    byte[] all = new byte[once.length * copies];
    for (int i = 0; i < all.length; ++i) all[i] = once[i % once.length];
    return all;
  }

  private byte[] digits(String digits) {
    try {
      return HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException e) {
      throw nonsense("not hexadecimal digits: " + digits);
    }
  }

  String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  UUID id() {
    byte[] bytes = bytes();
    if (bytes.length != 16) throw nonsense("not the 16 bytes of an id");
    long high = 0;
    long low = 0;
    for (int i = 0; i < 8; ++i) {
      high = high << 8 | bytes[i] & 0xff;
      low = low << 8 | bytes[8 + i] & 0xff;
    }
    return new UUID(high, low);
  }

  long number() {
    long value = signed();
    if (value < 0) throw nonsense("not a number from 0 to 2^63 - 1");
    return value;
  }

  int small() {
    return Math.toIntExact(number());
  }

  private long signed() {
    String field = name();
    try {
      return Long.parseLong(field);
    } catch (NumberFormatException e) {
      throw nonsense("not a number: " + field);
    }
  }

  /** Takes the next field as microseconds since 1970. */
  Instant time() {
    long micros = signed();
    return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L),
        Math.floorMod(micros, 1_000_000L) * 1000);
  }

  void expectEnd() {
    if (hasNext()) throw nonsense("one field too many: " + fields[next]);
  }
}
