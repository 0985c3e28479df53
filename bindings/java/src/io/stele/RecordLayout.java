package io.stele;

import java.nio.ByteBuffer;

/** Where the fields of an event record are: docs/format.md, "Event". */
final class RecordLayout {
  private RecordLayout() {}

  static final int SIZE = 0;
  static final int PAYLOAD = 4;
  static final int POSITION = 8;
  static final int TSN = 16;
  static final int RECORDED = 24;
  static final int SEQUENCE = 32;
  static final int HASH = 40;
  static final int HASH_SIZE = 32;
  static final int VERSION = 72;
  static final int FLAGS = 73;
  static final int TYPE_SIZE = 74;
  static final int ENTITY_SIZE = 76;
  static final int SCOPE_SIZE = 78;
  static final int TAGS = 80;
  static final int METADATA = 82;
  static final int DATA_SIZE = 84;
  static final int METADATA_SIZE = 88;
  static final int KEY_ID = 92;
  static final int TIME = 96;
  static final int ID = 104;
  static final int HEAD_SIZE = 120;

  static final int ID_SIZE = 16;

  static final int HAS_CORRELATION = 1;
  static final int HAS_CAUSATION = 2;
  static final int HAS_NO_TIME = 4;

  /** Returns how many bytes of ids there are, between the fixed fields and the type. */
  static int idsSize(int flags) {
    return ((flags & HAS_CORRELATION) != 0 ? ID_SIZE : 0)
        + ((flags & HAS_CAUSATION) != 0 ? ID_SIZE : 0);
  }

  /**
   * Checks that bytes from anywhere are the record of an event, as far as its sizes go.
   *
   * @throws SteleException CORRUPT, UNSUPPORTED
   */
  static void check(ByteBuffer record) {
    if (record.capacity() < HEAD_SIZE) throw corrupt("of " + record.capacity() + " bytes");
    if (record.get(VERSION) != 1) {
      throw new SteleException(Status.UNSUPPORTED,
          "event record: of version " + (record.get(VERSION) & 0xff));
    }
    long payload = HEAD_SIZE + idsSize(record.get(FLAGS)) + u16(record, TYPE_SIZE)
        + u16(record, ENTITY_SIZE) + u16(record, SCOPE_SIZE);
    for (int i = u16(record, TAGS); i > 0; --i) {
      if (payload + 2 > record.capacity()) throw corrupt("whose tags do not fit");
      payload += 2 + u16(record, (int) payload);
    }
    long end = payload + (record.getInt(DATA_SIZE) & 0xffff_ffffL)
        + (record.getInt(METADATA_SIZE) & 0xffff_ffffL);
    if (record.getInt(PAYLOAD) != payload || record.getInt(SIZE) != record.capacity()
        || (end + 7 & ~7L) != record.capacity()) {
      throw corrupt("whose sizes do not fit each other");
    }
  }

  private static SteleException corrupt(String what) {
    return new SteleException(Status.CORRUPT, "event record: bytes " + what);
  }

  static int u16(ByteBuffer record, int at) {
    return record.getShort(at) & 0xffff;
  }
}
