// What one commit appends, records and demands; what it does with tables is in Batch.Rows.cs.
using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// What one commit appends, records and demands: it happens as a whole or not at all. Guards are
    /// conditions that must hold at the moment of the commit; they are numbered in the order of the calls,
    /// and a conflict names the first that does not hold. They see the database before the batch.
    /// </summary>
    /// <example><code>
    /// using (Batch batch = db.NewBatch())
    /// {
    ///     batch.Add(new NewEvent("SeatReserved") { Tags = { "seat:12A" } })
    ///         .Guard(Query.All.Tag("seat:12A"), 0);
    ///     CommitOutcome outcome = batch.Commit();
    ///     if (!outcome.IsCommitted) Console.WriteLine("taken by event " + outcome.Position);
    /// }
    /// </code></example>
    /// <threadsafety instance="false">One thread at a time; <see cref="Dispose"/> is for any.</threadsafety>
    public sealed partial class Batch : IDisposable
    {
        private readonly SteleDb _db;
        private readonly NativeBatch _native;
        private readonly RecordWriter _records = new RecordWriter();
        private readonly object _owner;  // Must not be collected before the batch.

        internal Batch(SteleDb db)
        {
            _db = db;
            _native = db.MakeBatch();
        }

        // The batch of a transaction, which closes it: no finalizer may, nor may Dispose().
        internal Batch(SteleDb db, NativeBatch native, Transaction owner)
        {
            _db = db;
            _native = native;
            _owner = owner;
            native.SetHandleAsInvalid();
        }

        /// <summary>Adds an event. A batch that refuses it is as it was before.</summary>
        /// <param name="added">The event; it is read by this call and not kept.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: which field, and why;
        /// <see cref="Status.TooLarge"/>: a limit; <see cref="Status.Closed"/>.</exception>
        public Batch Add(NewEvent added)
        {
            _records.Clear();
            _records.Add(added);
            AddRecords(1);
            return this;
        }

        /// <summary>
        /// Adds events, all of them or, when one is refused, none; the message says which, counted from 0.
        /// One call for many is faster than many calls.
        /// </summary>
        /// <param name="added">The events; they are read by this call and not kept.</param>
        /// <exception cref="SteleException">As <see cref="Add"/>.</exception>
        public Batch AddRange(IEnumerable<NewEvent> added)
        {
            if (added == null) throw new ArgumentNullException(nameof(added));
            _records.Clear();
            int count = 0;
            foreach (NewEvent one in added)
            {
                _records.Add(one);
                ++count;
            }
            if (count > 0) AddRecords(count);
            return this;
        }

        /// <summary>
        /// Adds a guard: the commit is a conflict when an event behind a position matches a query.
        /// </summary>
        /// <param name="query">What must not be there.</param>
        /// <param name="after">0 looks at the whole history. A position beyond the head is accepted, but see
        /// <see cref="SteleOptions.StrictAfter"/>.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the query;
        /// <see cref="Status.TooLarge"/>: more than 1,024 guards; <see cref="Status.Closed"/>.</exception>
        public unsafe Batch Guard(Query query, long after)
        {
            if (query == null) throw new ArgumentNullException(nameof(query));
            ulong position = Argument.NotNegative(after, nameof(after));
            Reply reply;
            fixed (byte* bytes = query.Bytes)
            {
                Call.Ok(
                    _native.guard(bytes, (ulong)query.Bytes.Length, position, (byte*)&reply), &reply);
            }
            return this;
        }

        /// <summary>
        /// Adds a guard: the commit is a conflict unless the newest event of an entity has this sequence.
        /// </summary>
        /// <param name="entity">The entity.</param>
        /// <param name="sequence">0: the entity has no event.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the entity;
        /// <see cref="Status.TooLarge"/>: more than 1,024 guards; <see cref="Status.Closed"/>.</exception>
        public Batch Expect(string entity, long sequence)
        {
            return Expect(entity, Argument.NotNegative(sequence, nameof(sequence)));
        }

        /// <summary>Adds a guard: the commit is a conflict unless an entity has any event.</summary>
        /// <param name="entity">The entity.</param>
        /// <exception cref="SteleException">As <see cref="Expect(string, long)"/>.</exception>
        public Batch ExpectSome(string entity)
        {
            return Expect(entity, ulong.MaxValue);
        }

        /// <summary>
        /// Reads for a decision: opens a cursor over the events that match a query, and adds the guard that
        /// nobody commits another one until this batch does. After a conflict, <see cref="Clear"/> the batch
        /// and decide again.
        /// </summary>
        /// <param name="query">What the decision rests on.</param>
        /// <param name="options">What is read of it. The guard looks behind the head as of which the cursor
        /// reads, whatever is asked for here. Null: everything, forward.</param>
        /// <exception cref="SteleException">As <see cref="Guard"/>.</exception>
        /// <example><code>
        /// foreach (Event moved in batch.Decide(Query.All.Entity("account-7"))) balance += AmountOf(moved);
        /// if (balance &lt; price) return;
        /// CommitOutcome outcome = batch.Add(withdrawn).Commit();
        /// </code></example>
        public unsafe Cursor Decide(Query query, ReadOptions options = null)
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
        /// Opens a cursor over what stands in the way of a guard, as of now: the events that its query
        /// matches behind its position, or the events of its entity behind the expected sequence.
        /// Null: the batch has no such guard, or it is a tracked source, which no event contradicts.
        /// </summary>
        /// <param name="guard">The index, as <see cref="CommitOutcome.Guard"/> says it.</param>
        public unsafe Cursor Conflicts(int guard)
        {
            ulong index = Argument.NotNegative(guard, nameof(guard));
            Reply reply;
            NativeCursor cursor = Call.MadeUnless(
                _native.conflicts(index, (byte*)&reply), Status.NotFound, &reply);
            return cursor == null ? null : new Cursor(cursor);
        }

        /// <summary>
        /// Records with the commit how far a named source has been worked off, so that a consumer's progress
        /// and its effects are one commit. The commit is a conflict unless the position is above the recorded
        /// one. Counts as a guard.
        /// </summary>
        /// <param name="source">1 to 255 bytes of UTF-8 without NUL; at most once in a batch.</param>
        /// <param name="position">From 1 on; its meaning is the caller's.</param>
        /// <param name="previous">Unless it is null, the recorded position must be this one; 0: none is
        /// recorded yet.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>, <see cref="Status.TooLarge"/>,
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe Batch Track(string source, long position, long? previous = null)
        {
            byte[] name = Argument.Text(source, nameof(source), "track: the source");
            ulong to = Argument.NotNegative(position, nameof(position));
            ulong from = previous.HasValue
                ? Argument.NotNegative(previous.Value, nameof(previous))
                : ulong.MaxValue;
            Reply reply;
            fixed (byte* bytes = name)
            {
                Call.Ok(_native.track(bytes, (ulong)name.Length, from, to, (byte*)&reply), &reply);
            }
            return this;
        }

        /// <summary>
        /// Gives the batch an idempotency key, in place of one that it has. A later batch with the same key
        /// and the same content is committed with the result of the first,
        /// <see cref="CommitOutcome.Repeated"/>;
        /// with other content it is <see cref="CommitKind.KeyReused"/>. A batch that is refused uses no key.
        /// </summary>
        /// <param name="key">1 to 255 bytes of UTF-8 without NUL.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>, <see cref="Status.TooLarge"/>,
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe Batch Key(string key)
        {
            byte[] text = Argument.Text(key, nameof(key), "key: it");
            Reply reply;
            fixed (byte* bytes = text)
            {
                Call.Ok(_native.key(bytes, (ulong)text.Length, (byte*)&reply), &reply);
            }
            return this;
        }

        /// <summary>
        /// Says what the next commit of the batch waits for. A level below that of the database has no
        /// effect. Committing or clearing the batch forgets it.
        /// </summary>
        /// <param name="level">The level.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>,
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe Batch Durability(Durability level)
        {
            Reply reply;
            Call.Ok(_native.durability((int)level, (byte*)&reply), &reply);
            return this;
        }

        /// <summary>Empties the batch; it can be filled again.</summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>.</exception>
        public unsafe Batch Clear()
        {
            Reply reply;
            Call.Ok(_native.clear((byte*)&reply), &reply);
            return this;
        }

        /// <summary>
        /// Commits the batch: all of it, at consecutive positions, or nothing. Returns when it is as safe as
        /// its durability asks, and visible to every later read of any thread. A committed batch is empty
        /// and may be filled again; otherwise it is as it was and may be committed again.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the batch is empty;
        /// <see cref="Status.ReadOnly"/>, <see cref="Status.Io"/>, <see cref="Status.Full"/>: there is no
        /// room, nothing was written, and commits succeed again as soon as there is;
        /// <see cref="Status.TooLarge"/>; <see cref="Status.OutcomeUnknown"/>: it may be there after a
        /// reopen; <see cref="Status.Closed"/>.</exception>
        public unsafe CommitOutcome Commit()
        {
            Reply reply;
            CommitResultStruct result;
            int status = _db.Native.commit(
                _native, (byte*)&result, (ulong)sizeof(CommitResultStruct), (byte*)&reply);
            return CommitOutcome.Of(status, &result, &reply);
        }

        /// <summary>
        /// Tells what <see cref="Commit"/> would answer now, and changes nothing. It is no promise, for
        /// others may commit meanwhile. Of a batch that would be committed, only
        /// <see cref="CommitOutcome.EventCount"/> is told.
        /// </summary>
        /// <exception cref="SteleException">As <see cref="Commit"/>.</exception>
        public unsafe CommitOutcome Check()
        {
            Reply reply;
            CommitResultStruct result;
            int status = _db.Native.commit_check(
                _native, (byte*)&result, (ulong)sizeof(CommitResultStruct), (byte*)&reply);
            return CommitOutcome.Of(status, &result, &reply);
        }

        /// <summary>
        /// Begins to commit the batch, which is empty when this returns, so that it may be filled and
        /// committed again at once: one thread keeps several commits under way. They take their places in the
        /// order of the calls. The task gives what <see cref="Commit"/> would return or throw; no thread of
        /// the pool waits for it. May wait for room in the buffer (<see cref="SteleOptions.BufferMax"/>).
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the batch is empty;
        /// <see cref="Status.Closed"/>, <see cref="Status.NoMemory"/>: the batch is as it was.</exception>
        public Task<CommitOutcome> CommitAsync()
        {
            return _db.BeginCommit(_native);
        }

        /// <summary>Closes the batch. What was not committed is gone. May be called twice. That of a
        /// <see cref="Transaction"/> stays, for it is the transaction's to close.</summary>
        public void Dispose()
        {
            _native.Dispose();
        }

        private unsafe Batch Expect(string entity, ulong sequence)
        {
            byte[] name = Argument.Text(entity, nameof(entity), "expect: the entity");
            Reply reply;
            fixed (byte* bytes = name)
            {
                Call.Ok(_native.expect(bytes, (ulong)name.Length, sequence, (byte*)&reply), &reply);
            }
            return this;
        }

        private unsafe void AddRecords(int count)
        {
            Reply reply;
            fixed (byte* bytes = _records.Buffer)
            {
                int status = _native.events(bytes, (ulong)_records.Used, (byte*)&reply);
                if (status != 0) throw Appender.Failure(&reply, count);
            }
        }
    }
}
