// Work on a whole database that takes long: it is done in steps, and cancelled by disposing of it.
using System;
using System.Threading;
using Stele.Native;

namespace Stele
{
    /// <summary>A check of everything that was committed before it began; see
    /// <see cref="SteleDb.StartVerify"/>.</summary>
    /// <threadsafety instance="false">One thread at a time; <see cref="Dispose"/> is for any.</threadsafety>
    public sealed class VerifyWork : IDisposable
    {
        private readonly NativeVerify _native;

        internal VerifyWork(NativeVerify native)
        {
            _native = native;
        }

        /// <summary>How far it is, as of the last step.</summary>
        public VerifyProgress Progress { get; private set; }

        /// <summary>
        /// Checks the next piece, about a mebibyte; false: everything was checked and is sound.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Corrupt"/>: the first fault; the message names
        /// file, offset and what differs, <see cref="SteleException.Position"/> the event.
        /// <see cref="Status.TooOld"/>, <see cref="Status.Io"/>, <see cref="Status.Closed"/>.</exception>
        public unsafe bool Step()
        {
            Reply reply;
            VerifyProgressStruct progress;
            Status status = Call.Outcome(
                _native.step((byte*)&progress, (ulong)sizeof(VerifyProgressStruct), (byte*)&reply), &reply);
            Progress = new VerifyProgress(&progress);
            return status == Status.Ok;
        }

        /// <summary>Ends the check. May be called twice.</summary>
        public void Dispose()
        {
            _native.Dispose();
        }

        internal VerifyProgress Run(IProgress<VerifyProgress> tell, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            while (Step())
            {
                if (tell != null) tell.Report(Progress);
                cancellation.ThrowIfCancellationRequested();
            }
            return Progress;
        }
    }

    /// <summary>A copy of everything that was committed before it began; see
    /// <see cref="SteleDb.StartBackup"/>.</summary>
    /// <threadsafety instance="false">One thread at a time; <see cref="Dispose"/> is for any.</threadsafety>
    public sealed class BackupWork : IDisposable
    {
        private readonly NativeBackup _native;

        internal BackupWork(NativeBackup native)
        {
            _native = native;
        }

        /// <summary>How far it is, as of the last step.</summary>
        public BackupProgress Progress { get; private set; }

        /// <summary>
        /// Copies the next piece, about a mebibyte; false: the backup is a database, on stable storage. After
        /// an exception it can only be disposed of.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Io"/>, <see cref="Status.Full"/>: of the
        /// directory; <see cref="Status.Corrupt"/>: a damaged page is not copied; the message names file and
        /// page. <see cref="Status.TooOld"/>, <see cref="Status.Closed"/>.</exception>
        public unsafe bool Step()
        {
            Reply reply;
            BackupProgressStruct progress;
            Status status = Call.Outcome(
                _native.step((byte*)&progress, (ulong)sizeof(BackupProgressStruct), (byte*)&reply), &reply);
            Progress = new BackupProgress(in progress);
            return status == Status.Ok;
        }

        /// <summary>
        /// Gives the directory back. What is unfinished stays, to be gone on with. May be called twice.
        /// </summary>
        public void Dispose()
        {
            _native.Dispose();
        }

        internal BackupProgress Run(IProgress<BackupProgress> tell, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            while (Step())
            {
                if (tell != null) tell.Report(Progress);
                cancellation.ThrowIfCancellationRequested();
            }
            return Progress;
        }
    }

    /// <summary>Makes the file of pages smaller; see <see cref="SteleDb.StartCompact"/>.</summary>
    /// <threadsafety instance="false">One thread at a time; <see cref="Dispose"/> is for any.</threadsafety>
    public sealed class CompactWork : IDisposable
    {
        private readonly NativeCompact _native;

        internal CompactWork(NativeCompact native)
        {
            _native = native;
        }

        /// <summary>How far it is, as of the last step.</summary>
        public CompactProgress Progress { get; private set; }

        /// <summary>
        /// Moves about a mebibyte; false: the file is at most a tenth and a mebibyte larger than what is in
        /// it, unless somebody holds more.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Io"/>, <see cref="Status.Full"/>: no room for
        /// the copies; what was moved stays so. <see cref="Status.Corrupt"/>: a damaged page.
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe bool Step()
        {
            Reply reply;
            CompactProgressStruct progress;
            Status status = Call.Outcome(
                _native.step((byte*)&progress, (ulong)sizeof(CompactProgressStruct), (byte*)&reply), &reply);
            Progress = new CompactProgress(in progress);
            return status == Status.Ok;
        }

        /// <summary>Ends the work; what was moved stays so. May be called twice.</summary>
        public void Dispose()
        {
            _native.Dispose();
        }

        internal CompactProgress Run(IProgress<CompactProgress> tell, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            while (Step())
            {
                if (tell != null) tell.Report(Progress);
                cancellation.ThrowIfCancellationRequested();
            }
            return Progress;
        }
    }

    /// <summary>Makes a new database of a damaged one; see <see cref="SteleDb.StartRepair"/>.</summary>
    /// <threadsafety instance="false">One thread at a time; <see cref="Dispose"/> is for any.</threadsafety>
    public sealed class RepairWork : IDisposable
    {
        private readonly NativeRepair _native;

        internal RepairWork(NativeRepair native)
        {
            _native = native;
        }

        /// <summary>How far it is, as of the last step.</summary>
        public RepairProgress Progress { get; private set; }

        /// <summary>
        /// Does about a mebibyte of the work; false: the new database is there, on stable storage. After an
        /// exception it can only be disposed of.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Corrupt"/>: something is lost, and that was to
        /// be refused; the message names the commit, <see cref="SteleException.Position"/> its first event.
        /// <see cref="Status.Io"/>, <see cref="Status.Full"/>, <see cref="Status.NoMemory"/>.</exception>
        public unsafe bool Step()
        {
            Reply reply;
            RepairProgressStruct progress;
            Status status = Call.Outcome(
                _native.step((byte*)&progress, (ulong)sizeof(RepairProgressStruct), (byte*)&reply), &reply);
            Progress = new RepairProgress(in progress, LeftOut((int)progress.TablesLeftOut));
            return status == Status.Ok;
        }

        private unsafe TableInfo[] LeftOut(int count)
        {
            TableInfo[] tables = new TableInfo[count];
            Reply reply;
            TableInfoStruct info;
            for (int i = 0; i < count; ++i)
            {
                Call.Outcome(
                    _native.left_out(i, (byte*)&info, (ulong)sizeof(TableInfoStruct), (byte*)&reply), &reply);
                tables[i] = new TableInfo(&info);
            }
            return tables;
        }

        /// <summary>
        /// Gives the directories back. What is unfinished can be begun again. May be called twice.
        /// </summary>
        public void Dispose()
        {
            _native.Dispose();
        }

        internal RepairProgress Run(IProgress<RepairProgress> tell, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            while (Step())
            {
                if (tell != null) tell.Report(Progress);
                cancellation.ThrowIfCancellationRequested();
            }
            return Progress;
        }
    }
}
