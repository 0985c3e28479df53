// Reading events, as of one moment.
using System;
using System.Collections;
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// Reads events, as of the moment when it was opened: it sees every commit that had returned and none
    /// that comes later. Step by step with <see cref="Next"/>, or all the rest in a foreach, which
    /// disposes of the cursor at its end.
    /// </summary>
    /// <example><code>
    /// using (Cursor cursor = db.Read(Query.All.Tag("customer:7")).Open())
    /// {
    ///     while (cursor.Next()) sum += cursor.View.DataSize;
    /// }
    /// </code></example>
    /// <threadsafety instance="false">One thread at a time; <see cref="Dispose"/> is for any, but not while
    /// another one looks at a <see cref="View"/>.</threadsafety>
    public sealed class Cursor : IEnumerable<Event>, IDisposable
    {
        private readonly NativeCursor _native;
        private readonly RecordBuffer _buffer = new RecordBuffer();

        internal Cursor(NativeCursor native)
        {
            _native = native;
        }

        /// <summary>The event at which the cursor stands, in its buffer: valid until the next step.</summary>
        /// <exception cref="InvalidOperationException">The cursor stands before the first event or behind
        /// the last one.</exception>
        public EventView View
        {
            get
            {
                if (!_buffer.IsAtRecord) throw NotAtEvent();
                return _buffer.View;
            }
        }

        /// <summary>The event at which the cursor stands, as a copy that may be kept.</summary>
        /// <exception cref="InvalidOperationException">The cursor stands before the first event or behind
        /// the last one.</exception>
        public Event Event
        {
            get { return View.ToEvent(); }
        }

        /// <summary>
        /// The position of the last event as of which it reads, whether it matches or not: what a guard looks
        /// behind for a decision that rests on this reading.
        /// </summary>
        public long Head
        {
            get { return (long)Info().StoreHead; }
        }

        /// <summary>The commit as of which it reads.</summary>
        public long Tsn
        {
            get { return (long)Info().Tsn; }
        }

        /// <summary>Goes to the next event; false: there is none.</summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>: the cursor or its database is;
        /// <see cref="Status.Corrupt"/>, <see cref="Status.Io"/>.</exception>
        public bool Next()
        {
            return _buffer.MoveNext() || (Fill() && _buffer.MoveNext());
        }

        /// <summary>
        /// Enumerates what has not been read yet, and disposes of the cursor at the end of the foreach.
        /// </summary>
        public IEnumerator<Event> GetEnumerator()
        {
            return new Enumerator(this);
        }

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        /// <summary>Closes the cursor. May be called twice.</summary>
        public void Dispose()
        {
            _native.Dispose();
            _buffer.Release();
        }

        private static Exception NotAtEvent()
        {
            return new InvalidOperationException("The cursor does not stand at an event.");
        }

        // Reads the next records; false: there are none.
        private unsafe bool Fill()
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
                        _native.next_batch(memory, (ulong)buffer.Length, (byte*)&reply), &reply);
                }
                if (status != Status.BufferTooSmall)
                {
                    _buffer.Filled(reply.Values[0]);
                    return status == Status.Ok;
                }
                needed = reply.Values[0];
            }
        }

        private unsafe CursorInfoStruct Info()
        {
            Reply reply;
            CursorInfoStruct info;
            Call.Ok(_native.info((byte*)&info, (ulong)sizeof(CursorInfoStruct), (byte*)&reply), &reply);
            return info;
        }

        private sealed class Enumerator : IEnumerator<Event>
        {
            private readonly Cursor _cursor;

            public Enumerator(Cursor cursor)
            {
                _cursor = cursor;
            }

            public Event Current { get; private set; }

            object IEnumerator.Current
            {
                get { return Current; }
            }

            public bool MoveNext()
            {
                bool moved = _cursor.Next();
                Current = moved ? _cursor.Event : null;
                return moved;
            }

            public void Reset()
            {
                throw new NotSupportedException();
            }

            public void Dispose()
            {
                _cursor.Dispose();
            }
        }
    }
}
