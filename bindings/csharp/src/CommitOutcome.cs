// What became of a commit.
using System;
using Stele.Native;

namespace Stele
{
    /// <summary>What can become of a commit, besides errors.</summary>
    public enum CommitKind
    {
        /// <summary>It was committed; or, in a check, it would be.</summary>
        Committed = 0,

        /// <summary>A guard does not hold; nothing was written.</summary>
        Conflict = 1,

        /// <summary>A table of the batch was dropped; nothing was written.</summary>
        NotFound = 2,

        /// <summary>An id of the batch, or a table of a name that it gives, is there already; nothing was
        /// written.</summary>
        Exists = 5,

        /// <summary>The idempotency key was used for a different batch; nothing was written.</summary>
        KeyReused = 6,
    }

    /// <summary>
    /// What became of a commit. Conflicts are expected and no exceptions: look at <see cref="Kind"/>, or
    /// call <see cref="Require"/>.
    /// </summary>
    /// <threadsafety instance="true"/>
    public sealed class CommitOutcome
    {
        internal CommitOutcome(in CommitResultStruct result)
        {
            Tsn = (long)result.Tsn;
            FirstPosition = (long)result.FirstPosition;
            LastPosition = (long)result.LastPosition;
            EventCount = (int)result.EventCount;
            RecordedMicroseconds = result.Recorded;
            Repeated = result.Repeated != 0;
            Guard = -1;
        }

        internal unsafe CommitOutcome(CommitKind kind, Reply* reply)
        {
            Kind = kind;
            Guard = Call.GuardOf(reply->Error.Guard);
            Position = (long)reply->Error.Position;
            Sequence = (long)reply->Error.Sequence;
            Message = Call.Message(reply);
        }

        /// <summary>What became of it.</summary>
        public CommitKind Kind { get; }

        /// <summary>Whether it was committed.</summary>
        public bool IsCommitted
        {
            get { return Kind == CommitKind.Committed; }
        }

        /// <summary>Of a commit: its transaction sequence number. 0 in a check.</summary>
        public long Tsn { get; }

        /// <summary>Of a commit: the position of its first event; 0 if it has none.</summary>
        public long FirstPosition { get; }

        /// <summary>Of a commit: the position of its last event; 0 if it has none.</summary>
        public long LastPosition { get; }

        /// <summary>Of a commit: how many events it has.</summary>
        public int EventCount { get; }

        /// <summary>Of a commit: when it was recorded, in UTC.</summary>
        public DateTimeOffset Recorded
        {
            get { return Micros.ToTime(RecordedMicroseconds); }
        }

        /// <summary><see cref="Recorded"/> in microseconds since 1970-01-01T00:00:00Z.</summary>
        public long RecordedMicroseconds { get; }

        /// <summary>This is the result of an earlier commit of the same batch.</summary>
        public bool Repeated { get; }

        /// <summary>Of a conflict: the index of the first guard that does not hold; otherwise -1.</summary>
        public int Guard { get; }

        /// <summary>
        /// Of a conflict: the event, or tracked position, that stands in the way; of an id that exists: the
        /// event that has it; of a key: the first event of the commit that used it. Otherwise 0.
        /// </summary>
        public long Position { get; }

        /// <summary>
        /// Of a conflict with an expected sequence: the one that the entity has; otherwise 0.
        /// </summary>
        public long Sequence { get; }

        /// <summary>Of what was not committed: why, for people. Otherwise null.</summary>
        public string Message { get; }

        /// <summary>Returns this outcome if it was committed, and throws what it is otherwise.</summary>
        /// <exception cref="SteleException"><see cref="Status.Conflict"/>, <see cref="Status.NotFound"/>,
        /// <see cref="Status.Exists"/> or <see cref="Status.KeyReused"/>.</exception>
        public CommitOutcome Require()
        {
            if (IsCommitted) return this;
            throw new SteleException((Status)Kind, Message, Position, 0, Guard, Sequence, 0);
        }

        /// <summary>Returns what became of it, for people.</summary>
        public override string ToString()
        {
            return IsCommitted ? "committed " + FirstPosition + " to " + LastPosition : Message;
        }

        // What a call that commits or checks has answered.
        internal static unsafe CommitOutcome Of(int status, CommitResultStruct* result, Reply* reply)
        {
            if (status == 0) return new CommitOutcome(in *result);
            if (status == (int)Status.Conflict || status == (int)Status.NotFound ||
                status == (int)Status.Exists || status == (int)Status.KeyReused)
            {
                return new CommitOutcome((CommitKind)status, reply);
            }
            throw Call.Failure(reply);
        }
    }
}
