// Figures of a database.
using System;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// Figures of a database at one moment. They are read one by one, not as one snapshot. "This object" is
    /// the <see cref="SteleDb"/>.
    /// </summary>
    /// <threadsafety instance="true"/>
    public sealed class SteleStats
    {
        private readonly StatsStruct _figures;

        internal SteleStats(in StatsStruct figures)
        {
            _figures = figures;
        }

        /// <summary>Of the files on disk.</summary>
        public int FormatVersion
        {
            get { return (int)_figures.FormatVersion; }
        }

        /// <summary>Made when the database was created.</summary>
        public unsafe Guid Uuid
        {
            get
            {
                fixed (byte* bytes = _figures.Uuid)
                {
                    return Native.Uuid.Read(new ReadOnlySpan<byte>(bytes, Native.Uuid.Size));
                }
            }
        }

        /// <summary>Transaction sequence number of the last visible commit.</summary>
        public long Tsn
        {
            get { return (long)_figures.Tsn; }
        }

        /// <summary>Position of the last visible event.</summary>
        public long Head
        {
            get { return (long)_figures.Head; }
        }

        /// <summary>Events held in memory: those behind the last checkpoint.</summary>
        public long TailEvents
        {
            get { return (long)_figures.TailEvents; }
        }

        /// <summary>Memory that holds their commits.</summary>
        public long TailBytes
        {
            get { return (long)_figures.TailBytes; }
        }

        /// <summary>
        /// Distinct types, categories, tags, entities, scopes, correlation and causation ids of the events
        /// held
        /// in memory.
        /// </summary>
        public long Terms
        {
            get { return (long)_figures.Terms; }
        }

        /// <summary>Log files on disk.</summary>
        public long WalSegments
        {
            get { return (long)_figures.WalSegments; }
        }

        /// <summary>Their bytes in use.</summary>
        public long WalBytes
        {
            get { return (long)_figures.WalBytes; }
        }

        /// <summary>Batches committed through this object.</summary>
        public long Commits
        {
            get { return (long)_figures.Commits; }
        }

        /// <summary>Batches refused by a guard.</summary>
        public long CommitsRejected
        {
            get { return (long)_figures.CommitsRejected; }
        }

        /// <summary>Log writes that carried the commits.</summary>
        public long Groups
        {
            get { return (long)_figures.Groups; }
        }

        /// <summary>Syncs of the log that they took.</summary>
        public long Syncs
        {
            get { return (long)_figures.Syncs; }
        }

        /// <summary>Bytes of commits written to the log through this object.</summary>
        public long WalWritten
        {
            get { return (long)_figures.WalWritten; }
        }

        /// <summary>Commits found in the log when it was opened.</summary>
        public long RecoveredCommits
        {
            get { return (long)_figures.RecoveredCommits; }
        }

        /// <summary>Bytes of unacknowledged, incomplete writes cut off then.</summary>
        public long RecoveredCut
        {
            get { return (long)_figures.RecoveredCut; }
        }

        /// <summary>When the last visible commit was recorded; 1970-01-01 if there is none.</summary>
        public DateTimeOffset LastRecorded
        {
            get { return Micros.ToTime(_figures.LastRecorded); }
        }

        /// <summary><see cref="LastRecorded"/> in microseconds since 1970-01-01T00:00:00Z.</summary>
        public long LastRecordedMicroseconds
        {
            get { return _figures.LastRecorded; }
        }

        /// <summary>The last commit known to be on stable storage.</summary>
        public long DurableTsn
        {
            get { return (long)_figures.DurableTsn; }
        }

        /// <summary>Batches that an idempotency key, or their ids, recognised.</summary>
        public long CommitsRepeated
        {
            get { return (long)_figures.CommitsRepeated; }
        }

        /// <summary>Commits in the largest log write.</summary>
        public long GroupMax
        {
            get { return (long)_figures.GroupMax; }
        }

        /// <summary>Commits that wait to be written now.</summary>
        public long Queue
        {
            get { return (long)_figures.Queue; }
        }

        /// <summary>Time that the syncs took in all.</summary>
        public TimeSpan SyncTime
        {
            get { return Micros.ToSpan((long)_figures.SyncUs); }
        }

        /// <summary>Time that the slowest sync took.</summary>
        public TimeSpan SyncTimeMax
        {
            get { return Micros.ToSpan((long)_figures.SyncUsMax); }
        }

        /// <summary>
        /// How far the system clock is behind the last commit: above a second it has been set back.
        /// </summary>
        public TimeSpan ClockBehind
        {
            get { return Micros.ToSpan(_figures.ClockBehindUs); }
        }

        /// <summary>The last commit that is in the trees.</summary>
        public long AppliedTsn
        {
            get { return (long)_figures.AppliedTsn; }
        }

        /// <summary>Checkpoints made through this object.</summary>
        public long Checkpoints
        {
            get { return (long)_figures.Checkpoints; }
        }

        /// <summary>Time that the checkpoints took in all.</summary>
        public TimeSpan CheckpointTime
        {
            get { return Micros.ToSpan((long)_figures.CheckpointUs); }
        }

        /// <summary>Time that the slowest checkpoint took.</summary>
        public TimeSpan CheckpointTimeMax
        {
            get { return Micros.ToSpan((long)_figures.CheckpointUsMax); }
        }

        /// <summary>Bytes of a page; 0 before the first checkpoint, as the figures of pages.</summary>
        public long PageSize
        {
            get { return (long)_figures.PageSize; }
        }

        /// <summary>Pages in the file of pages.</summary>
        public long Pages
        {
            get { return (long)_figures.Pages; }
        }

        /// <summary>Pages that can be written now.</summary>
        public long PagesFree
        {
            get { return (long)_figures.PagesFree; }
        }

        /// <summary>Pages that are free as soon as no reader and no superblock needs them.</summary>
        public long PagesWaiting
        {
            get { return (long)_figures.PagesWaiting; }
        }

        /// <summary>Pages written through this object.</summary>
        public long PagesWritten
        {
            get { return (long)_figures.PagesWritten; }
        }

        /// <summary>Pages read from the file through this object.</summary>
        public long PagesRead
        {
            get { return (long)_figures.PagesRead; }
        }

        /// <summary>
        /// Cursors, backups and verifications that hold an old state of the trees: they keep pages
        /// waiting, and
        /// what was in memory then.
        /// </summary>
        public long Readers
        {
            get { return (long)_figures.Readers; }
        }

        /// <summary>Memory that pages take now.</summary>
        public long CacheBytes
        {
            get { return (long)_figures.CacheBytes; }
        }

        /// <summary>Memory that pages may take.</summary>
        public long CacheBudget
        {
            get { return (long)_figures.CacheBudget; }
        }

        /// <summary>Pages found in memory.</summary>
        public long CacheHits
        {
            get { return (long)_figures.CacheHits; }
        }

        /// <summary>Pages not found in memory.</summary>
        public long CacheMisses
        {
            get { return (long)_figures.CacheMisses; }
        }

        /// <summary>For how long one of the readers has held his state, at the most.</summary>
        public TimeSpan ReaderAge
        {
            get { return Micros.ToSpan((long)_figures.ReaderAgeUs); }
        }

        /// <summary>Bytes of pages and memory that only readers hold.</summary>
        public long ReaderBytes
        {
            get { return (long)_figures.ReaderBytes; }
        }

        /// <summary>
        /// Bytes of commits made through this object. Write amplification is
        /// (WalWritten + PagesWritten * PageSize) / CommitBytes.
        /// </summary>
        public long CommitBytes
        {
            get { return (long)_figures.CommitBytes; }
        }
    }
}
