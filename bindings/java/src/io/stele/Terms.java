package io.stele;

import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** A list of terms that is being read, one by one. */
final class Terms {
  private static final int END = 3;

  private final NativeTerms terms;
  private final Cleaner.Cleanable cleanable;
  /** The database must not be collected before the list. */
  private final Object owner;

  Terms(NativeTerms terms, Object owner) {
    this.terms = terms;
    this.owner = owner;
    cleanable = Closer.watch(terms, address -> NativeCallsJNI.NativeTerms_close(address, null),
        NativeTerms.getCPtr(terms));
  }

  Stream<Term> stream() {
    return Streams.of(this::next, cleanable::clean);
  }

  private Term next() {
    Scratch scratch = Scratch.get();
    int status = terms.next(scratch.address(), scratch.capacity(), scratch.reply);
    if (SteleException.check(status, scratch) == END) return null;
    byte[] text = new byte[(int) scratch.value(0)];
    scratch.data().get(0, text);
    return new Term(new String(text, StandardCharsets.UTF_8), scratch.value(1), scratch.value(2),
        scratch.value(3));
  }

  @Override
  public String toString() {
    return "Terms[" + owner + "]";
  }
}
