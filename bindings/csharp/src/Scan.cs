// Reading rows, as of one moment.
using System;
using System.Buffers.Binary;
using System.Collections;
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// Reads rows in the order of their keys, as of one moment: commits that come meanwhile are not seen.
    /// Step by step with <see cref="Next"/>, or all the rest in a foreach, which disposes of the scan at its
    /// end. While it is open, pages that it may need are kept; one that was not asked for longer than
    /// <see cref="SteleOptions.MaxReaderAge"/> is <see cref="Status.TooOld"/>.
    /// </summary>
    /// <example><code>
    /// foreach (Row row in accounts.Scan()) sum += AmountOf(row.Value.Span);
    /// </code></example>
    /// <threadsafety instance="false">One thread at a time; <see cref="Dispose"/> is for any, but not while
    /// another one looks at <see cref="Key"/> or <see cref="Value"/>.</threadsafety>
    public sealed class Scan : IEnumerable<Row>, IDisposable
    {
        private readonly NativeScan _native;
        private readonly RecordBuffer _buffer = new RecordBuffer();

        private readonly object _owner;  // Must not be collected before the scan; null: nothing.

        internal Scan(NativeScan native, object owner = null)
        {
            _native = native;
            _owner = owner;
        }

        /// <summary>The key of the row at which the scan stands: valid until the next step.</summary>
        /// <exception cref="InvalidOperationException">The scan stands before the first row or behind the
        /// last one.</exception>
        public ReadOnlySpan<byte> Key
        {
            get { return At.Slice(RowLayout.Key, RowLayout.KeySizeOf(At)); }
        }

        /// <summary>What that row holds: valid until the next step.</summary>
        /// <exception cref="InvalidOperationException">As <see cref="Key"/>.</exception>
        public ReadOnlySpan<byte> Value
        {
            get { return At.Slice(RowLayout.Key + RowLayout.KeySizeOf(At), RowLayout.ValueSizeOf(At)); }
        }

        /// <summary>The commit that wrote that row.</summary>
        /// <exception cref="InvalidOperationException">As <see cref="Key"/>.</exception>
        public long Tsn
        {
            get { return BinaryPrimitives.ReadInt64LittleEndian(At.Slice(RowLayout.Tsn)); }
        }

        /// <summary>The event that the row follows from.</summary>
        /// <exception cref="InvalidOperationException">As <see cref="Key"/>.</exception>
        public long Position
        {
            get { return BinaryPrimitives.ReadInt64LittleEndian(At.Slice(RowLayout.Position)); }
        }

        /// <summary>The row at which the scan stands, as a copy that may be kept.</summary>
        /// <exception cref="InvalidOperationException">As <see cref="Key"/>.</exception>
        public Row Row
        {
            get { return RowLayout.ToRow(At); }
        }

        private ReadOnlySpan<byte> At
        {
            get
            {
                if (_buffer.IsAtRecord) return _buffer.Memory.AsSpan(_buffer.At);
                throw new InvalidOperationException("The scan does not stand at a row.");
            }
        }

        /// <summary>Goes to the next row; false: there is none.</summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>: the scan or its database is;
        /// <see cref="Status.TooOld"/>, <see cref="Status.Corrupt"/>, <see cref="Status.Io"/>.</exception>
        public unsafe bool Next()
        {
            return _buffer.MoveNextRow() || (_buffer.Fill(_native.next_batch) && _buffer.MoveNextRow());
        }

        /// <summary>
        /// Enumerates what has not been read yet, and disposes of the scan at the end of the foreach.
        /// </summary>
        public IEnumerator<Row> GetEnumerator()
        {
            using (this)
            {
                while (Next()) yield return Row;
            }
        }

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        /// <summary>Closes the scan. May be called twice.</summary>
        public void Dispose()
        {
            _native.Dispose();
            _buffer.Release();
        }
    }
}
