package io.stele;

import java.nio.charset.StandardCharsets;

/**
 * Text to UTF-8, and nothing else: half of a surrogate pair has no UTF-8 and is refused, where
 * {@link String#getBytes()} would quietly write a question mark.
 */
final class Utf8 {
  private Utf8() {}

  static byte[] bytes(String text) {
    int size = text.length();
    for (int i = 0; i < size; ++i) {
      char unit = text.charAt(i);
      if (!Character.isSurrogate(unit)) continue;
      if (Character.isLowSurrogate(unit) || i + 1 == size
          || !Character.isLowSurrogate(text.charAt(i + 1))) {
        throw SteleException.invalid(
            "text: half of a surrogate pair at index " + i + ", which has no UTF-8");
      }
      ++i;
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
