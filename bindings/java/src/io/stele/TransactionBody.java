package io.stele;

/**
 * What is done in a transaction, and done again when it was in vain: see {@link
 * Stele#transact(TransactionBody)}.
 *
 * @param <E> what it may throw besides unchecked exceptions
 */
@FunctionalInterface
public interface TransactionBody<E extends Exception> {
  /**
   * Reads and writes through the transaction. Does not commit or close it.
   *
   * @param transaction the transaction, which has just begun
   * @throws E ends the transaction without a commit
   */
  void run(Transaction transaction) throws E;
}
