// Projections: taking the events.
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// A read model that follows the events: it reads them in the order of their positions, and puts what
    /// follows from them into tables of its own. Rows, and how far they go, are one commit: killed at any
    /// moment, it goes on where its tables are, and each event is in them once.
    /// </summary>
    /// <remarks>
    /// Its name is the source that says how far it has come (<see cref="SteleDb.Tracked"/>). Several
    /// instances may run, in whatever threads: one of them commits, the others are told
    /// <see cref="Status.Conflict"/> and go on behind it. Only the projection writes to its tables; they are
    /// read like all others, and as of a position that it has not come to, a read is
    /// <see cref="Status.NotYet"/>.
    /// </remarks>
    /// <example><code>
    /// using (Projection projection = db.OpenProjection("balances", query))
    /// using (Table balances = projection.OpenTable("balances"))
    /// {
    ///     for (;;)
    ///     {
    ///         foreach (Event e in await projection.NextBatchAsync(cancellation))
    ///             projection.Put(balances, Key(e), Balance(e), e.Position);
    ///         projection.Commit();  // Conflict: another instance has put these events into the tables.
    ///     }
    /// }
    /// </code></example>
    /// <threadsafety instance="false">One thread, and one task, at a time; <see cref="Interrupt"/> and
    /// <see cref="Dispose"/> are for any. Disposing ends a wait with <see cref="Status.Closed"/>.</threadsafety>
    public sealed partial class Projection : IDisposable
    {
        private readonly SteleDb _db;
        private readonly NativeProjection _native;
        private readonly Query _query;
        private readonly RecordBuffer _buffer = new RecordBuffer();
        private long _through;
        private volatile bool _isDisposed;
        private volatile bool _interrupted;
        private volatile NativeSubscription _news;  // What is awaited, for the library awaits these.

        internal Projection(SteleDb db, NativeProjection native, Query query)
        {
            _db = db;
            _native = native;
            _query = query;
        }

        /// <summary>Whether nothing durable was behind the events that were taken last.</summary>
        public bool CaughtUp { get; private set; }

        /// <summary>
        /// Takes the next event, and waits for it if there is none. This is for who commits after each
        /// event; taking many at once is faster. Null: none has come in time, or the wait was interrupted.
        /// </summary>
        /// <param name="timeout">How long to wait: zero looks only;
        /// <see cref="Timeout.InfiniteTimeSpan"/>.</param>
        /// <param name="cancellation">Ends the wait, within a fifth of a second.</param>
        /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>: the projection or its database was
        /// closed, perhaps while it waited; <see cref="Status.Corrupt"/>,
        /// <see cref="Status.Io"/>.</exception>
        public Event Next(TimeSpan timeout, CancellationToken cancellation = default(CancellationToken))
        {
            Slices slices = new Slices(Argument.Timeout(timeout, nameof(timeout)), cancellation);
            for (;;)
            {
                Status status = Fill(slices.Next(), true);
                if (_buffer.MoveNext()) return _buffer.View.ToEvent();
                if (status == Status.Timeout && (TakeInterrupt() || slices.AreOver)) return null;
            }
        }

        /// <summary>
        /// Takes the next events, as many as fit a buffer, and waits for the first of them if there is none.
        /// All of them are in what the next commit says is in the tables. An empty list says once that the
        /// projection has caught up, where no event came to say so. Null: none has come in time, or the wait
        /// was interrupted.
        /// </summary>
        /// <param name="timeout">As in <see cref="Next"/>.</param>
        /// <param name="cancellation">As in <see cref="Next"/>.</param>
        /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
        /// <exception cref="SteleException">As <see cref="Next"/>.</exception>
        public IReadOnlyList<Event> NextBatch(
            TimeSpan timeout, CancellationToken cancellation = default(CancellationToken))
        {
            Slices slices = new Slices(Argument.Timeout(timeout, nameof(timeout)), cancellation);
            for (;;)
            {
                if (Fill(slices.Next(), false) == Status.Ok) return TakeAll();
                if (TakeInterrupt() || slices.AreOver) return null;
            }
        }

        /// <summary>
        /// Takes the next events, as <see cref="NextBatch"/> does, as soon as there are any. An empty list
        /// says once that the projection has caught up. No thread waits for it.
        /// </summary>
        /// <param name="cancellation">Ends the wait; no event is lost by it.</param>
        /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
        /// <exception cref="SteleException">As <see cref="Next"/>.</exception>
        public async Task<IReadOnlyList<Event>> NextBatchAsync(
            CancellationToken cancellation = default(CancellationToken))
        {
            for (;;)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Fill(0, false) == Status.Ok) return TakeAll();
                using (NativeSubscription news = _db.BeginSubscription(_query, 0, _through, null))
                {
                    _news = news;
                    if (_isDisposed) continue;
                    Task something = _db.Await(news, cancellation);
                    using (cancellation.Register(_db.WakeDispatcher))
                    {
                        await something.ConfigureAwait(false);
                    }
                }
            }
        }

        /// <summary>Tells how far the projection is behind.</summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>, <see cref="Status.Corrupt"/>,
        /// <see cref="Status.Io"/>.</exception>
        public unsafe ProjectionInfo Describe()
        {
            Reply reply;
            ProjectionInfoStruct info;
            Call.Ok(
                _native.describe((byte*)&info, (ulong)sizeof(ProjectionInfoStruct), (byte*)&reply),
                &reply);
            return new ProjectionInfo(&info);
        }

        /// <summary>
        /// Ends the wait of another thread, or else the next one that would wait: it returns as if nothing
        /// had come in time. Has no effect on what is awaited: cancel that.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>.</exception>
        public unsafe void Interrupt()
        {
            Reply reply;
            _interrupted = true;
            Call.Ok(_native.interrupt((byte*)&reply), &reply);
        }

        /// <summary>Closes the projection: rows that were not committed are gone. May be called
        /// twice.</summary>
        public void Dispose()
        {
            _isDisposed = true;
            _native.Dispose();
            NativeSubscription news = _news;
            if (news != null) news.Dispose();
            _buffer.Release();
        }

        private bool TakeInterrupt()
        {
            bool was = _interrupted;
            _interrupted = false;
            return was;
        }

        private List<Event> TakeAll()
        {
            List<Event> taken = new List<Event>();
            while (_buffer.MoveNext()) taken.Add(_buffer.View.ToEvent());
            return taken;
        }

        // Returns OK, perhaps without events, or TIMEOUT.
        private unsafe Status Fill(long milliseconds, bool oneOnly)
        {
            _buffer.Own();
            Reply reply;
            ulong needed = 0;
            for (;;)
            {
                _buffer.Reserve(needed);
                byte[] buffer = _buffer.Memory;
                // No event fits into nothing, and two do not fit into the room of one.
                ulong room = oneOnly ? Math.Min(needed, (ulong)buffer.Length) : (ulong)buffer.Length;
                Status status;
                fixed (byte* memory = buffer)
                {
                    status = Call.Outcome(
                        _native.next_batch(milliseconds, memory, room, (byte*)&reply), &reply);
                }
                if (status == Status.BufferTooSmall)
                {
                    needed = reply.Values[0];
                    continue;
                }
                _buffer.Filled(reply.Values[0]);
                _through = (long)reply.Values[2];
                CaughtUp = reply.Values[4] != 0;
                return status;
            }
        }
    }
}
