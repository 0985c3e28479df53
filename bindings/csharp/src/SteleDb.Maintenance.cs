// A database: work on it as a whole, receipts, drawings.
using System;
using System.Threading;
using Stele.Native;

namespace Stele
{
    public sealed partial class SteleDb
    {
        /// <summary>
        /// Starts a check of everything committed so far: the log is read back from disk, and every checksum,
        /// position, hash and root is computed again and compared. Commits go on meanwhile.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>, <see cref="Status.Io"/>.</exception>
        public unsafe VerifyWork StartVerify()
        {
            Reply reply;
            return new VerifyWork(Call.Made(Native.verify((byte*)&reply), &reply));
        }

        /// <summary>Checks everything committed so far, and returns how much that was.</summary>
        /// <param name="progress">Told after each step but the last; null: nobody.</param>
        /// <param name="cancellation">Ends the check between two steps.</param>
        /// <exception cref="SteleException">As <see cref="VerifyWork.Step"/>.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        public VerifyProgress Verify(
            IProgress<VerifyProgress> progress = null,
            CancellationToken cancellation = default(CancellationToken))
        {
            using (VerifyWork work = StartVerify())
            {
                return work.Run(progress, cancellation);
            }
        }

        /// <summary>
        /// Starts a copy of everything committed so far into a directory, which is made if it is missing.
        /// Commits go on meanwhile and are not in it. The copy has the same uuid and the same history. Until
        /// the last step it is no database; one that was interrupted is begun again by another call with the
        /// same path.
        /// </summary>
        /// <param name="path">The directory, as in <see cref="Open"/>; on disk even of a database in
        /// memory.</param>
        /// <exception cref="SteleException"><see cref="Status.Exists"/>: there is a database;
        /// <see cref="Status.Invalid"/>: there are other files, or an unfinished backup of another database;
        /// <see cref="Status.Busy"/>: another backup is at work there; <see cref="Status.Io"/>,
        /// <see cref="Status.Full"/>, <see cref="Status.Corrupt"/>, <see cref="Status.Closed"/>.</exception>
        public unsafe BackupWork StartBackup(string path)
        {
            byte[] name = Argument.Text(path, nameof(path), "backup: the path");
            Reply reply;
            fixed (byte* bytes = name)
            {
                return new BackupWork(
                    Call.Made(Native.backup(bytes, (ulong)name.Length, (byte*)&reply), &reply));
            }
        }

        /// <summary>Copies everything committed so far, and returns what that was.</summary>
        /// <param name="path">The directory; see <see cref="StartBackup"/>.</param>
        /// <param name="progress">Told after each step but the last; null: nobody.</param>
        /// <param name="cancellation">Ends the backup between two steps.</param>
        /// <exception cref="SteleException">As <see cref="StartBackup"/> and
        /// <see cref="BackupWork.Step"/>.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        public BackupProgress Backup(
            string path, IProgress<BackupProgress> progress = null,
            CancellationToken cancellation = default(CancellationToken))
        {
            using (BackupWork work = StartBackup(path))
            {
                return work.Run(progress, cancellation);
            }
        }

        /// <summary>
        /// Starts to make the file of pages as small as what is in it. Commits and reads go on meanwhile.
        /// Nobody has to: free pages are used again. It is for who wants the disk's room back.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.ReadOnly"/>, <see cref="Status.Io"/>,
        /// <see cref="Status.Full"/>, <see cref="Status.Corrupt"/>, <see cref="Status.Closed"/>.</exception>
        public unsafe CompactWork StartCompact()
        {
            Reply reply;
            return new CompactWork(Call.Made(Native.compact((byte*)&reply), &reply));
        }

        /// <summary>Makes the file of pages as small as what is in it.</summary>
        /// <param name="progress">Told after each step but the last; null: nobody.</param>
        /// <param name="cancellation">Ends the work between two steps.</param>
        /// <exception cref="SteleException">As <see cref="StartCompact"/> and
        /// <see cref="CompactWork.Step"/>.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        public CompactProgress Compact(
            IProgress<CompactProgress> progress = null,
            CancellationToken cancellation = default(CancellationToken))
        {
            using (CompactWork work = StartCompact())
            {
                return work.Run(progress, cancellation);
            }
        }

        /// <summary>
        /// Starts to make a new database of what can still be read of a damaged one, which nobody may have
        /// open for writing, and which is not changed. The new database has the uuid of the old one. Until
        /// the last step it is no database; a repair that was interrupted is begun again by another call.
        /// </summary>
        /// <param name="from">The directory of the damaged database.</param>
        /// <param name="to">The directory of the new one.</param>
        /// <param name="lost">What becomes of what is behind something that is lost.</param>
        /// <exception cref="SteleException"><see cref="Status.NotFound"/>: there is nothing to repair;
        /// <see cref="Status.Busy"/>: it is open for writing, or somebody is at work;
        /// <see cref="Status.Exists"/>: the new directory is a database; <see cref="Status.Invalid"/>: it
        /// holds other files; <see cref="Status.Corrupt"/>: no file says whose database it was;
        /// <see cref="Status.Unsupported"/>, <see cref="Status.Io"/>, <see cref="Status.Full"/>.</exception>
        public static unsafe RepairWork StartRepair(string from, string to, Lost lost)
        {
            byte[] source = Argument.Text(from, nameof(from), "repair: the path");
            byte[] target = Argument.Text(to, nameof(to), "repair: the path");
            Library.Load();
            Reply reply;
            fixed (byte* old = source)
            fixed (byte* made = target)
            {
                return new RepairWork(
                    Call.Made(
                        NativeCalls.open_repair(
                            old, (ulong)source.Length, made, (ulong)target.Length, (int)lost,
                            (byte*)&reply),
                        &reply));
            }
        }

        /// <summary>Makes a new database of a damaged one, and returns what is in it.</summary>
        /// <param name="from">The directory of the damaged database.</param>
        /// <param name="to">The directory of the new one.</param>
        /// <param name="lost">What becomes of what is behind something that is lost.</param>
        /// <param name="progress">Told after each step but the last; null: nobody.</param>
        /// <param name="cancellation">Ends the repair between two steps.</param>
        /// <exception cref="SteleException">As <see cref="StartRepair"/> and
        /// <see cref="RepairWork.Step"/>.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        public static RepairProgress Repair(
            string from, string to, Lost lost, IProgress<RepairProgress> progress = null,
            CancellationToken cancellation = default(CancellationToken))
        {
            using (RepairWork work = StartRepair(from, to, lost))
            {
                return work.Run(progress, cancellation);
            }
        }

        /// <summary>Makes the receipt of an event.</summary>
        /// <param name="position">The position of the event.</param>
        /// <param name="receipt">The receipt, or null.</param>
        /// <returns><see cref="Status.Ok"/>; <see cref="Status.NotFound"/>: there is no such event;
        /// <see cref="Status.NotYet"/>: its commit is not durable yet.</returns>
        /// <exception cref="SteleException"><see cref="Status.Corrupt"/>: the stored hashes do not lead from
        /// the event to the root; <see cref="Status.Io"/>, <see cref="Status.Closed"/>.</exception>
        public unsafe Status TryGetReceipt(long position, out Receipt receipt)
        {
            ulong at = Argument.NotNegative(position, nameof(position));
            byte* buffer = stackalloc byte[SteleLimits.ReceiptMax];
            Reply reply;
            Status status = Call.Outcome(
                Native.receipt(at, buffer, SteleLimits.ReceiptMax, (byte*)&reply), &reply);
            receipt = status == Status.Ok
                ? new Receipt(new ReadOnlySpan<byte>(buffer, (int)reply.Values[0]))
                : null;
            return status;
        }

        /// <summary>
        /// Checks that the database still holds what a receipt says: the same event in the same commit with
        /// the same chained root.
        /// </summary>
        /// <param name="receipt">The receipt.</param>
        /// <returns>False: the database ends before that commit.</returns>
        /// <exception cref="SteleException"><see cref="Status.Corrupt"/>: it holds something else, or the
        /// receipt does not hold; <see cref="Status.Invalid"/>: the receipt is of another database;
        /// <see cref="Status.Io"/>, <see cref="Status.Closed"/>.</exception>
        public unsafe bool CheckReceipt(Receipt receipt)
        {
            if (receipt == null) throw new ArgumentNullException(nameof(receipt));
            Reply reply;
            fixed (byte* bytes = receipt.Bytes.Span)
            {
                return Call.Found(
                    Native.receipt_check(bytes, (ulong)receipt.Bytes.Length, (byte*)&reply), &reply);
            }
        }

        /// <summary>
        /// Draws what is in the file of pages as text, for people; the drawing is not an interface. Null:
        /// there was no checkpoint yet.
        /// </summary>
        /// <param name="what">"": the trees there are; "free": the free pages; "page NUMBER": a page; "path
        /// TREE KEY": the way from the root of a tree to a key.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: there is no such page or tree;
        /// <see cref="Status.Corrupt"/>: of the free list; <see cref="Status.Closed"/>.</exception>
        public unsafe string Inspect(string what = "")
        {
            byte[] asked = Argument.Text(what, nameof(what), "inspect: it");
            byte[] text = new byte[4096];
            for (;;)
            {
                Reply reply;
                int status;
                fixed (byte* question = asked)
                fixed (byte* drawing = text)
                {
                    status = Native.inspect(
                        question, (ulong)asked.Length, drawing, (ulong)text.Length, (byte*)&reply);
                }
                if (status != (int)Status.BufferTooSmall)
                {
                    if (!Call.Found(status, &reply)) return null;
                    return Utf8.Decode(text.AsSpan(0, (int)reply.Values[0]));
                }
                text = new byte[reply.Values[0]];
            }
        }
    }
}
