// Many keys on their way to the library, and their rows on the way back.
using System;
using System.Collections.Generic;

namespace Stele.Native
{
    internal sealed class KeyList
    {
        private readonly int _count;

        public KeyList(IReadOnlyCollection<byte[]> keys)
        {
            _count = keys.Count;
            int size = 0;
            foreach (byte[] key in keys) size = checked(size + (key == null ? 0 : key.Length));
            Keys = new byte[size];
            Sizes = new uint[_count];
            int at = 0;
            int i = 0;
            foreach (byte[] key in keys)
            {
                byte[] from = key ?? new byte[0];
                from.CopyTo(Keys, at);
                at += from.Length;
                Sizes[i++] = (uint)from.Length;
            }
        }

        // One behind the other.
        public byte[] Keys { get; }

        public uint[] Sizes { get; }

        // Takes the rows of all keys out of a buffer that stele_table_get_many() has filled.
        public Row[] RowsIn(ReadOnlySpan<byte> buffer)
        {
            Row[] rows = new Row[_count];
            for (int i = 0; i < _count; ++i)
            {
                if (!RowLayout.IsMissing(buffer)) rows[i] = RowLayout.ToRow(buffer);
                buffer = buffer.Slice(RowLayout.SizeOf(buffer));
            }
            return rows;
        }
    }
}
