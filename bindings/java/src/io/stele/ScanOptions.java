package io.stele;

import java.util.Objects;

/**
 * Which rows to read, and in which direction.
 *
 * <pre>{@code
 * table.scan(ScanOptions.backward().high(key));
 * table.scan(ScanOptions.forward().low(key).asOf(AsOf.tsn(7)));
 * }</pre>
 *
 * @param isBackward from the highest key down
 * @param low the first key
 * @param high the first key that is not part of it; null: to the end
 * @param asOf the moment
 */
public record ScanOptions(boolean isBackward, byte[] low, byte[] high, AsOf asOf) {
  static final int BACKWARD = 1;

  /**
   * Makes options.
   *
   * @param isBackward from the highest key down
   * @param low the first key
   * @param high the first key that is not part of it, or null
   * @param asOf the moment
   */
  public ScanOptions {
    Objects.requireNonNull(low, "low");
    Objects.requireNonNull(asOf, "asOf");
  }

  /**
   * All rows, as of now, from the lowest key on.
   *
   * @return these options
   */
  public static ScanOptions forward() {
    return new ScanOptions(false, new byte[0], null, AsOf.now());
  }

  /**
   * All rows, as of now, from the highest key down.
   *
   * @return these options
   */
  public static ScanOptions backward() {
    return new ScanOptions(true, new byte[0], null, AsOf.now());
  }

  /**
   * Leaves out what is below a key.
   *
   * @param low the first key
   * @return these options with that
   */
  public ScanOptions low(byte[] low) {
    return new ScanOptions(isBackward, low, high, asOf);
  }

  /**
   * Leaves out a key and what is above it.
   *
   * @param high the first key that is not part of it; null: none
   * @return these options with that
   */
  public ScanOptions high(byte[] high) {
    return new ScanOptions(isBackward, low, high, asOf);
  }

  /**
   * Reads as of a moment.
   *
   * @param asOf the moment
   * @return these options with that
   */
  public ScanOptions asOf(AsOf asOf) {
    return new ScanOptions(isBackward, low, high, asOf);
  }
}
