// Projections: putting rows into tables, and committing them.
using System;
using Stele.Native;

namespace Stele
{
    public sealed partial class Projection
    {
        private static readonly byte[] NoBytes = new byte[0];

        /// <summary>
        /// Opens a table of the projection, and creates it the first time. In a rebuild it is the new one,
        /// which has another name until the switch.
        /// </summary>
        /// <param name="name">Its name.</param>
        /// <param name="options">How it is created. Null: no history.</param>
        /// <exception cref="SteleException"><see cref="Status.Exists"/>: there is a table of that name, and
        /// it is not the projection's; <see cref="Status.Invalid"/>: the name, an option; and those of
        /// <see cref="Batch.Commit"/>.</exception>
        public unsafe Table OpenTable(TableName name, TableOptions options = null)
        {
            byte[] first = SteleDb.SchemaOf(name);
            byte[] second = SteleDb.NameOf(name);
            int history = options == null ? 0 : (int)options.History;
            long amount = options == null ? 0 : options.Amount;
            Reply reply;
            fixed (byte* schema = first)
            fixed (byte* table = second)
            {
                NativeTable made = _native.table(
                    schema, (ulong)first.Length, table, (ulong)second.Length, history, amount,
                        (byte*)&reply);
                return new Table(Call.Made(made, &reply));
            }
        }

        /// <summary>Puts a row with the next commit, in place of one of the same key and
        /// position.</summary>
        /// <param name="table">A table of the projection.</param>
        /// <param name="key">The key.</param>
        /// <param name="row">What it holds.</param>
        /// <param name="position">Of the event that it follows from: one that was taken since the last
        /// commit, not before that of a row of the same table since then.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the position; a table that is not
        /// the projection's. <see cref="Status.TooLarge"/>: the key, the row.
        /// <see cref="Status.Closed"/>.</exception>
        public Projection Put(
            Table table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> row, long position)
        {
            RowCalls.Put(_native, table, key, row, Argument.NotNegative(position, nameof(position)));
            return this;
        }

        /// <summary>Deletes a row with the next commit; it need not be there.</summary>
        /// <param name="table">A table of the projection.</param>
        /// <param name="key">The key.</param>
        /// <param name="position">As in <see cref="Put"/>.</param>
        /// <exception cref="SteleException">As <see cref="Put"/>.</exception>
        public Projection Delete(Table table, ReadOnlySpan<byte> key, long position)
        {
            RowCalls.Delete(_native, table, key, Argument.NotNegative(position, nameof(position)));
            return this;
        }

        /// <summary>Deletes the rows of a range with the next commit, as <see cref="Batch.DeleteRange"/>
        /// does.</summary>
        /// <param name="table">A table of the projection.</param>
        /// <param name="low">The first key; null: the lowest there is.</param>
        /// <param name="high">The first key that is not deleted any more; null: to the end.</param>
        /// <param name="position">As in <see cref="Put"/>.</param>
        /// <exception cref="SteleException">As <see cref="Put"/>; <see cref="Status.Invalid"/>: the range
        /// ends before it begins.</exception>
        public Projection DeleteRange(Table table, byte[] low, byte[] high, long position)
        {
            ulong of = Argument.NotNegative(position, nameof(position));
            RowCalls.DeleteRange(_native, table, low, high, of);
            return this;
        }

        /// <summary>
        /// Commits the rows since the last commit, and that every event which was taken is in them. Does
        /// nothing if none was, and none was passed over. After everything but <see cref="Status.Ok"/> the
        /// rows are gone, and what is taken next is behind what is tracked by then: what the caller has in
        /// memory of events since its last commit is to be forgotten.
        /// </summary>
        /// <returns><see cref="Status.Ok"/>; <see cref="Status.Conflict"/>: another instance has come
        /// further; <see cref="Status.NotFound"/>: a table was dropped, or replaced by a
        /// rebuild.</returns>
        /// <exception cref="SteleException">Those of <see cref="Batch.Commit"/>.</exception>
        public unsafe Status Commit()
        {
            Reply reply;
            return Call.Outcome(_native.commit((byte*)&reply), &reply);
        }

        /// <summary>
        /// Ends a rebuild: commits what there is, and then, in one more commit, drops the old tables, gives
        /// their names to the new ones, and has the projection stand where the rebuild does. Who reads the
        /// old tables opens them anew: for those objects, there is no such table. This object is of no use
        /// any more but to be disposed of.
        /// </summary>
        /// <returns><see cref="Status.Ok"/>; <see cref="Status.NotYet"/>: the rebuild has not come as far as
        /// the projection; <see cref="Status.Conflict"/>: that has moved on meanwhile;
        /// <see cref="Status.NotFound"/>: a table of the rebuild was dropped.</returns>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: no rebuild, or one without tables;
        /// and those of <see cref="Batch.Commit"/>.</exception>
        public unsafe Status SwitchOver()
        {
            Reply reply;
            return Call.Outcome(_native.switch_over((byte*)&reply), &reply);
        }
    }
}
