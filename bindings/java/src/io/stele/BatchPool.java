package io.stele;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Empty batches of one database, kept for the next append: making one for each would cost more than
 * the append. Any thread takes and gives.
 */
final class BatchPool {
  private static final int SLOTS = 8;
  /** A batch keeps its memory. One that has held more is not kept. */
  private static final int SIZE_MAX = 1024 * 1024;

  private final AtomicReferenceArray<NativeBatch> kept = new AtomicReferenceArray<>(SLOTS);
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Requires: `db` is the pool's. Throws CLOSED. */
  NativeBatch take(NativeDb db, Scratch scratch) {
    int slot = slot();
    NativeBatch batch = kept.get(slot);
    if (batch != null && kept.compareAndSet(slot, batch, null)) return batch;
    batch = db.batch(scratch.reply);
    if (batch == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return batch;
  }

  /** `size`: how many bytes it has held. Requires: the batch is empty. */
  void give(NativeBatch batch, int size) {
    int slot = slot();
    if (closed.get() || size > SIZE_MAX || !kept.compareAndSet(slot, null, batch)) {
      batch.close();
    } else if (closed.get() && kept.compareAndSet(slot, batch, null)) {
      batch.close();
    }
  }

  void close() {
    closed.set(true);
    for (int slot = 0; slot < SLOTS; ++slot) {
      NativeBatch batch = kept.getAndSet(slot, null);
      if (batch != null) batch.close();
    }
  }

  private static int slot() {
    return (int) Thread.currentThread().getId() & SLOTS - 1;
  }
}
