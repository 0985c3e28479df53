package io.stele;

import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The events that match a query, first those that are there and then those that come, in the order
 * of their positions, each once, none left out. It delivers durable commits only, and hands out
 * events when it is asked: one that is never asked again costs nothing.
 *
 * <p>A consumer that keeps its state elsewhere stores the token of what it has worked off, with
 * that state, and resumes there:
 *
 * <pre>{@code
 * try (Subscription mails = db.subscribe(query, SubscribeOptions.fromStart().token(stored))) {
 *   for (Event event : mails) {     // Waits for ever.
 *     send(event);
 *     store(mails.token());
 *   }
 * }
 * }</pre>
 *
 * One whose state is in the same database calls {@link Batch#track(String, long)} in the commit
 * that changes it, and resumes with {@link SubscribeOptions#after}.
 *
 * <p>Belongs to one thread at a time; {@link #interrupt()} and {@link #close()} are for any. What
 * is dropped without a close is closed after it was collected.
 */
public final class Subscription implements AutoCloseable, Iterable<Event>, Following {
  /** As a timeout: waits until there is something. */
  public static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final NativeSubscription subscription;
  private final Cleaner.Cleanable cleanable;
  private final Puller puller;
  /** The database must not be collected before the subscription. */
  private final Object owner;

  Subscription(NativeSubscription subscription, Object owner) {
    this.subscription = subscription;
    this.owner = owner;
    puller = new Puller(subscription::next_batch);
    cleanable = Closer.watch(subscription,
        address -> NativeCallsJNI.NativeSubscription_close(address, null),
        NativeSubscription.getCPtr(subscription));
  }

  /**
   * Takes the next events, as many as come in one call, and waits for the first of them when there
   * is none. Returns early, with none, when {@link #interrupt()} was called, and within a fifth of
   * a second when the thread is interrupted, whose status stays set.
   *
   * @param timeout how long to wait: zero looks only; {@link #FOREVER}
   * @return the events; always the same object. Empty: none has come in time, or, once, the
   *     subscription has caught up where no event came to say so ({@link #isCaughtUp()})
   * @throws SteleException CLOSED: the subscription or its database was closed, also while it
   *     waited; CORRUPT, IO
   */
  public EventBatch pull(Duration timeout) {
    return puller.pull(timeout);
  }

  /**
   * Takes the next event, and waits for it when there is none, as {@link #pull} does. This is for
   * who stores the {@link #token()} after each event; taking many at once is faster.
   *
   * @param timeout how long to wait: zero looks only; {@link #FOREVER}
   * @return the event. Empty: none has come in time, or the wait was interrupted
   * @throws SteleException as pull()
   */
  public Optional<Event> next(Duration timeout) {
    return puller.next(timeout);
  }

  /**
   * Returns the events one by one, waiting for each. There is no next one when the subscription or
   * its database was closed, {@link #interrupt()} was called or the thread was interrupted.
   *
   * @return the iterator
   */
  @Override
  public Iterator<Event> iterator() {
    return new Iterator<>() {
      private Event event;

      @Override
      public boolean hasNext() {
        if (event != null) return true;
        try {
          event = Subscription.this.next(FOREVER).orElse(null);
        } catch (SteleException e) {
          if (e.status() != Status.CLOSED) throw e;
        }
        return event != null;
      }

      @Override
      public Event next() {
        if (!hasNext()) throw new NoSuchElementException();
        Event taken = event;
        event = null;
        return taken;
      }
    };
  }

  /**
   * Waits until one of several subscriptions has an event that may match, as {@link Following#waitForAny}
   * does.
   *
   * @param subscriptions at least one, and none of them closed
   * @param timeout how long to wait: zero looks only; {@link #FOREVER}
   * @return the first that has something, to be pulled; empty: none has in time
   * @throws SteleException INVALID (there is none), CLOSED (one of them is)
   */
  public static Optional<Subscription> waitForAny(List<Subscription> subscriptions,
      Duration timeout) {
    return Following.waitForAny(subscriptions, timeout);
  }

  /** The handle, for a wait. */
  long number() {
    return subscription.number();
  }

  /** Returns whether somebody interrupted, once for each time. */
  boolean takeInterrupt() {
    return puller.takeInterrupt();
  }

  /**
   * Returns up to where every match has been handed out. It moves on over events that do not match.
   *
   * @return a position, as of the last call that took events
   */
  public long through() {
    return puller.through();
  }

  /**
   * Returns the last durable event: head() - through() is how many events this is behind.
   *
   * @return a position, as of the last call that took events
   */
  public long head() {
    return puller.head();
  }

  /**
   * Tells whether nothing durable was behind {@link #through()}.
   *
   * @return as of the last call that took events
   */
  public boolean isCaughtUp() {
    return puller.isCaughtUp();
  }

  /**
   * Returns from where a later subscription resumes, behind everything that this one has handed
   * out: with {@link #pull}, all events of the batch. It names the database, the position and the
   * history up to there.
   *
   * @return 32 bytes
   * @throws SteleException CLOSED
   */
  public byte[] token() {
    Scratch scratch = Scratch.get();
    SteleException.check(
        subscription.token(scratch.struct, Limits.TOKEN_SIZE, scratch.reply), scratch);
    return scratch.structBytes(0, Limits.TOKEN_SIZE);
  }

  /**
   * Ends the wait of another thread, or else the next one.
   *
   * @throws SteleException CLOSED
   */
  @Override
  public void interrupt() {
    puller.interrupt();
    Scratch scratch = Scratch.get();
    SteleException.check(subscription.interrupt(scratch.reply), scratch);
  }

  /** Ends the subscription, and a wait of another thread with CLOSED. Twice is as good as once. */
  @Override
  public void close() {
    puller.close();
    cleanable.clean();
  }

  @Override
  public String toString() {
    return "Subscription[" + owner + ", through " + puller.through() + "]";
  }
}
