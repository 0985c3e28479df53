package io.stele;

import java.util.Objects;

/**
 * How a transaction is begun, and how often {@link Stele#transact(TransactionOptions,
 * TransactionBody)} does it.
 *
 * @param isolation what its commit must not find changed
 * @param tries how often a body is run at most: 1 and more
 */
public record TransactionOptions(Isolation isolation, int tries) {
  private static final int TRIES = 100;

  /**
   * Makes options.
   *
   * @param isolation what its commit must not find changed
   * @param tries how often a body is run at most: 1 and more
   */
  public TransactionOptions {
    Objects.requireNonNull(isolation, "isolation");
    if (tries < 1) throw new IllegalArgumentException("tries are 1 and more, not " + tries);
  }

  /**
   * Serializable, and 100 tries.
   *
   * @return the options
   */
  public static TransactionOptions serializable() {
    return new TransactionOptions(Isolation.SERIALIZABLE, TRIES);
  }

  /**
   * A snapshot, and 100 tries.
   *
   * @return the options
   */
  public static TransactionOptions snapshot() {
    return new TransactionOptions(Isolation.SNAPSHOT, TRIES);
  }

  /**
   * The same with other tries.
   *
   * @param tries how often a body is run at most: 1 and more
   * @return these options with that
   */
  public TransactionOptions tries(int tries) {
    return new TransactionOptions(isolation, tries);
  }
}
