package io.stele;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * How to open a database.
 *
 * <pre>{@code
 * Options options = Options.builder().mode(OpenMode.EXISTING).durability(Durability.OS).build();
 * try (Stele db = Stele.open(path, options)) { ... }
 * }</pre>
 */
public final class Options {
  private static final Options DEFAULTS = builder().build();

  private final byte[] struct;

  private Options(byte[] struct) {
    this.struct = struct;
  }

  /**
   * Returns the options that are used where none are given.
   *
   * @return the defaults
   */
  public static Options defaults() {
    return DEFAULTS;
  }

  /**
   * Begins with the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Writes the stele_options at `at`. */
  void put(ByteBuffer to, int at) {
    to.put(at, struct);
  }

  /** Collects options. Belongs to one thread at a time. */
  public static final class Builder {
    private final ByteBuffer struct = ByteBuffer.allocate(Layout.OPTIONS_SIZE)
        .order(ByteOrder.LITTLE_ENDIAN);

    private Builder() {}

    /**
     * Sets what there has to be.
     *
     * @param mode default: {@link OpenMode#CREATE}
     * @return this
     */
    public Builder mode(OpenMode mode) {
      return with(Layout.OPTIONS_MODE, mode.code);
    }

    /**
     * Sets what a commit waits for.
     *
     * @param level default: {@link Durability#SYNC}
     * @return this
     */
    public Builder durability(Durability level) {
      return with(Layout.OPTIONS_DURABILITY, level.code);
    }

    /**
     * Sets the interval of {@link Durability#INTERVAL}.
     *
     * @param interval whole milliseconds of it count; default: 100 ms
     * @return this
     * @throws SteleException INVALID: it is negative, or beyond 32 bits
     */
    public Builder interval(Duration interval) {
      long millis = millis("interval", interval);
      if (millis > 0xffff_ffffL) throw SteleException.invalid("interval: " + interval);
      return with(Layout.OPTIONS_INTERVAL_MS, (int) millis);
    }

    /**
     * Sets the size of a log segment.
     *
     * @param bytes 64 KiB to 1 GiB; 0: as the database was made, or 64 MiB
     * @return this
     */
    public Builder segmentSize(long bytes) {
      return with(Layout.OPTIONS_SEGMENT_SIZE, bytes);
    }

    /**
     * Sets how many bytes of commits may wait to be written; beyond it callers wait, too.
     *
     * @param bytes 0: 64 MiB
     * @return this
     */
    public Builder bufferMax(long bytes) {
      return with(Layout.OPTIONS_BUFFER_MAX, bytes);
    }

    /**
     * Sets how many bytes of commits to hold in memory; beyond it a commit fails with NO_MEMORY.
     *
     * @param bytes 0: as many as there is memory for
     * @return this
     */
    public Builder tailMax(long bytes) {
      return with(Layout.OPTIONS_TAIL_MAX, bytes);
    }

    /**
     * Sets how far the system clock may leap ahead between two commits; beyond it a commit fails
     * with IO, and no time far in the future is recorded.
     *
     * @param jump whole microseconds of it count; default: a day
     * @return this
     * @throws SteleException INVALID: it is negative
     */
    public Builder maxClockJump(Duration jump) {
      if (jump.isNegative()) throw SteleException.invalid("maxClockJump: " + jump);
      return with(Layout.OPTIONS_MAX_CLOCK_JUMP, Times.micros(jump));
    }

    /**
     * Lets the system clock leap as far as it likes.
     *
     * @return this
     */
    public Builder anyClockJump() {
      return with(Layout.OPTIONS_MAX_CLOCK_JUMP, -1L);
    }

    /**
     * Sets whether log segments that are not needed any more keep their bytes, under the name
     * NUMBER.kept; they are the caller's to move or remove.
     *
     * @param keep default: false
     * @return this
     */
    public Builder keepWal(boolean keep) {
      return with(Layout.OPTIONS_KEEP_WAL, keep ? 1 : 0);
    }

    /**
     * Sets whether a guard whose `after` is beyond the head makes its commit fail with INVALID;
     * otherwise it holds, for nothing can be behind it yet.
     *
     * @param strict default: false
     * @return this
     */
    public Builder strictAfter(boolean strict) {
      return with(Layout.OPTIONS_STRICT_AFTER, strict ? 1 : 0);
    }

    /**
     * Sets the memory for cached pages, the newest commits and buffers.
     *
     * @param bytes from 1 MiB on; 0: 256 MiB
     * @return this
     */
    public Builder memoryBudget(long bytes) {
      return with(Layout.OPTIONS_MEMORY_BUDGET, bytes);
    }

    /**
     * Sets how many bytes of the log may be in no tree before a checkpoint is made: about what an
     * open after a crash has to read.
     *
     * @param bytes 0: 64 MiB, or a quarter of the memory budget if that is less
     * @return this
     */
    public Builder checkpointLog(long bytes) {
      return with(Layout.OPTIONS_CHECKPOINT_LOG, bytes);
    }

    /**
     * Sets how long a backup or a verification may hold what it reads; one that has done so for
     * longer fails with TOO_OLD at its next step. Cursors and subscriptions hold nothing between
     * calls.
     *
     * @param age whole milliseconds of it count; zero: for ever, the default
     * @return this
     * @throws SteleException INVALID: it is negative
     */
    public Builder maxReaderAge(Duration age) {
      return with(Layout.OPTIONS_MAX_READER_AGE, millis("maxReaderAge", age));
    }

    /**
     * For tests: the clock stands still here until {@link Stele#setTestClock(Instant)}, and leaps
     * are not judged.
     *
     * @param time the time
     * @return this
     * @throws SteleException INVALID: it is beyond 64 bits of microseconds
     */
    public Builder testClock(Instant time) {
      struct.putLong(Layout.OPTIONS_TEST_TIME, Times.micros(time));
      return with(Layout.OPTIONS_TEST_CLOCK, 1);
    }

    /**
     * For tests: ids are made from this number and not from chance, so that the same calls make the
     * same ones.
     *
     * @param seed the number; 0: chance
     * @return this
     */
    public Builder testSeed(long seed) {
      return with(Layout.OPTIONS_TEST_SEED, seed);
    }

    /**
     * Makes the options.
     *
     * @return them
     */
    public Options build() {
      struct.putInt(Layout.OPTIONS_STRUCT_SIZE, Layout.OPTIONS_SIZE);
      return new Options(struct.array().clone());
    }

    private static long millis(String what, Duration duration) {
      Objects.requireNonNull(duration, what);
      if (duration.isNegative()) throw SteleException.invalid(what + ": " + duration);
      return Times.micros(duration) / 1000;
    }

    private Builder with(int offset, int value) {
      struct.putInt(offset, value);
      return this;
    }

    private Builder with(int offset, long value) {
      struct.putLong(offset, value);
      return this;
    }
  }
}
