package io.stele;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Waits for the outcomes of all asynchronous commits of a database, in one daemon thread that
 * begins with the first of them, and completes their futures.
 *
 * <p>Outcomes come nearly always in the order of the commits, so the thread waits for the oldest
 * WINDOW tickets only. A commit that is added while it waits for fewer has to interrupt it.
 *
 * <p>Does not refer to the database: an idle dispatcher keeps none alive that its user has dropped.
 */
final class Dispatcher implements Runnable {
  private static final int WINDOW = 64;
  private static final int OK = 0;
  private static final int TIMEOUT = 4;
  private static final long FOREVER = -1;

  private record Pending(NativeTicket ticket, CompletableFuture<CommitResult> future) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition hasChanged = lock.newCondition();
  // Under the lock:
  private List<Pending> added = new ArrayList<>();
  private NativeTicket waitedFor;
  private boolean isStarted;
  private boolean isStopped;

  // Of the thread alone:
  private List<Pending> pending = new ArrayList<>();

  /** Returns the future of a ticket, which belongs to the dispatcher from now on. */
  CompletableFuture<CommitResult> add(NativeTicket ticket, Scratch scratch) {
    CompletableFuture<CommitResult> future = new CompletableFuture<>();
    NativeTicket interrupted;
    lock.lock();
    try {
      start(ticket);
      added.add(new Pending(ticket, future));
      interrupted = waitedFor;
      waitedFor = null;
      hasChanged.signal();
    } finally {
      lock.unlock();
    }
    // It may have its outcome, and be closed, already: then nobody waits for it any more.
    if (interrupted != null) interrupted.interrupt(scratch.reply);
    return future;
  }

  private void start(NativeTicket ticket) {
    if (isStarted) return;
    Thread thread = new Thread(this, "stele-dispatcher");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (Throwable e) {
      ticket.close();
      throw e;
    }
    isStarted = true;
  }

  /** Ends the thread when all outcomes are there. */
  void stop() {
    lock.lock();
    try {
      isStopped = true;
      hasChanged.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    Scratch scratch = Scratch.get();
    ByteBuffer numbers = Scratch.allocate(8 * WINDOW);
    long address = NativeCalls.address_of(numbers);
    while (takeAdded()) {
      int count = Math.min(pending.size(), WINDOW);
      for (int i = 0; i < count; ++i) numbers.putLong(8 * i, pending.get(i).ticket.number());
      int status = NativeCalls.wait_any(address, 8L * count, FOREVER, scratch.reply);
      int first = status == OK ? (int) scratch.value(0) : 0;
      lock.lock();
      waitedFor = null;
      lock.unlock();
      completeFrom(first, scratch);
    }
  }

  /** Waits until there is something to wait for. False: never again. */
  private boolean takeAdded() {
    lock.lock();
    try {
      while (added.isEmpty() && pending.isEmpty()) {
        if (isStopped) {
          isStarted = false;
          return false;
        }
        hasChanged.awaitUninterruptibly();
      }
      pending.addAll(added);
      added.clear();
      if (pending.size() < WINDOW) waitedFor = pending.get(0).ticket;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Completes those whose outcome is there: the one at `first`, and all that are done in a row. */
  private void completeFrom(int first, Scratch scratch) {
    List<Pending> left = new ArrayList<>();
    boolean isInRow = true;
    int at = 0;
    for (; at < pending.size() && (isInRow || at <= first); ++at) {
      Pending each = pending.get(at);
      if ((isInRow || at == first) && complete(each, scratch)) continue;
      isInRow = false;
      left.add(each);
    }
    left.addAll(pending.subList(at, pending.size()));
    pending = left;
  }

  /** False: its outcome is not there. */
  private static boolean complete(Pending each, Scratch scratch) {
    int status = each.ticket.wait_for(0, scratch.struct, Layout.COMMIT_RESULT_SIZE, scratch.reply);
    if (status == TIMEOUT) return false;
    CommitResult result = null;
    SteleException error = null;
    try {
      result = Commits.of(status, scratch);
    } catch (SteleException e) {
      error = e;
    }
    each.ticket.close();
    // Runs what the user has chained to it; what that throws goes into the futures behind it.
    if (error != null) {
      each.future.completeExceptionally(error);
    } else {
      each.future.complete(result);
    }
    return true;
  }
}
