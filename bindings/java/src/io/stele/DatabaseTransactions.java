package io.stele;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How the transactions of a database begin, and begin again: a part of {@link Stele}. Users see its
 * methods there.
 */
abstract sealed class DatabaseTransactions extends DatabaseProjections permits DatabaseReads {
  private static final int TRIES_AT_ONCE = 10;
  private static final int PAUSE_MAX_MS = 10;

  DatabaseTransactions(NativeDb db) {
    super(db);
  }

  /**
   * Begins a serializable transaction, as of now.
   *
   * @return the transaction, to be closed
   * @throws SteleException CLOSED, NO_MEMORY
   */
  public Transaction begin() {
    return begin(Isolation.SERIALIZABLE);
  }

  /**
   * Begins a transaction, as of now.
   *
   * @param isolation what its commit must not find changed
   * @return the transaction, to be closed
   * @throws SteleException CLOSED, NO_MEMORY
   */
  public Transaction begin(Isolation isolation) {
    Scratch scratch = Scratch.get();
    NativeTransaction made = db.begin(isolation.code, scratch.reply);
    if (made == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Transaction(made, db, (Stele) this);
  }

  /**
   * Runs a body in a serializable transaction, and again on a conflict, up to 100 times: see
   * {@link #transact(TransactionOptions, TransactionBody)}.
   *
   * <pre>{@code
   * CommitResult result = db.transact(t -> {
   *   long balance = t.get(accounts, ada).map(row -> amountOf(row.value())).orElse(0L);
   *   if (balance >= price) t.put(accounts, ada, bytesOf(balance - price));
   * });
   * }</pre>
   *
   * @param <E> what the body may throw besides unchecked exceptions
   * @param body what is done
   * @return what became of the last commit
   * @throws E what the body has thrown
   * @throws SteleException as {@link Transaction#commit()}
   */
  public <E extends Exception> CommitResult transact(TransactionBody<E> body) throws E {
    return transact(TransactionOptions.serializable(), body);
  }

  /**
   * Begins a transaction, runs a body in it and commits; on a conflict it begins again, as often as
   * the options say: at once at first, from the tenth time on after a random pause of up to 10 ms.
   * What the body throws ends the transaction without a commit and goes on to the caller.
   *
   * <p>The body may be run many times, so that what it does besides has to bear that, and it reads
   * all that it decides by through the transaction.
   *
   * @param <E> what the body may throw besides unchecked exceptions
   * @param options how, and how often
   * @param body what is done
   * @return what became of the last commit: a conflict when all tries were in vain, or the thread is
   *     interrupted, whose status stays set
   * @throws E what the body has thrown
   * @throws SteleException as {@link Transaction#commit()}
   */
  public <E extends Exception> CommitResult transact(TransactionOptions options,
      TransactionBody<E> body) throws E {
    for (int tries = 1;; ++tries) {
      CommitResult result;
      try (Transaction transaction = begin(options.isolation())) {
        body.run(transaction);
        result = transaction.commit();
      }
      boolean isOver = !(result instanceof CommitResult.Conflict) || tries >= options.tries();
      if (isOver || !pauseBehind(tries)) return result;
    }
  }

  /** Waits before a body is run again. False: the thread is interrupted. */
  private static boolean pauseBehind(int tries) {
    if (Thread.currentThread().isInterrupted()) return false;
    if (tries < TRIES_AT_ONCE) return true;
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(PAUSE_MAX_MS + 1));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
