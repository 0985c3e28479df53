// The moments that tables are read as of.
using System;
using Stele.Native;

namespace Stele
{
    internal enum AsOfKind
    {
        Now = 0,
        Tsn = 1,
        Position = 2,
        Time = 3,
    }

    /// <summary>The moment that a read of a table is of; the default is now.</summary>
    /// <example><code>
    /// Row price = prices.Get(key, AsOf.Position(decided.Position));
    /// </code></example>
    public readonly struct AsOf
    {
        private AsOf(AsOfKind kind, long at)
        {
            Kind = kind;
            At = at;
        }

        /// <summary>Now.</summary>
        public static AsOf Now
        {
            get { return default(AsOf); }
        }

        internal AsOfKind Kind { get; }

        internal long At { get; }

        /// <summary>Behind a commit.</summary>
        /// <param name="tsn">Its number.</param>
        public static AsOf Tsn(long tsn)
        {
            Argument.NotNegative(tsn, nameof(tsn));
            return new AsOf(AsOfKind.Tsn, tsn);
        }

        /// <summary>When all that follows from events up to a position was done.</summary>
        /// <param name="position">The position.</param>
        public static AsOf Position(long position)
        {
            Argument.NotNegative(position, nameof(position));
            return new AsOf(AsOfKind.Position, position);
        }

        /// <summary>Behind the last commit that was recorded at a time or before.</summary>
        /// <param name="time">The time.</param>
        public static AsOf Time(DateTimeOffset time)
        {
            return Time(Micros.Of(time));
        }

        /// <summary>As <see cref="Time(DateTimeOffset)"/>.</summary>
        /// <param name="microseconds">Since 1970-01-01T00:00:00Z; every value is valid.</param>
        public static AsOf Time(long microseconds)
        {
            return new AsOf(AsOfKind.Time, microseconds);
        }
    }
}
