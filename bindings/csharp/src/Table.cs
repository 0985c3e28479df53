// A table: reading its rows.
using System;
using System.Buffers;
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// A table, which maps keys to rows: both are bytes, keys of up to
    /// <see cref="SteleLimits.TableKeyMax"/> that sort bytewise, rows of up to
    /// <see cref="SteleLimits.RowMax"/>. <see cref="Keys"/> makes keys of several values that sort as the
    /// values do. Rows are changed in batches, in the same commits as events:
    /// <see cref="Batch.Put"/> and so on. It stays with its table, whatever that is called.
    /// </summary>
    /// <example><code>
    /// db.CreateTable("seats");
    /// using (Table seats = db.OpenTable("seats"))
    /// using (Batch batch = db.NewBatch())
    /// {
    ///     batch.ExpectAbsent(seats, seat).Put(seats, seat, name);
    ///     if (!batch.Commit().IsCommitted) Console.WriteLine("taken");
    /// }
    /// </code></example>
    /// <threadsafety instance="true"/>
    public sealed class Table : IDisposable
    {
        internal Table(NativeTable native)
        {
            Native = native;
        }

        internal NativeTable Native { get; }

        /// <summary>Tells what the table is now: it may have been renamed. Null: it was dropped.</summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>, <see cref="Status.Corrupt"/>,
        /// <see cref="Status.Io"/>.</exception>
        public unsafe TableInfo Describe()
        {
            Reply reply;
            TableInfoStruct info;
            int status = Native.describe((byte*)&info, (ulong)sizeof(TableInfoStruct), (byte*)&reply);
            return Call.Found(status, &reply) ? new TableInfo(&info) : null;
        }

        /// <summary>Returns the row of a key; null: there is none, or was none at that moment, or the table
        /// was dropped.</summary>
        /// <param name="key">The key.</param>
        /// <param name="asOf">The moment: now, unless it is given.</param>
        /// <exception cref="SteleException"><see cref="Status.NotYet"/>: that moment is not there yet, or the
        /// table's projection has not come to that position, and nobody knows whether it will have a row;
        /// <see cref="Status.TooOld"/>: the table keeps no history, or was not there at that TSN or time;
        /// <see cref="Status.TooLarge"/>: the key; <see cref="Status.Closed"/>.</exception>
        public Row Get(ReadOnlySpan<byte> key, AsOf asOf = default(AsOf))
        {
            return RowLookup.Get(new Source(Native, asOf), key);
        }

        /// <summary>Copies the row of a key into memory that is there.</summary>
        /// <param name="key">The key.</param>
        /// <param name="destination">Where the row goes.</param>
        /// <param name="size">The bytes of the row.</param>
        /// <param name="asOf">The moment: now, unless it is given.</param>
        /// <returns><see cref="Status.Ok"/>; <see cref="Status.NotFound"/>; <see cref="Status.NotYet"/>;
        /// <see cref="Status.BufferTooSmall"/>: nothing was copied.</returns>
        /// <exception cref="SteleException">As <see cref="Get"/>, but for
        /// <see cref="Status.NotYet"/>.</exception>
        public Status TryGet(
            ReadOnlySpan<byte> key, Span<byte> destination, out int size, AsOf asOf = default(AsOf))
        {
            return RowLookup.TryGet(new Source(Native, asOf), key, destination, out size);
        }

        /// <summary>Returns the rows of many keys in their order, all as of one moment; null where there is no
        /// such row, or was none.</summary>
        /// <param name="keys">The keys.</param>
        /// <param name="asOf">The moment: now, unless it is given.</param>
        /// <exception cref="SteleException"><see cref="Status.NotFound"/>: the table was dropped; and as
        /// <see cref="Get"/>.</exception>
        public unsafe Row[] GetMany(IReadOnlyCollection<byte[]> keys, AsOf asOf = default(AsOf))
        {
            if (keys == null) throw new ArgumentNullException(nameof(keys));
            KeyList list = new KeyList(keys);
            byte[] lent = ArrayPool<byte>.Shared.Rent(RowLookup.UsualSize);
            try
            {
                for (;;)
                {
                    Reply reply;
                    Status status;
                    fixed (byte* data = list.Keys)
                    fixed (uint* sizes = list.Sizes)
                    fixed (byte* buffer = lent)
                    {
                        status = Call.Outcome(
                            Native.get_many(
                                (int)asOf.Kind, asOf.At, data, (ulong)list.Keys.Length, (byte*)sizes,
                                (ulong)keys.Count * sizeof(uint), buffer, (ulong)lent.Length,
                                (byte*)&reply),
                            &reply);
                    }
                    if (status != Status.BufferTooSmall)
                    {
                        Call.Ok((int)status, &reply);
                        return list.RowsIn(lent);
                    }
                    byte[] larger = ArrayPool<byte>.Shared.Rent(checked((int)reply.Values[0]));
                    ArrayPool<byte>.Shared.Return(lent);
                    lent = larger;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(lent);
            }
        }

        /// <summary>Begins to read what the row of a key was: what was there at the first moment, and each put
        /// and each deletion of a row that came behind it. A key that never had a row has no versions.</summary>
        /// <param name="key">The key.</param>
        /// <param name="options">Null: all that the table keeps, the newest version first.</param>
        /// <exception cref="SteleException"><see cref="Status.NotFound"/>: the table was dropped;
        /// <see cref="Status.Invalid"/>: the first moment is behind the last one; and of either moment as
        /// <see cref="Get"/>.</exception>
        public unsafe RowHistory History(ReadOnlySpan<byte> key, HistoryOptions options = null)
        {
            HistoryOptions read = options ?? new HistoryOptions();
            AsOf since = read.Since ?? AsOf.Now;
            int flags = read.OldestFirst ? HistoryOptions.OldestFirstFlag : 0;
            Reply reply;
            fixed (byte* at = key)
            {
                NativeRowHistory history = Native.history(
                    flags, at, (ulong)key.Length, read.Since == null ? 0 : 1, (int)since.Kind, since.At,
                    (int)read.Until.Kind, read.Until.At, (byte*)&reply);
                return new RowHistory(Call.Made(history, &reply));
            }
        }

        /// <summary>Begins to read rows.</summary>
        /// <param name="options">Null: all rows, as of now.</param>
        /// <exception cref="SteleException"><see cref="Status.NotFound"/>: the table was dropped;
        /// <see cref="Status.TooLarge"/>: a key of the range; and as <see cref="Get"/>.</exception>
        public unsafe Scan Scan(ScanOptions options = null)
        {
            ScanOptions read = options ?? new ScanOptions();
            byte[] from = read.Low ?? RowCalls.NoBytes;
            byte[] to = read.High ?? RowCalls.NoBytes;
            Reply reply;
            fixed (byte* low = from)
            fixed (byte* high = to)
            {
                NativeScan scan = Native.scan(
                    read.Flags, low, (ulong)from.Length, high, (ulong)to.Length,
                    RowCalls.Bounded(read.High), (int)read.AsOf.Kind, read.AsOf.At, (byte*)&reply);
                return new Scan(Call.Made(scan, &reply));
            }
        }

        /// <summary>Closes the object; the table stays. May be called twice.</summary>
        public void Dispose()
        {
            Native.Dispose();
        }

        private readonly struct Source : IRowSource
        {
            private readonly NativeTable _table;
            private readonly AsOf _asOf;

            public Source(NativeTable table, AsOf asOf)
            {
                _table = table;
                _asOf = asOf;
            }

            public unsafe int Get(
                byte* key, ulong keySize, byte* buffer, ulong capacity, byte* reply)
            {
                return _table.get(
                    (int)_asOf.Kind, _asOf.At, key, keySize, buffer, capacity, reply);
            }
        }
    }
}
