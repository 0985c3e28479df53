// Where a reading starts, how far it goes, and in which direction.
using Stele.Native;

namespace Stele
{
    /// <summary>Where a reading starts, how far it goes, and in which direction.</summary>
    /// <threadsafety instance="false"/>
    public sealed class ReadOptions
    {
        // stele_read_flags
        internal const int BackwardFlag = 1;
        internal const int FromFlag = 2;

        /// <summary>From high positions to low ones.</summary>
        public bool Backward { get; set; }

        /// <summary>
        /// The first position looked at, inclusive (of a stream: the first sequence). Null: the first event,
        /// or the last, backward. Forward, 0 is the first event; backward, 0 reads nothing. A position
        /// beyond the head is fine.
        /// </summary>
        public long? Start { get; set; }

        /// <summary>At most so many events; null: all; 0: none.</summary>
        public long? Limit { get; set; }

        internal int Flags
        {
            get { return (Backward ? BackwardFlag : 0) | (Start.HasValue ? FromFlag : 0); }
        }

        internal ulong NativeStart
        {
            get { return Argument.NotNegative(Start ?? 0, nameof(Start)); }
        }

        internal ulong NativeLimit
        {
            get { return Limit.HasValue ? Argument.NotNegative(Limit.Value, nameof(Limit)) : ulong.MaxValue; }
        }

        // A copy, so that a reading that begins later does not see what the caller changes meanwhile.
        internal static ReadOptions Copy(ReadOptions options)
        {
            if (options == null) return new ReadOptions();
            return new ReadOptions
            {
                Backward = options.Backward,
                Start = options.Start,
                Limit = options.Limit,
            };
        }
    }
}
