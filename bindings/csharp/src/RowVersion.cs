// A version of a row, as an object of its own.
using System;
using Stele.Native;

namespace Stele
{
    /// <summary>What a row became by one commit, until its next version: it owns its bytes and may be
    /// kept.</summary>
    /// <threadsafety instance="true"/>
    public sealed class RowVersion
    {
        private readonly byte[] _value;

        // The array is not copied.
        internal RowVersion(bool isDeleted, byte[] value, long tsn, long position, long recorded)
        {
            IsDeleted = isDeleted;
            _value = value;
            Tsn = tsn;
            Position = position;
            RecordedMicroseconds = recorded;
        }

        /// <summary>Whether the row was deleted, by itself or with a range.</summary>
        public bool IsDeleted { get; }

        /// <summary>What it held; of a deletion nothing.</summary>
        public ReadOnlyMemory<byte> Value
        {
            get { return _value; }
        }

        /// <summary>The commit that did it.</summary>
        public long Tsn { get; }

        /// <summary>The event that it follows from: the last one of that commit, or before it.</summary>
        public long Position { get; }

        /// <summary>When that commit was recorded, in UTC.</summary>
        public DateTimeOffset Recorded
        {
            get { return Micros.ToTime(RecordedMicroseconds); }
        }

        /// <summary><see cref="Recorded"/> in microseconds since 1970-01-01T00:00:00Z.</summary>
        public long RecordedMicroseconds { get; }
    }
}
