// A transaction: what it reads, and what it is going to commit.
using System;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// A batch that can read. It sees the database as it was when it began, and over that the rows that it has
    /// put and deleted; nobody else sees these before the commit, which is a
    /// <see cref="CommitKind.Conflict"/> when others have meanwhile changed what it must not find changed: see
    /// <see cref="Isolation"/>. Nothing is locked: transactions never wait for each other, and one that only
    /// reads always commits. <see cref="SteleDb.Transact"/> begins again after a conflict.
    /// </summary>
    /// <remarks>
    /// While it is open, pages and rows that it may need are kept; one that was not used for longer than
    /// <see cref="SteleOptions.MaxReaderAge"/> is <see cref="Status.TooOld"/>. Of one that is over, everything
    /// is <see cref="Status.Invalid"/> or <see cref="Status.Closed"/>.
    /// </remarks>
    /// <example><code>
    /// using (Transaction t = db.Begin())
    /// {
    ///     if (t.Get(doctors, other) != null) t.Delete(doctors, me);
    ///     if (!t.Commit().IsCommitted) Console.WriteLine("somebody was faster");
    /// }
    /// </code></example>
    /// <threadsafety instance="false">One thread at a time; <see cref="Dispose"/> is for any.</threadsafety>
    public sealed class Transaction : IDisposable
    {
        private readonly SteleDb _db;
        private readonly NativeTransaction _native;
        private Batch _batch;  // Null: it was not asked for, or is over.

        internal Transaction(SteleDb db, NativeTransaction native)
        {
            _db = db;
            _native = native;
        }

        /// <summary>
        /// What it is going to commit: events, guards, tables, tracking and a key are added to it as to every
        /// batch. It is the transaction's, which closes it: committing, checking and clearing it are
        /// <see cref="Status.Invalid"/>, and disposing of it does nothing.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the transaction is over;
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe Batch Batch
        {
            get
            {
                if (_batch == null)
                {
                    Reply reply;
                    _batch = new Batch(_db, Call.Made(_native.batch((byte*)&reply), &reply), this);
                }
                return _batch;
            }
        }

        /// <summary>Puts a row into the batch.</summary>
        /// <param name="table">The table.</param>
        /// <param name="key">The key.</param>
        /// <param name="row">What it holds.</param>
        /// <exception cref="SteleException">As <see cref="Stele.Batch.Put"/>, and <see cref="Batch"/>.</exception>
        public Transaction Put(Table table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> row)
        {
            Batch.Put(table, key, row);
            return this;
        }

        /// <summary>Deletes a row with the batch.</summary>
        /// <param name="table">The table.</param>
        /// <param name="key">The key.</param>
        /// <exception cref="SteleException">As <see cref="Put"/>.</exception>
        public Transaction Delete(Table table, ReadOnlySpan<byte> key)
        {
            Batch.Delete(table, key);
            return this;
        }

        /// <summary>Deletes the rows of a range with the batch.</summary>
        /// <param name="table">The table.</param>
        /// <param name="low">The first key; null: the lowest there is.</param>
        /// <param name="high">The first key that is not deleted any more; null: to the end.</param>
        /// <exception cref="SteleException">As <see cref="Put"/>; <see cref="Status.Invalid"/>: the range
        /// ends before it begins.</exception>
        public Transaction DeleteRange(Table table, byte[] low, byte[] high)
        {
            Batch.DeleteRange(table, low, high);
            return this;
        }

        /// <summary>
        /// Returns the row of a key: that of the batch if it has one, else that of the moment when the
        /// transaction began; null: there is none, or the table was not there at that moment. A row of the
        /// batch has TSN and position 0.
        /// </summary>
        /// <param name="table">The table.</param>
        /// <param name="key">The key.</param>
        /// <exception cref="SteleException"><see cref="Status.TooLarge"/>: the key;
        /// <see cref="Status.Invalid"/>: a table of another database; <see cref="Status.TooOld"/>;
        /// <see cref="Status.Closed"/>.</exception>
        public Row Get(Table table, ReadOnlySpan<byte> key)
        {
            return RowLookup.Get(new Source(_native, table), key);
        }

        /// <summary>Copies the row of a key, as <see cref="Get"/> finds it, into memory that is
        /// there.</summary>
        /// <param name="table">The table.</param>
        /// <param name="key">The key.</param>
        /// <param name="destination">Where the row goes.</param>
        /// <param name="size">The bytes of the row.</param>
        /// <returns><see cref="Status.Ok"/>; <see cref="Status.NotFound"/>;
        /// <see cref="Status.BufferTooSmall"/>: nothing was copied.</returns>
        /// <exception cref="SteleException">As <see cref="Get"/>.</exception>
        public Status TryGet(
            Table table, ReadOnlySpan<byte> key, Span<byte> destination, out int size)
        {
            return RowLookup.TryGet(new Source(_native, table), key, destination, out size);
        }

        /// <summary>
        /// Begins to read rows, as of the moment when the transaction began, with those of its batch as they
        /// are at this call. The scan is <see cref="Status.Invalid"/> when the transaction is over. What it has
        /// gone through counts as read, and so do rows that it has fetched ahead.
        /// </summary>
        /// <param name="table">The table.</param>
        /// <param name="options">Null: all rows. Its moment stays as it is.</param>
        /// <exception cref="SteleException"><see cref="Status.NotFound"/>: the table was not there at that
        /// moment; <see cref="Status.TooLarge"/>: a key of the range; <see cref="Status.Invalid"/>: a moment in
        /// the options; and as <see cref="Get"/>.</exception>
        public unsafe Scan Scan(Table table, ScanOptions options = null)
        {
            ScanOptions read = options ?? new ScanOptions();
            byte[] from = read.Low ?? RowCalls.NoBytes;
            byte[] to = read.High ?? RowCalls.NoBytes;
            Reply reply;
            fixed (byte* low = from)
            fixed (byte* high = to)
            {
                NativeScan scan = _native.scan(
                    RowCalls.Of(table), read.Flags, low, (ulong)from.Length, high, (ulong)to.Length,
                    RowCalls.Bounded(read.High), (int)read.AsOf.Kind, read.AsOf.At, (byte*)&reply);
                return new Scan(Call.Made(scan, &reply), this);
            }
        }

        /// <summary>
        /// Opens a cursor over events, as of the moment when the transaction began; those of its batch are not
        /// among them. Unless it is a snapshot, the batch gets the guard that nobody commits another match.
        /// </summary>
        /// <param name="query">What is read.</param>
        /// <param name="options">What is read of it, as in <see cref="Stele.Batch.Decide"/>.</param>
        /// <exception cref="SteleException">As <see cref="Stele.Batch.Decide"/>;
        /// <see cref="Status.Invalid"/>: the transaction is over.</exception>
        public unsafe Cursor Read(Query query, ReadOptions options = null)
        {
            if (query == null) throw new ArgumentNullException(nameof(query));
            ReadOptions read = ReadOptions.Copy(options);
            ulong start = read.NativeStart;
            ulong limit = read.NativeLimit;
            Reply reply;
            fixed (byte* bytes = query.Bytes)
            {
                NativeCursor cursor = _native.read(
                    bytes, (ulong)query.Bytes.Length, read.Flags, start, limit, (byte*)&reply);
                return new Cursor(Call.Made(cursor, &reply));
            }
        }

        /// <summary>
        /// Commits what is in the batch, all of it or nothing; the transaction is over then. One whose batch is
        /// empty commits with figures of zero. After everything else it goes on, and the commit may be tried
        /// again, which does not help against a conflict. Of a conflict about what was read or written,
        /// <see cref="CommitOutcome.Guard"/> is -1.
        /// </summary>
        /// <exception cref="SteleException">As <see cref="Stele.Batch.Commit"/>; <see cref="Status.TooOld"/>;
        /// <see cref="Status.Invalid"/>: the transaction is over.</exception>
        public unsafe CommitOutcome Commit()
        {
            Reply reply;
            CommitResultStruct result;
            int status = _native.commit(
                (byte*)&result, (ulong)sizeof(CommitResultStruct), (byte*)&reply);
            CommitOutcome outcome = CommitOutcome.Of(status, &result, &reply);
            if (outcome.IsCommitted) _batch = null;
            return outcome;
        }

        /// <summary>Ends the transaction: what was not committed is gone. May be called twice.</summary>
        public void Dispose()
        {
            _native.Dispose();
        }

        private readonly struct Source : IRowSource
        {
            private readonly NativeTransaction _transaction;
            private readonly NativeTable _table;

            public Source(NativeTransaction transaction, Table table)
            {
                _transaction = transaction;
                _table = RowCalls.Of(table);
            }

            public unsafe int Get(
                byte* key, ulong keySize, byte* buffer, ulong capacity, byte* reply)
            {
                return _transaction.get(_table, key, keySize, buffer, capacity, reply);
            }
        }
    }
}
