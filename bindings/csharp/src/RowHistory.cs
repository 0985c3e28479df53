// Reading the history of a row.
using System;
using System.Buffers.Binary;
using System.Collections;
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// Reads what a row was between two moments, version by version, however many they are: commits that
    /// come meanwhile are not seen. Step by step with <see cref="Next"/>, or all the rest in a foreach, which
    /// disposes of the history at its end. It holds what it may need, as a <see cref="Scan"/> does.
    /// </summary>
    /// <example><code>
    /// foreach (RowVersion version in accounts.History(key)) Print(version.Recorded, version.Value);
    /// </code></example>
    /// <threadsafety instance="false">One thread at a time; <see cref="Dispose"/> is for any.</threadsafety>
    public sealed class RowHistory : IEnumerable<RowVersion>, IDisposable
    {
        private readonly NativeRowHistory _native;
        private readonly RecordBuffer _buffer = new RecordBuffer();

        internal RowHistory(NativeRowHistory native)
        {
            _native = native;
        }

        /// <summary>The version at which the history stands, as a copy that may be kept.</summary>
        /// <exception cref="InvalidOperationException">The history stands before the first version or behind
        /// the last one.</exception>
        public RowVersion Version
        {
            get
            {
                if (!_buffer.IsAtRecord)
                {
                    throw new InvalidOperationException("The history does not stand at a version.");
                }
                ReadOnlySpan<byte> at = _buffer.Memory.AsSpan(_buffer.At);
                return new RowVersion(
                    VersionLayout.IsDeleted(at),
                    at.Slice(VersionLayout.Value, VersionLayout.ValueSizeOf(at)).ToArray(),
                    BinaryPrimitives.ReadInt64LittleEndian(at.Slice(VersionLayout.Tsn)),
                    BinaryPrimitives.ReadInt64LittleEndian(at.Slice(VersionLayout.Position)),
                    BinaryPrimitives.ReadInt64LittleEndian(at.Slice(VersionLayout.Recorded)));
            }
        }

        /// <summary>Goes to the next version; false: there is none.</summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>: the history or its database is;
        /// <see cref="Status.TooOld"/>, <see cref="Status.Corrupt"/>, <see cref="Status.Io"/>.</exception>
        public unsafe bool Next()
        {
            return _buffer.MoveNextVersion()
                || (_buffer.Fill(_native.next_batch) && _buffer.MoveNextVersion());
        }

        /// <summary>
        /// Enumerates what has not been read yet, and disposes of the history at the end of the foreach.
        /// </summary>
        public IEnumerator<RowVersion> GetEnumerator()
        {
            using (this)
            {
                while (Next()) yield return Version;
            }
        }

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        /// <summary>Closes the history. May be called twice.</summary>
        public void Dispose()
        {
            _native.Dispose();
            _buffer.Release();
        }
    }
}
