// Checks of what callers pass in, where no library has to look.
using System;
using System.Threading;

namespace Stele.Native
{
    internal static class Argument
    {
        public static ulong NotNegative(long value, string name)
        {
            if (value < 0)
            {
                throw new ArgumentOutOfRangeException(name, value, "Allowed are 0 to 2^63 - 1.");
            }
            return (ulong)value;
        }

        public static byte[] Text(string text, string name, string what)
        {
            if (text == null) throw new ArgumentNullException(name);
            return Utf8.Encode(text, what);
        }

        // Milliseconds for the library, rounded up: who waits shortly does not want to look only.
        public static long Timeout(TimeSpan timeout, string name)
        {
            if (timeout == System.Threading.Timeout.InfiniteTimeSpan) return -1;
            if (timeout < TimeSpan.Zero)
            {
                throw new ArgumentOutOfRangeException(
                    name, timeout, "Allowed are 0 and more, and Timeout.InfiniteTimeSpan.");
            }
            long whole = timeout.Ticks / TimeSpan.TicksPerMillisecond;
            return timeout.Ticks % TimeSpan.TicksPerMillisecond == 0 ? whole : whole + 1;
        }
    }
}
