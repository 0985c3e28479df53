// A database: opening projections, listing and dropping them, and waiting for them.
using System;
using System.Collections.Generic;
using System.Threading;
using Stele.Native;

namespace Stele
{
    public sealed partial class SteleDb
    {
        /// <summary>Opens a projection, which begins behind what is tracked under its name.</summary>
        /// <param name="name">Its name: 1 to 255 bytes of UTF-8 without NUL.</param>
        /// <param name="query">The events that it follows; it is not stored. Null: all events.</param>
        /// <param name="options">Null: it goes on where it was.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the name, the query;
        /// <see cref="Status.TooLarge"/>: the query; <see cref="Status.Closed"/>,
        /// <see cref="Status.Corrupt"/>, <see cref="Status.Io"/>.</exception>
        public unsafe Projection OpenProjection(
            string name, Query query = null, ProjectionOptions options = null)
        {
            byte[] text = Argument.Text(name, nameof(name), "projection: the name");
            Query events = query ?? Query.All;
            int flags = options != null && options.Rebuild ? RebuildFlag : 0;
            Reply reply;
            fixed (byte* at = text)
            fixed (byte* bytes = events.Bytes)
            {
                NativeProjection made = Native.projection(
                    at, (ulong)text.Length, bytes, (ulong)events.Bytes.Length, flags, (byte*)&reply);
                return new Projection(this, Call.Made(made, &reply), events);
            }
        }

        /// <summary>
        /// Lists the projections that have a table, and rebuilds under way, by name in bytewise order.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>, <see cref="Status.Corrupt"/>,
        /// <see cref="Status.Io"/>.</exception>
        public IReadOnlyList<ProjectionState> Projections()
        {
            List<ProjectionState> all = new List<ProjectionState>();
            ProjectionState next = NextProjection(new byte[0]);
            while (next != null)
            {
                all.Add(next);
                next = NextProjection(Argument.Text(next.Name, nameof(next), "projection: the name"));
            }
            return all;
        }

        /// <summary>
        /// Drops a projection in one commit: its tables with all their rows, its rebuilds with theirs, and
        /// how far they have come. One of that name begins with the first event again. With the name of a
        /// rebuild that is under way, that one alone. Instances that are open are to be disposed of.
        /// </summary>
        /// <param name="name">Its name.</param>
        /// <returns><see cref="Status.Ok"/>; <see cref="Status.NotFound"/>: there is none;
        /// <see cref="Status.Conflict"/>: it moves on too fast.</returns>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the name; and those of
        /// <see cref="Batch.Commit"/>.</exception>
        public unsafe Status DropProjection(string name)
        {
            byte[] text = Argument.Text(name, nameof(name), "projection: the name");
            Reply reply;
            fixed (byte* at = text)
            {
                int status = Native.drop_projection(at, (ulong)text.Length, (byte*)&reply);
                return Call.Outcome(status, &reply);
            }
        }

        // The first projection behind a name; null: there is none.
        private unsafe ProjectionState NextProjection(byte[] name)
        {
            Reply reply;
            ProjectionStateStruct state;
            fixed (byte* at = name)
            {
                int status = Native.next_projection(
                    at, (ulong)name.Length, (byte*)&state, (ulong)sizeof(ProjectionStateStruct),
                    (byte*)&reply);
                return Call.Outcome(status, &reply) == Status.End ? null : new ProjectionState(&state);
            }
        }

        /// <summary>
        /// Waits until a projection has come to a position: so that who has committed can read what follows
        /// from it. False: not in time.
        /// </summary>
        /// <param name="name">Its name.</param>
        /// <param name="position">The position, as <see cref="CommitOutcome.LastPosition"/> says.</param>
        /// <param name="timeout">How long to wait: zero looks only;
        /// <see cref="Timeout.InfiniteTimeSpan"/>.</param>
        /// <param name="cancellation">Ends the wait, within a fifth of a second.</param>
        /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the name;
        /// <see cref="Status.Closed"/>.</exception>
        public bool WaitApplied(
            string name, long position, TimeSpan timeout,
            CancellationToken cancellation = default(CancellationToken))
        {
            byte[] text = Argument.Text(name, nameof(name), "projection: the name");
            ulong until = Argument.NotNegative(position, nameof(position));
            Slices slices = new Slices(Argument.Timeout(timeout, nameof(timeout)), cancellation);
            for (;;)
            {
                if (IsApplied(text, until, slices.Next())) return true;
                if (slices.AreOver) return false;
            }
        }

        private unsafe bool IsApplied(byte[] text, ulong position, long milliseconds)
        {
            Reply reply;
            fixed (byte* at = text)
            {
                int status = Native.wait_applied(
                    at, (ulong)text.Length, position, milliseconds, (byte*)&reply);
                return Call.Outcome(status, &reply) == Status.Ok;
            }
        }
    }
}
