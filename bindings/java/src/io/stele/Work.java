package io.stele;

import java.lang.ref.Cleaner;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Work that takes long, done in steps: it shows how far it is, and is cancelled by closing it.
 * Commits and reads go on meanwhile.
 *
 * <pre>{@code
 * VerifyProgress sound = db.verify().run();
 *
 * try (Work<BackupProgress> backup = db.backup(path)) {
 *   while (backup.step()) show(backup.progress().bytesDone());
 * }
 * }</pre>
 *
 * <p>Belongs to one thread at a time; may be closed by any. What is dropped without a close is
 * closed after it was collected.
 *
 * @param <P> what it says of its progress: {@link VerifyProgress}, {@link BackupProgress},
 *     {@link CompactProgress} or {@link RepairProgress}
 */
public final class Work<P> implements AutoCloseable {
  /** What the library does in a step: it fills the struct in `scratch`. */
  interface Step {
    int step(Scratch scratch);
  }

  private final Step step;
  private final Function<Scratch, P> decode;
  private final Cleaner.Cleanable cleanable;
  /** The database must not be collected before the work. */
  private final Object owner;
  private P progress;

  /** `progress`: what it says before the first step. */
  Work(Step step, Function<Scratch, P> decode, P progress, Cleaner.Cleanable cleanable,
      Object owner) {
    this.step = step;
    this.decode = decode;
    this.progress = progress;
    this.cleanable = cleanable;
    this.owner = owner;
  }

  /**
   * Does the next piece, about a mebibyte of it.
   *
   * @return true: there is more; false: all of it is done
   * @throws SteleException what stands in its way; of a verification CORRUPT at the first fault,
   *     where the message names file, offset and what differs, and position() the event. TOO_OLD:
   *     it has taken longer than {@link Options.Builder#maxReaderAge}; CLOSED, IO, FULL
   */
  public boolean step() {
    Scratch scratch = Scratch.get();
    int status = SteleException.check(step.step(scratch), scratch);
    progress = decode.apply(scratch);
    return status == 0;
  }

  /**
   * Tells how far it is.
   *
   * @return as of the last step
   */
  public P progress() {
    return progress;
  }

  /**
   * Does all of it, and closes it.
   *
   * @return what there is to say in the end
   * @throws SteleException as {@link #step()}
   */
  public P run() {
    return run(done -> { });
  }

  /**
   * Does all of it, and closes it.
   *
   * @param listener is told how far it is after each step
   * @return what there is to say in the end
   * @throws SteleException as {@link #step()}
   */
  public P run(Consumer<? super P> listener) {
    try (this) {
      boolean isMore;
      do {
        isMore = step();
        listener.accept(progress);
      } while (isMore);
      return progress;
    }
  }

  /** Ends the work, done or not. Twice is as good as once. */
  @Override
  public void close() {
    cleanable.clean();
  }

  @Override
  public String toString() {
    return progress + (owner == null ? "" : " of " + owner);
  }
}
