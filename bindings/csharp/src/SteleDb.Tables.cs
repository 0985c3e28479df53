// A database: creating, dropping, renaming, listing and opening tables.
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    public sealed partial class SteleDb
    {
        /// <summary>
        /// Creates a table, in a commit of its own; false: there is one of that name.
        /// <see cref="Batch.CreateTable"/> does it in a larger one.
        /// </summary>
        /// <param name="name">Its name.</param>
        /// <param name="options">Null: no history.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the name, an option; and those of
        /// <see cref="Batch.Commit"/>.</exception>
        public unsafe bool CreateTable(TableName name, TableOptions options = null)
        {
            byte[] first = SchemaOf(name);
            byte[] second = NameOf(name);
            int history = options == null ? 0 : (int)options.History;
            long amount = options == null ? 0 : options.Amount;
            Reply reply;
            fixed (byte* schema = first)
            fixed (byte* table = second)
            {
                int status = Native.create_table(
                    schema, (ulong)first.Length, table, (ulong)second.Length, history, amount,
                        (byte*)&reply);
                return Call.Outcome(status, &reply) == Status.Ok;
            }
        }

        /// <summary>
        /// Drops a table with all its rows, in a commit of its own; false: there is none. Scans that are open
        /// go on; for everything else on it, there is no such table from then on.
        /// </summary>
        /// <param name="name">Its name.</param>
        /// <exception cref="SteleException">Those of <see cref="Batch.Commit"/>.</exception>
        public unsafe bool DropTable(TableName name)
        {
            byte[] first = SchemaOf(name);
            byte[] second = NameOf(name);
            Reply reply;
            fixed (byte* schema = first)
            fixed (byte* table = second)
            {
                int status = Native.drop_table(
                    schema, (ulong)first.Length, table, (ulong)second.Length, (byte*)&reply);
                return Call.Found(status, &reply);
            }
        }

        /// <summary>Gives a table another name, in whichever schema, in a commit of its own.</summary>
        /// <param name="from">Its name.</param>
        /// <param name="to">Its new name.</param>
        /// <returns><see cref="Status.Ok"/>; <see cref="Status.NotFound"/>: there is no such table;
        /// <see cref="Status.Exists"/>: the new name is not free.</returns>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: a name; and those of
        /// <see cref="Batch.Commit"/>.</exception>
        public unsafe Status RenameTable(TableName from, TableName to)
        {
            byte[][] parts = { SchemaOf(from), NameOf(from), SchemaOf(to), NameOf(to) };
            List<byte> all = new List<byte>();
            foreach (byte[] part in parts) all.AddRange(part);
            Reply reply;
            fixed (byte* names = all.ToArray())
            {
                int status = Native.rename_table(
                    names, (ulong)all.Count, parts[0].Length, parts[1].Length, parts[2].Length,
                    (byte*)&reply);
                return Call.Outcome(status, &reply);
            }
        }

        /// <summary>
        /// Lists the tables that there are, by schema and name in bytewise order. One that is renamed
        /// meanwhile may be missing, or be there twice.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>, <see cref="Status.Corrupt"/>,
        /// <see cref="Status.Io"/>.</exception>
        public IReadOnlyList<TableInfo> Tables()
        {
            List<TableInfo> all = new List<TableInfo>();
            TableInfo next = NextTable(new byte[0], new byte[0]);
            while (next != null)
            {
                all.Add(next);
                next = NextTable(SchemaOf(next.Name), NameOf(next.Name));
            }
            return all;
        }

        /// <summary>Opens a table; null: there is none of that name.</summary>
        /// <param name="name">Its name.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the name;
        /// <see cref="Status.Closed"/>, <see cref="Status.Corrupt"/>, <see cref="Status.Io"/>.</exception>
        public unsafe Table OpenTable(TableName name)
        {
            byte[] first = SchemaOf(name);
            byte[] second = NameOf(name);
            Reply reply;
            fixed (byte* schema = first)
            fixed (byte* table = second)
            {
                NativeTable made = Call.MadeUnless(
                    Native.table(
                        schema, (ulong)first.Length, table, (ulong)second.Length, (byte*)&reply),
                    Status.NotFound, &reply);
                return made == null ? null : new Table(made);
            }
        }

        internal static byte[] SchemaOf(TableName name)
        {
            return Argument.Text(name.Schema, nameof(name), "table: the schema");
        }

        internal static byte[] NameOf(TableName name)
        {
            return Argument.Text(name.Name, nameof(name), "table: the name");
        }

        // The first table behind a name; null: there is none.
        private unsafe TableInfo NextTable(byte[] first, byte[] second)
        {
            Reply reply;
            TableInfoStruct info;
            fixed (byte* schema = first)
            fixed (byte* table = second)
            {
                int status = Native.next_table(
                    schema, (ulong)first.Length, table, (ulong)second.Length, (byte*)&info,
                    (ulong)sizeof(TableInfoStruct), (byte*)&reply);
                return Call.Outcome(status, &reply) == Status.End ? null : new TableInfo(&info);
            }
        }
    }
}
