// A row that was read, as an object of its own.
using System;

namespace Stele
{
    /// <summary>A row that was read: it owns its bytes and may be kept.</summary>
    /// <threadsafety instance="true"/>
    public sealed class Row
    {
        private readonly byte[] _key;
        private readonly byte[] _value;

        // The arrays are not copied.
        internal Row(byte[] key, byte[] value, ulong tsn, ulong position)
        {
            _key = key;
            _value = value;
            Tsn = (long)tsn;
            Position = (long)position;
        }

        /// <summary>Its key.</summary>
        public ReadOnlyMemory<byte> Key
        {
            get { return _key; }
        }

        /// <summary>What it holds.</summary>
        public ReadOnlyMemory<byte> Value
        {
            get { return _value; }
        }

        /// <summary>The commit that wrote it: what <see cref="Batch.ExpectRow"/> asks for.</summary>
        public long Tsn { get; }

        /// <summary>The event that it follows from: the last one of that commit, or before it.</summary>
        public long Position { get; }
    }
}
