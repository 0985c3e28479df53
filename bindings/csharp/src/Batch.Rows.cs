// What one commit does with tables and their rows.
using System;
using Stele.Native;

namespace Stele
{
    public sealed partial class Batch
    {
        /// <summary>
        /// Adds a row, in place of one of the same key. Of several changes of a row in a batch the last one
        /// counts. A batch without events may be committed for its rows alone. That the table was dropped
        /// meanwhile is told by the commit: <see cref="CommitKind.NotFound"/>.
        /// </summary>
        /// <param name="table">The table.</param>
        /// <param name="key">The key.</param>
        /// <param name="row">What it holds.</param>
        /// <exception cref="SteleException"><see cref="Status.TooLarge"/>: the key, the row;
        /// <see cref="Status.Invalid"/>: a table of another database;
        /// <see cref="Status.Closed"/>.</exception>
        public Batch Put(Table table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> row)
        {
            RowCalls.Put(_native, table, key, row, 0);
            return this;
        }

        /// <summary>Deletes a row, which need not be there.</summary>
        /// <param name="table">The table.</param>
        /// <param name="key">The key.</param>
        /// <exception cref="SteleException">As <see cref="Put"/>.</exception>
        public Batch Delete(Table table, ReadOnlySpan<byte> key)
        {
            RowCalls.Delete(_native, table, key, 0);
            return this;
        }

        /// <summary>
        /// Deletes all rows of a range, which takes as long as deleting one. Rows that the batch has put
        /// before are deleted, too.
        /// </summary>
        /// <param name="table">The table.</param>
        /// <param name="low">The first key; null: the lowest there is.</param>
        /// <param name="high">The first key that is not deleted any more; null: to the end.</param>
        /// <exception cref="SteleException">As <see cref="Put"/>; <see cref="Status.Invalid"/>: the range
        /// ends before it begins.</exception>
        public Batch DeleteRange(Table table, byte[] low, byte[] high)
        {
            RowCalls.DeleteRange(_native, table, low, high, 0);
            return this;
        }

        /// <summary>
        /// Creates a table with the commit, which is <see cref="CommitKind.Exists"/> if there is one of that
        /// name.
        /// </summary>
        /// <param name="name">Its name.</param>
        /// <param name="options">Null: no history.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the name, an option;
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe Batch CreateTable(TableName name, TableOptions options = null)
        {
            byte[] first = SteleDb.SchemaOf(name);
            byte[] second = SteleDb.NameOf(name);
            int history = options == null ? 0 : (int)options.History;
            long amount = options == null ? 0 : options.Amount;
            Reply reply;
            fixed (byte* schema = first)
            fixed (byte* table = second)
            {
                Call.Ok(
                    _native.create_table(
                        schema, (ulong)first.Length, table, (ulong)second.Length, history, amount,
                        (byte*)&reply),
                    &reply);
            }
            return this;
        }

        /// <summary>Drops a table with the commit.</summary>
        /// <param name="table">The table.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: a table of another database;
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe Batch DropTable(Table table)
        {
            Reply reply;
            Call.Ok(_native.drop_table(RowCalls.Of(table), (byte*)&reply), &reply);
            return this;
        }

        /// <summary>
        /// Gives a table another name with the commit, which is <see cref="CommitKind.Exists"/> if that is not
        /// free.
        /// </summary>
        /// <param name="table">The table.</param>
        /// <param name="name">Its new name.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the name, a table of another
        /// database; <see cref="Status.Closed"/>.</exception>
        public unsafe Batch RenameTable(Table table, TableName name)
        {
            byte[] first = SteleDb.SchemaOf(name);
            byte[] second = SteleDb.NameOf(name);
            Reply reply;
            fixed (byte* schema = first)
            fixed (byte* to = second)
            {
                Call.Ok(
                    _native.rename_table(
                        RowCalls.Of(table), schema, (ulong)first.Length, to, (ulong)second.Length,
                        (byte*)&reply),
                    &reply);
            }
            return this;
        }

        /// <summary>
        /// Adds a guard: the commit is a conflict unless the row was written by a commit. Guards over rows are
        /// numbered together with all others, and see the database before the batch.
        /// </summary>
        /// <param name="table">The table.</param>
        /// <param name="key">The key.</param>
        /// <param name="tsn">The commit, as <see cref="Row.Tsn"/> said when the row was read; 0: the row is
        /// not there.</param>
        /// <exception cref="SteleException"><see cref="Status.TooLarge"/>: the key, more than 1,024 guards;
        /// <see cref="Status.Invalid"/>: a table of another database;
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe Batch ExpectRow(Table table, ReadOnlySpan<byte> key, long tsn)
        {
            ulong commit = Argument.NotNegative(tsn, nameof(tsn));
            Reply reply;
            fixed (byte* at = key)
            {
                Call.Ok(
                    _native.expect_row(RowCalls.Of(table), at, (ulong)key.Length, commit, (byte*)&reply), &reply);
            }
            return this;
        }

        /// <summary>Adds a guard: the commit is a conflict unless the row is not there.</summary>
        /// <param name="table">The table.</param>
        /// <param name="key">The key.</param>
        /// <exception cref="SteleException">As <see cref="ExpectRow"/>.</exception>
        public Batch ExpectAbsent(Table table, ReadOnlySpan<byte> key)
        {
            return ExpectRow(table, key, 0);
        }

        /// <summary>Adds a guard: the commit is a conflict unless the row holds these bytes.</summary>
        /// <param name="table">The table.</param>
        /// <param name="key">The key.</param>
        /// <param name="row">What it has to hold.</param>
        /// <exception cref="SteleException">As <see cref="ExpectRow"/>.</exception>
        public unsafe Batch ExpectValue(Table table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> row)
        {
            Reply reply;
            fixed (byte* at = key)
            fixed (byte* value = row)
            {
                Call.Ok(
                    _native.expect_value(
                        RowCalls.Of(table), at, (ulong)key.Length, value, (ulong)row.Length, (byte*)&reply),
                    &reply);
            }
            return this;
        }

        /// <summary>
        /// Adds a guard: the commit is a conflict unless no commit behind another one has put or deleted a row
        /// of a range. For a table without history the commit is <see cref="Status.TooOld"/> when nothing has
        /// changed but deletions could be forgotten: a checkpoint came meanwhile. Read again then.
        /// </summary>
        /// <param name="table">The table.</param>
        /// <param name="low">The first key; null: the lowest there is.</param>
        /// <param name="high">The first key that is not part of it; null: to the end.</param>
        /// <param name="since">The commit as of which the range was read.</param>
        /// <exception cref="SteleException">As <see cref="ExpectRow"/>.</exception>
        public unsafe Batch ExpectUnchanged(Table table, byte[] low, byte[] high, long since)
        {
            ulong commit = Argument.NotNegative(since, nameof(since));
            byte[] first = low ?? RowCalls.NoBytes;
            byte[] end = high ?? RowCalls.NoBytes;
            Reply reply;
            fixed (byte* from = first)
            fixed (byte* to = end)
            {
                Call.Ok(
                    _native.expect_unchanged(
                        RowCalls.Of(table), from, (ulong)first.Length, to, (ulong)end.Length, RowCalls.Bounded(high), commit,
                        (byte*)&reply),
                    &reply);
            }
            return this;
        }
    }
}
