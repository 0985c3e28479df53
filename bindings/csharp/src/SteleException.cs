// The one exception of the library.
using System;

namespace Stele
{
    /// <summary>
    /// An error of the database: <see cref="Status"/> says of what kind. Arguments that no database has to
    /// look at (a null reference, a negative position) are <see cref="ArgumentException"/>s as usual.
    /// </summary>
    public sealed class SteleException : Exception
    {
        /// <summary>Makes an exception of a status and a message.</summary>
        /// <param name="status">What went wrong.</param>
        /// <param name="message">The operation, the object and the reason.</param>
        public SteleException(Status status, string message)
            : this(status, message, 0, 0, -1, 0, 0)
        {
        }

        internal SteleException(
            Status status, string message, long position, long offset, int guard, long sequence,
            int osErrno)
            : base(message)
        {
            Status = status;
            Position = position;
            Offset = offset;
            Guard = guard;
            Sequence = sequence;
            OsErrno = osErrno;
        }

        /// <summary>
        /// What went wrong. Above zero only where an outcome was required to be another one, as by
        /// <see cref="CommitOutcome.Require"/> or <see cref="SteleDb.Open(string, SteleOptions)"/>.
        /// </summary>
        public Status Status { get; }

        /// <summary>
        /// The event that stands in the way, or is damaged; the last event, where a position was beyond it;
        /// otherwise 0.
        /// </summary>
        public long Position { get; }

        /// <summary>The byte offset in the file or buffer that the message names, or 0.</summary>
        public long Offset { get; }

        /// <summary>
        /// Of a conflict, or of a guard that is invalid: the guard's index in the batch; otherwise -1.
        /// </summary>
        public int Guard { get; }

        /// <summary>
        /// Of a conflict with an expected sequence: the one that the entity has; otherwise 0.
        /// </summary>
        public long Sequence { get; }

        /// <summary>The error number of the operating system, or 0.</summary>
        public int OsErrno { get; }
    }
}
