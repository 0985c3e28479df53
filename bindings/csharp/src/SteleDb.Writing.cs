// A database: appending and committing.
using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Stele.Native;

namespace Stele
{
    public sealed partial class SteleDb
    {
        /// <summary>Makes an empty batch, for one commit at a time.</summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>.</exception>
        public Batch NewBatch()
        {
            return new Batch(this);
        }

        /// <summary>
        /// Commits one event without a guard. What can become of that, but success, is
        /// <see cref="CommitKind.Exists"/>, for an id of the caller's.
        /// </summary>
        /// <param name="added">The event; it is read by this call and not kept.</param>
        /// <exception cref="SteleException">As <see cref="Batch.Add"/> and
        /// <see cref="Batch.Commit"/>.</exception>
        public CommitOutcome Append(NewEvent added)
        {
            Appender appender = TakeAppender();
            try
            {
                appender.Records.Clear();
                appender.Records.Add(added);
                return appender.Commit(Native, 1);
            }
            finally
            {
                _appenders.Return(appender);
            }
        }

        /// <summary>Commits events together, without a guard. As <see cref="Append(NewEvent)"/>.</summary>
        /// <param name="added">The events; they are read by this call and not kept.</param>
        /// <exception cref="SteleException">As <see cref="Batch.AddRange"/> and
        /// <see cref="Batch.Commit"/>.</exception>
        public CommitOutcome Append(IEnumerable<NewEvent> added)
        {
            Appender appender = TakeAppender();
            try
            {
                int count = Encode(appender.Records, added);
                return appender.Commit(Native, count);
            }
            finally
            {
                _appenders.Return(appender);
            }
        }

        /// <summary>
        /// Begins to commit one event; see <see cref="Batch.CommitAsync"/>.
        /// </summary>
        /// <param name="added">The event; it is read by this call and not kept.</param>
        /// <exception cref="SteleException">As <see cref="Batch.Add"/>; what becomes of the commit is the
        /// task's.</exception>
        public Task<CommitOutcome> AppendAsync(NewEvent added)
        {
            return AppendAsync(new[] { added });
        }

        /// <summary>Begins to commit events together; see <see cref="Batch.CommitAsync"/>.</summary>
        /// <param name="added">The events; they are read by this call and not kept.</param>
        /// <exception cref="SteleException">As <see cref="Batch.AddRange"/>; what becomes of the commit is
        /// the task's.</exception>
        public Task<CommitOutcome> AppendAsync(IEnumerable<NewEvent> added)
        {
            Appender appender = TakeAppender();
            Task<CommitOutcome> outcome;
            try
            {
                int count = Encode(appender.Records, added);
                appender.Add(count);
                outcome = BeginCommit(appender.Batch);
            }
            catch
            {
                // What its batch holds now is nobody's.
                appender.Dispose();
                throw;
            }
            _appenders.Return(appender);
            return outcome;
        }

        /// <summary>Returns the position that is recorded for a source; null: it has none.</summary>
        /// <param name="source">The name, as in <see cref="Batch.Track"/>.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>, <see cref="Status.TooLarge"/>,
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe long? Tracked(string source)
        {
            byte[] name = Argument.Text(source, nameof(source), "tracked: the source");
            Reply reply;
            fixed (byte* bytes = name)
            {
                bool found = Call.Found(
                    Native.tracked(bytes, (ulong)name.Length, (byte*)&reply), &reply);
                return found ? (long)reply.Values[0] : (long?)null;
            }
        }

        internal unsafe NativeBatch MakeBatch()
        {
            Reply reply;
            return Call.Made(Native.batch((byte*)&reply), &reply);
        }

        private static int Encode(RecordWriter records, IEnumerable<NewEvent> added)
        {
            if (added == null) throw new ArgumentNullException(nameof(added));
            records.Clear();
            int count = 0;
            foreach (NewEvent one in added)
            {
                records.Add(one);
                ++count;
            }
            return count;
        }

        private Appender TakeAppender()
        {
            return _appenders.Take() ?? new Appender(MakeBatch());
        }
    }
}
