// Times as the library counts them: microseconds since 1970-01-01T00:00:00Z.
using System;

namespace Stele.Native
{
    internal static class Micros
    {
        public const long TicksPerMicrosecond = 10;
        private static readonly long EpochTicks =
            new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;
        private static readonly long Least =
            (DateTimeOffset.MinValue.UtcTicks - EpochTicks) / TicksPerMicrosecond;
        private static readonly long Most =
            (DateTimeOffset.MaxValue.UtcTicks - EpochTicks) / TicksPerMicrosecond;

        // A tick is a tenth of a microsecond: what is less than one is cut off, towards the past.
        public static long Of(DateTimeOffset time)
        {
            long ticks = time.UtcTicks - EpochTicks;
            long micros = ticks / TicksPerMicrosecond;
            return ticks % TicksPerMicrosecond < 0 ? micros - 1 : micros;
        }

        // Null is null.
        public static DateTimeOffset? ToTime(long? micros)
        {
            return micros.HasValue ? ToTime(micros.Value) : (DateTimeOffset?)null;
        }

        // Null is null.
        public static long? Of(DateTimeOffset? time)
        {
            return time.HasValue ? Of(time.Value) : (long?)null;
        }

        // The longest that there is stands for what is longer.
        public static TimeSpan ToSpan(long micros)
        {
            if (micros > TimeSpan.MaxValue.Ticks / TicksPerMicrosecond) return TimeSpan.MaxValue;
            if (micros < TimeSpan.MinValue.Ticks / TicksPerMicrosecond) return TimeSpan.MinValue;
            return new TimeSpan(micros * TicksPerMicrosecond);
        }

        // The first microsecond that is not before a time.
        public static long UpTo(DateTimeOffset time)
        {
            return (time.UtcTicks - EpochTicks) % TicksPerMicrosecond == 0 ? Of(time) : Of(time) + 1;
        }

        // What lies beyond the years 1 to 9999 becomes the first or last time that DateTimeOffset has.
        public static DateTimeOffset ToTime(long micros)
        {
            if (micros < Least) return DateTimeOffset.MinValue;
            if (micros > Most) return DateTimeOffset.MaxValue;
            return new DateTimeOffset(EpochTicks + micros * TicksPerMicrosecond, TimeSpan.Zero);
        }
    }
}
