package io.stele;

import java.util.Optional;

/** Looking rows up and scanning them, the same for a table and for a transaction. */
final class RowReads {
  private static final int OK = 0;
  private static final int NOT_FOUND = 2;

  private RowReads() {}

  /** Has the library begin a scan. Null: the reply says why not. */
  interface ScanCall {
    NativeScan begin(int flags, long low, int lowSize, long high, int highSize, int bounded,
        Scratch scratch);
  }

  /** `fetch` replies as NativeTable.get() does. Throws what is neither OK nor NOT_FOUND. */
  static Optional<Row> get(byte[] key, DatabaseReads.Fetch fetch) {
    Scratch scratch = Scratch.get();
    try {
      int status = DatabaseReads.fetch(key, scratch, fetch);
      if (status == NOT_FOUND) return Optional.empty();
      if (status != OK) throw SteleException.of(status, scratch);
      byte[] value = DatabaseReads.output(key, scratch);
      return Optional.of(new Row(key.clone(), value, scratch.value(1), scratch.value(2)));
    } finally {
      scratch.trim();
    }
  }

  /** `owner` must not be collected before the scan. */
  static Scan scan(ScanOptions options, Object owner, ScanCall call) {
    byte[] low = options.low();
    byte[] high = options.high() == null ? DatabaseReads.NO_BYTES : options.high();
    Scratch scratch = Scratch.get();
    try {
      long address = scratch.put(low, high);
      NativeScan scan = call.begin(options.isBackward() ? ScanOptions.BACKWARD : 0, address,
          low.length, address + low.length, high.length, options.high() == null ? 0 : 1, scratch);
      if (scan == null) throw SteleException.of(scratch.errorStatus(), scratch);
      return new Scan(scan, owner);
    } finally {
      scratch.trim();
    }
  }
}
