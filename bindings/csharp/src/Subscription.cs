// Following the events as they come.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Stele.Native;

namespace Stele
{
    /// <summary>Where a subscription begins. One of the properties is set, or none.</summary>
    /// <threadsafety instance="false"/>
    public sealed class SubscribeOptions
    {
        /// <summary>Behind this position; 0: with the first event.</summary>
        public long After { get; set; }

        /// <summary>Where <see cref="Subscription.Token"/> says; null: it is not set.</summary>
        public byte[] Token { get; set; }

        /// <summary>Behind the last durable event: only what comes from now on.</summary>
        public bool NewOnly { get; set; }
    }

    /// <summary>
    /// The events that match a query, first those that are there and then those that come, in the order of
    /// their positions, each once, none left out. Durable commits only, at every level of durability. It
    /// holds nothing but a position: one that is never asked again costs nothing.
    /// </summary>
    /// <remarks>
    /// Ask for the next event or the next ones, or await them: while somebody awaits, no thread of the pool
    /// does, however many subscriptions there are. A consumer that keeps its state elsewhere stores the
    /// token of what it has worked off with that state, and resumes there; one whose state is in the same
    /// database calls <see cref="Batch.Track"/>, and resumes with <see cref="SubscribeOptions.After"/>.
    /// </remarks>
    /// <example><code>
    /// using (Subscription sales = db.Subscribe(query, new SubscribeOptions { Token = stored }))
    /// {
    ///     await foreach (Event sold in sales.WithCancellation(cancellation))
    ///     {
    ///         Send(sold);
    ///         Store(sales.Token());
    ///     }
    /// }
    /// </code></example>
    /// <threadsafety instance="false">One thread, and one task, at a time; <see cref="Interrupt"/> and
    /// <see cref="Dispose"/> are for any. Disposing ends a wait with
    /// <see cref="Status.Closed"/>.</threadsafety>
    public sealed partial class Subscription : IDisposable
    {
        private readonly SteleDb _db;
        private readonly NativeSubscription _native;
        private readonly RecordBuffer _buffer = new RecordBuffer();
        private long _before;   // Through, before the buffer was filled.
        private long _through;  // Through, when all of the buffer is handed out.
        private bool _caughtUp;
        private volatile bool _interrupted;

        internal Subscription(SteleDb db, NativeSubscription native)
        {
            _db = db;
            _native = native;
        }

        /// <summary>The event that was handed out last, in a buffer: valid until the next step.</summary>
        /// <exception cref="InvalidOperationException">None was handed out, or not one by one.</exception>
        public EventView View
        {
            get
            {
                if (!_buffer.IsAtRecord)
                {
                    throw new InvalidOperationException("The subscription does not stand at an event.");
                }
                return _buffer.View;
            }
        }

        /// <summary>The event that was handed out last, as a copy that may be kept.</summary>
        /// <exception cref="InvalidOperationException">None was handed out, or not one by one.</exception>
        public Event Event
        {
            get { return View.ToEvent(); }
        }

        /// <summary>
        /// Every match up to this position has been handed out, as of the last step. It moves on over events
        /// that do not match.
        /// </summary>
        public long Through
        {
            get
            {
                if (_buffer.IsEmpty) return _through;
                return _buffer.IsAtRecord ? _buffer.View.Position : _before;
            }
        }

        /// <summary>
        /// The last durable event, as of the last time that the database was asked: without
        /// <see cref="Through"/> it is the lag in events.
        /// </summary>
        public long Head { get; private set; }

        /// <summary>Whether nothing durable was left to be handed out, as of the last step.</summary>
        public bool CaughtUp
        {
            get { return _caughtUp && _buffer.IsEmpty; }
        }

        /// <summary>
        /// Goes to the next event, for which it waits if there is none; false: none has come in time, or the
        /// wait was interrupted.
        /// </summary>
        /// <param name="timeout">How long to wait: zero looks only;
        /// <see cref="Timeout.InfiniteTimeSpan"/>.</param>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>: the subscription or its database was
        /// closed, perhaps while it waited; <see cref="Status.Corrupt"/>,
        /// <see cref="Status.Io"/>.</exception>
        public bool Next(TimeSpan timeout)
        {
            if (_buffer.MoveNext()) return true;
            long milliseconds = Argument.Timeout(timeout, nameof(timeout));
            Stopwatch watch = Stopwatch.StartNew();
            for (;;)
            {
                Status status = Fill(Left(milliseconds, watch));
                if (_buffer.MoveNext()) return true;
                if (status == Status.Timeout && HasTimedOut(milliseconds, watch)) return false;
            }
        }

        /// <summary>Waits for the next event as long as it takes; false: the wait was interrupted.</summary>
        /// <exception cref="SteleException">As <see cref="Next(TimeSpan)"/>.</exception>
        public bool Next()
        {
            return Next(Timeout.InfiniteTimeSpan);
        }

        /// <summary>
        /// Returns the next events, as many as fit a buffer, and waits for the first of them if there is
        /// none.
        /// An empty list says once that the subscription has caught up, where no event came to say so. Null:
        /// nothing has come in time, or the wait was interrupted.
        /// </summary>
        /// <param name="timeout">As in <see cref="Next(TimeSpan)"/>.</param>
        /// <exception cref="SteleException">As <see cref="Next(TimeSpan)"/>.</exception>
        public IReadOnlyList<Event> NextBatch(TimeSpan timeout)
        {
            long milliseconds = Argument.Timeout(timeout, nameof(timeout));
            Stopwatch watch = Stopwatch.StartNew();
            while (_buffer.IsEmpty)
            {
                Status status = Fill(Left(milliseconds, watch));
                if (status == Status.Ok) break;
                if (HasTimedOut(milliseconds, watch)) return null;
            }
            return TakeAll();
        }

        /// <summary>
        /// Returns the next events, as many as fit a buffer, as soon as there are any. An empty list says
        /// once that the subscription has caught up, where no event came to say so. No thread waits for it.
        /// </summary>
        /// <param name="cancellation">Ends the wait; no event is lost by it.</param>
        /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
        /// <exception cref="SteleException">As <see cref="Next(TimeSpan)"/>.</exception>
        public async Task<IReadOnlyList<Event>> NextBatchAsync(
            CancellationToken cancellation = default(CancellationToken))
        {
            if (_buffer.IsEmpty) await FillAsync(cancellation).ConfigureAwait(false);
            return TakeAll();
        }

        /// <summary>
        /// Returns bytes from which a later subscription resumes behind everything that this one has handed
        /// out: the event at which it stands is handed out. They name the database, the position and the
        /// history up to there.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>, <see cref="Status.Corrupt"/>,
        /// <see cref="Status.Io"/>.</exception>
        public byte[] Token()
        {
            if (_buffer.IsEmpty) return TokenOf(_native);
            // The library has handed out all of the buffer; its token is that of another subscription,
            // which begins where this one is.
            using (NativeSubscription here = _db.BeginSubscription(Query.All, 0, Through, null))
            {
                return TokenOf(here);
            }
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

        /// <summary>Ends the subscription. May be called twice.</summary>
        public void Dispose()
        {
            _native.Dispose();
            _buffer.Release();
        }

        private static unsafe byte[] TokenOf(NativeSubscription subscription)
        {
            byte[] token = new byte[SteleLimits.TokenSize];
            Reply reply;
            fixed (byte* bytes = token)
            {
                Call.Ok(
                    subscription.token(bytes, (ulong)token.Length, (byte*)&reply), &reply);
            }
            return token;
        }

        // Milliseconds that are left to wait; -1: for ever.
        private static long Left(long milliseconds, Stopwatch watch)
        {
            return milliseconds < 0 ? -1 : Math.Max(0, milliseconds - watch.ElapsedMilliseconds);
        }

        // The library ends a wait when it was interrupted, which may have been meant for a wait that a
        // dispatcher was in.
        private bool HasTimedOut(long milliseconds, Stopwatch watch)
        {
            if (_interrupted)
            {
                _interrupted = false;
                return true;
            }
            return milliseconds >= 0 && watch.ElapsedMilliseconds >= milliseconds;
        }

        private List<Event> TakeAll()
        {
            List<Event> taken = new List<Event>();
            while (_buffer.MoveNext()) taken.Add(Event);
            return taken;
        }

        // Fills the buffer, or returns when the subscription has caught up.
        private async Task FillAsync(CancellationToken cancellation)
        {
            for (;;)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Fill(0) == Status.Ok) return;
                Task something = _db.Await(_native, cancellation);
                using (cancellation.Register(_db.WakeDispatcher))
                {
                    await something.ConfigureAwait(false);
                }
            }
        }

        // Requires: all of the buffer is handed out. Returns OK, perhaps without events, or TIMEOUT.
        private unsafe Status Fill(long milliseconds)
        {
            _buffer.Own();
            Reply reply;
            ulong needed = 0;
            for (;;)
            {
                _buffer.Reserve(needed);
                byte[] buffer = _buffer.Memory;
                Status status;
                fixed (byte* memory = buffer)
                {
                    status = Call.Outcome(
                        _native.next_batch(milliseconds, memory, (ulong)buffer.Length, (byte*)&reply),
                        &reply);
                }
                if (status == Status.BufferTooSmall)
                {
                    needed = reply.Values[0];
                    continue;
                }
                _buffer.Filled(reply.Values[0]);
                _before = _through;
                _through = (long)reply.Values[2];
                Head = (long)reply.Values[3];
                _caughtUp = reply.Values[4] != 0;
                return status;
            }
        }
    }
}
