package io.stele;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Makes streams and iterators of what comes one after the other and has to be closed. */
final class Streams {
  private Streams() {}

  /**
   * Returns the stream of what `next` supplies until it is null. `close` is run then, and when the
   * stream is closed: it must not mind being run twice.
   */
  static <T> Stream<T> of(Supplier<T> next, Runnable close) {
    return StreamSupport.stream(new OneByOne<>(next, close), false).onClose(close);
  }

  /** Returns the iterator over what `current` returns, each time that `next` has moved to one. */
  static <T> Iterator<T> iterator(BooleanSupplier next, Supplier<T> current) {
    return new Iterator<>() {
      private boolean moved;

      @Override
      public boolean hasNext() {
        if (!moved) moved = next.getAsBoolean();
        return moved;
      }

      @Override
      public T next() {
        if (!hasNext()) throw new NoSuchElementException();
        moved = false;
        return current.get();
      }
    };
  }

  private static final class OneByOne<T> implements Spliterator<T> {
    private final Supplier<T> next;
    private final Runnable close;
    private boolean done;

    OneByOne(Supplier<T> next, Runnable close) {
      this.next = next;
      this.close = close;
    }

    @Override
    public boolean tryAdvance(Consumer<? super T> action) {
      if (done) return false;
      T element = next.get();
      if (element == null) {
        done = true;
        close.run();
        return false;
      }
      action.accept(element);
      return true;
    }

    @Override
    public Spliterator<T> trySplit() {
      return null;
    }

    @Override
    public long estimateSize() {
      return Long.MAX_VALUE;
    }

    @Override
    public int characteristics() {
      return ORDERED | DISTINCT | NONNULL | IMMUTABLE;
    }
  }
}
