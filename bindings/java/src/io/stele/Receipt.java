package io.stele;

import java.util.Arrays;

/**
 * Says: this event, with this content, stood at this position in the commit whose chained root is
 * this one. It holds the hashes from the event up to that root, so that it can be checked without
 * the database, and years later.
 *
 * <p>What it proves depends on the root: whoever can rewrite a database can make new receipts, too.
 * It proves something against a chained root that was kept elsewhere ({@link VerifyProgress#root()}
 * is the newest one), or against a receipt that was given away.
 *
 * <pre>{@code
 * byte[] record = db.record(position).orElseThrow();
 * byte[] receipt = db.receipt(position).orElseThrow().bytes();
 *
 * Receipt.of(receipt).verify(record);     // Elsewhere; throws if it does not hold.
 * }</pre>
 */
public final class Receipt {
  private final byte[] bytes;

  private Receipt(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes the array as it is. */
  static Receipt owning(byte[] bytes) {
    return new Receipt(bytes);
  }

  /**
   * Makes a receipt of its bytes.
   *
   * @param bytes what {@link #bytes()} gave, in any language
   * @return the receipt; {@link #verify()} says whether it holds
   */
  public static Receipt of(byte[] bytes) {
    return new Receipt(bytes.clone());
  }

  /**
   * Returns the bytes to give away (docs/format.md, "Receipt").
   *
   * @return a copy, at most 2,048 of them
   */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Checks the receipt alone. Needs no database.
   *
   * @return what it says
   * @throws SteleException CORRUPT (it does not hold), UNSUPPORTED (a newer version)
   */
  public ReceiptInfo verify() {
    return check(new byte[0]);
  }

  /**
   * Checks the receipt, and that it is the receipt of an event. Needs no database.
   *
   * @param record the event's record, as {@link Stele#record(long)} gives it
   * @return what it says
   * @throws SteleException CORRUPT (it does not hold, or is not of this event; the message says
   *     what does not fit), UNSUPPORTED (a newer version)
   */
  public ReceiptInfo verify(byte[] record) {
    if (record.length == 0) throw new SteleException(Status.CORRUPT, "receipt: an empty record");
    return check(record);
  }

  private ReceiptInfo check(byte[] record) {
    Scratch scratch = Scratch.get();
    try {
      scratch.data((long) bytes.length + record.length).put(0, bytes).put(bytes.length, record);
      long address = scratch.address();
      SteleException.check(NativeCalls.check_receipt(address, bytes.length, address + bytes.length,
          record.length, scratch.struct, Layout.RECEIPT_INFO_SIZE, scratch.reply), scratch);
      return new ReceiptInfo(
          RecordWriter.id(scratch.fixed, Scratch.STRUCT + Layout.RECEIPT_INFO_UUID),
          scratch.structLong(Layout.RECEIPT_INFO_TSN),
          scratch.structLong(Layout.RECEIPT_INFO_POSITION),
          Times.instant(scratch.structLong(Layout.RECEIPT_INFO_RECORDED)),
          scratch.structBytes(Layout.RECEIPT_INFO_EVENT_HASH, 32),
          scratch.structBytes(Layout.RECEIPT_INFO_CHAINED_ROOT, 32));
    } finally {
      scratch.trim();
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Receipt it && Arrays.equals(bytes, it.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Receipt[" + bytes.length + " bytes]";
  }
}
