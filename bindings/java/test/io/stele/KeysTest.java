package io.stele;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Keys compare as their parts, and give them back. */
class KeysTest {
  private static final KeyPart[] ASCENDING = {
      KeyPart.ofNull(), KeyPart.of(false), KeyPart.of(true), KeyPart.of(-1000.5), KeyPart.of(-1),
      KeyPart.of(0.5), KeyPart.of((1L << 53) + 1), KeyPart.ofUnsigned(-1), KeyPart.of(Double.NaN),
      KeyPart.of(""), KeyPart.of("a\0"), KeyPart.of("ü"), KeyPart.of(new byte[] {-1}),
      KeyPart.at(KeyKind.DATE, 3), KeyPart.at(KeyKind.TIMESTAMPTZ, -3), KeyPart.of(new UUID(1, 2)),
      KeyPart.ofNullLast()};

  @Test
  void keysCompareAsTheirParts() {
    for (int i = 1; i < ASCENDING.length; ++i) {
      KeyPart low = ASCENDING[i - 1];
      KeyPart high = ASCENDING[i];
      assertTrue(Arrays.compareUnsigned(Keys.encode(low), Keys.encode(high)) < 0, "" + high);
      assertTrue(Arrays.compareUnsigned(Keys.encode(low.reversed()),
          Keys.encode(high.reversed())) > 0, "" + high);
    }
    assertArrayEquals(Keys.encode(KeyPart.of(1)), Keys.encode(KeyPart.of(1.0)));
  }

  @Test
  void partsComeBack() {
    KeyPart[] given = ASCENDING.clone();
    for (int i = 0; i < given.length; i += 2) given[i] = given[i].reversed();
    List<KeyPart> back = Keys.decode(Keys.encode(given));
    assertEquals(given.length, back.size());
    for (int i = 0; i < given.length; ++i) {
      assertEquals(given[i].kind(), back.get(i).kind());
      assertEquals(given[i].descending(), back.get(i).descending());
      assertEquals(given[i].integer(), back.get(i).integer());
      assertEquals(given[i].real(), back.get(i).real());
      assertArrayEquals(given[i].bytes(), back.get(i).bytes());
    }
    assertEquals(0, Keys.decode(Keys.encode()).size());
  }

  @Test
  void whatIsNoKeyIsRefused() {
    Samples.expect(Status.UNSUPPORTED, () -> Keys.encode(KeyPart.at(KeyKind.JSON, 0)));
    Samples.expect(Status.INVALID, () -> Keys.encode(KeyPart.at(KeyKind.TIME, -1)));
    Samples.expect(Status.TOO_LARGE, () -> Keys.encode(KeyPart.of(new byte[2000])));
    Samples.expect(Status.CORRUPT, () -> Keys.decode(new byte[] {0x20, 'a'}));
    Samples.expect(Status.CORRUPT, () -> Keys.decode(new byte[5000]));
  }

  @Test
  void aRangeHasAnEnd() {
    assertArrayEquals(new byte[] {0x20, 'b'},
        Keys.prefixEnd(new byte[] {0x20, 'a', -1}).orElseThrow());
    assertTrue(Keys.prefixEnd(new byte[0]).isEmpty());
  }
}
