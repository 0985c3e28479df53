// Text as it crosses the border: UTF-8, with neither replacement nor loss in either direction.
using System;
using System.Text;

namespace Stele.Native
{
    internal static class Utf8
    {
        // Refuses what no UTF-8 can say: half of a surrogate pair.
        public static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);

        // `what` names the text in the error: "guard: the entity".
        public static byte[] Encode(string text, string what)
        {
            try
            {
                return Strict.GetBytes(text);
            }
            catch (EncoderFallbackException fault)
            {
                throw LoneSurrogate(what, fault);
            }
        }

        public static SteleException LoneSurrogate(string what, EncoderFallbackException fault)
        {
            return new SteleException(
                Status.Invalid,
                what + " has half of a surrogate pair at index " + fault.Index +
                    ", which is no text that UTF-8 could hold");
        }

        public static unsafe string Decode(byte* text, int size)
        {
            return size == 0 ? "" : Encoding.UTF8.GetString(text, size);
        }

        public static unsafe string Decode(ReadOnlySpan<byte> text)
        {
            fixed (byte* first = text)
            {
                return Decode(first, text.Length);
            }
        }
    }
}
