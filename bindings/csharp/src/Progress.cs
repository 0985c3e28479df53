// How far work on a whole database is.
using System;
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    /// <summary>What becomes of what is behind something that is lost.</summary>
    public enum Lost
    {
        /// <summary>
        /// Nothing: the repair ends with <see cref="Status.Corrupt"/>, which says what is lost.
        /// </summary>
        Refuse = 0,

        /// <summary>It is left away: the result is the history up to there, unchanged.</summary>
        Cut = 1,

        /// <summary>
        /// It stays in its place. Events of the type "stele.lost" take that of lost ones, so that positions
        /// are what they were. Hashes from there on are other ones: receipts and tokens of later positions
        /// are refused.
        /// </summary>
        Replace = 2,
    }

    /// <summary>How far a check is.</summary>
    public readonly struct VerifyProgress
    {
        internal unsafe VerifyProgress(VerifyProgressStruct* progress)
        {
            BytesDone = (long)progress->BytesDone;
            BytesTotal = (long)progress->BytesTotal;
            Commits = (long)progress->Commits;
            Events = (long)progress->Events;
            Root = new ReadOnlySpan<byte>(progress->Root, RecordLayout.HashSize).ToArray();
        }

        /// <summary>Log bytes read back and checked.</summary>
        public long BytesDone { get; }

        /// <summary>Log bytes in all.</summary>
        public long BytesTotal { get; }

        /// <summary>Commits checked so far.</summary>
        public long Commits { get; }

        /// <summary>Events checked so far.</summary>
        public long Events { get; }

        /// <summary>
        /// The chained root of the last commit checked: keep it elsewhere, and a later check that passes
        /// through the same root proves that nothing before it was changed.
        /// </summary>
        public ReadOnlyMemory<byte> Root { get; }
    }

    /// <summary>How far a backup is.</summary>
    public readonly struct BackupProgress
    {
        internal BackupProgress(in BackupProgressStruct progress)
        {
            BytesDone = (long)progress.BytesDone;
            BytesTotal = (long)progress.BytesTotal;
            Tsn = (long)progress.Tsn;
            Head = (long)progress.Head;
        }

        /// <summary>Bytes copied, or found to be there already.</summary>
        public long BytesDone { get; }

        /// <summary>Bytes in all.</summary>
        public long BytesTotal { get; }

        /// <summary>The backup has every commit up to this one.</summary>
        public long Tsn { get; }

        /// <summary>The backup has every event up to this position.</summary>
        public long Head { get; }
    }

    /// <summary>How far compacting is.</summary>
    public readonly struct CompactProgress
    {
        internal CompactProgress(in CompactProgressStruct progress)
        {
            BytesBefore = (long)progress.BytesBefore;
            BytesNow = (long)progress.BytesNow;
            BytesLive = (long)progress.BytesLive;
            PagesMoved = (long)progress.PagesMoved;
        }

        /// <summary>The size of the file of pages when it began.</summary>
        public long BytesBefore { get; }

        /// <summary>The size of the file of pages now.</summary>
        public long BytesNow { get; }

        /// <summary>What is not free in it: it becomes no smaller than that.</summary>
        public long BytesLive { get; }

        /// <summary>Pages moved so far.</summary>
        public long PagesMoved { get; }
    }

    /// <summary>How far a repair is.</summary>
    public readonly struct RepairProgress
    {
        private readonly IReadOnlyList<TableInfo> _leftOut; // Null in a default one.

        internal RepairProgress(in RepairProgressStruct progress, IReadOnlyList<TableInfo> leftOut)
        {
            _leftOut = leftOut;
            BytesDone = (long)progress.BytesDone;
            BytesTotal = (long)progress.BytesTotal;
            Commits = (long)progress.Commits;
            Events = (long)progress.Events;
            CommitsRebuilt = (long)progress.CommitsRebuilt;
            CommitsLost = (long)progress.CommitsLost;
            EventsLost = (long)progress.EventsLost;
            FirstLost = (long)progress.FirstLost;
            PagesDamaged = (long)progress.PagesDamaged;
            LogDamaged = (long)progress.LogDamaged;
        }

        /// <summary>Bytes looked at, or written.</summary>
        public long BytesDone { get; }

        /// <summary>Bytes in all.</summary>
        public long BytesTotal { get; }

        /// <summary>Commits in the new database so far.</summary>
        public long Commits { get; }

        /// <summary>Events in the new database so far.</summary>
        public long Events { get; }

        /// <summary>
        /// Commits rebuilt from their events alone. An idempotency key or tracking marks that they had are
        /// there only if their trees were whole.
        /// </summary>
        public long CommitsRebuilt { get; }

        /// <summary>Commits replaced, or left away although they had been durable.</summary>
        public long CommitsLost { get; }

        /// <summary>Events replaced.</summary>
        public long EventsLost { get; }

        /// <summary>The first position that is lost or behind what is lost; 0: none.</summary>
        public long FirstLost { get; }

        /// <summary>Damaged pages found in the file of pages, needed or not.</summary>
        public long PagesDamaged { get; }

        /// <summary>
        /// Tables that were there and are not in the new database; known at the end. What nothing tells of
        /// them any more is empty. One of a projection is to be rebuilt by that.
        /// </summary>
        public IReadOnlyList<TableInfo> LeftOut => _leftOut ?? Array.Empty<TableInfo>();

        /// <summary>Damaged stretches, and segments that cannot be read, of the log.</summary>
        public long LogDamaged { get; }
    }
}
