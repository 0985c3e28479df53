// Strings of names that were decoded before: a history says few names often.
//
// A table without chains: a name has two places side by side, and takes the first; the name that was
// there goes to the second. The table starts small, for readings of a few events, and grows as long as
// names are missed more often than there are places.
//
// A name of up to 16 bytes is its size, its first eight bytes and its last eight: so it is compared
// without a look at another object, which is what costs in a large table.
//
// Threads: belongs to one cursor or subscription.
using System;
using System.Buffers.Binary;

namespace Stele.Native
{
    internal sealed class TermCache
    {
        private const int FirstLength = 64;
        private const int LastLength = 16 * 1024;
        private const int InlineMax = 16;
        private const int SizeMax = 64;  // Longer names are rarely said twice.

        private Entry[] _entries = new Entry[FirstLength];
        private int _misses;

        // What a name is looked up by.
        private struct Key
        {
            public ulong First;
            public ulong Last;
            public int Size;
        }

        private struct Entry
        {
            public Key Key;
            public string Text;
            public byte[] Bytes;  // Of names that are not inline.
        }

        public string Get(ReadOnlySpan<byte> utf8)
        {
            if (utf8.Length == 0) return "";
            if (utf8.Length > SizeMax) return Utf8.Decode(utf8);
            Key key = KeyOf(utf8);
            uint place = PlaceOf(key, _entries.Length);
            if (IsAt(place, key, utf8)) return _entries[place].Text;
            if (IsAt(place + 1, key, utf8)) return _entries[place + 1].Text;
            return Add(key, utf8);
        }

        private bool IsAt(uint place, Key key, ReadOnlySpan<byte> utf8)
        {
            ref Entry entry = ref _entries[place];
            return entry.Key.First == key.First && entry.Key.Last == key.Last &&
                entry.Key.Size == key.Size &&
                (key.Size <= InlineMax || utf8.SequenceEqual(entry.Bytes));
        }

        private string Add(Key key, ReadOnlySpan<byte> utf8)
        {
            if (++_misses > 2 * _entries.Length && _entries.Length < LastLength) Grow();
            Entry added = new Entry { Key = key, Text = Utf8.Decode(utf8) };
            if (key.Size > InlineMax) added.Bytes = utf8.ToArray();
            Put(added);
            return added.Text;
        }

        private void Put(Entry added)
        {
            uint place = PlaceOf(added.Key, _entries.Length);
            _entries[place + 1] = _entries[place];
            _entries[place] = added;
        }

        private void Grow()
        {
            Entry[] before = _entries;
            _entries = new Entry[before.Length * 4];
            _misses = 0;
            foreach (Entry entry in before)
            {
                if (entry.Text != null) Put(entry);
            }
        }

        private static Key KeyOf(ReadOnlySpan<byte> utf8)
        {
            Key key = new Key { Size = utf8.Length };
            if (utf8.Length >= sizeof(ulong))
            {
                key.First = BinaryPrimitives.ReadUInt64LittleEndian(utf8);
                key.Last = BinaryPrimitives.ReadUInt64LittleEndian(utf8.Slice(utf8.Length - sizeof(ulong)));
            }
            else
            {
                foreach (byte part in utf8) key.First = key.First << 8 | part;
            }
            return key;
        }

        // The first of the two places of a name.
        private static uint PlaceOf(Key key, int length)
        {
            ulong mixed = key.First * 0x9E3779B97F4A7C15 ^ key.Last ^ (ulong)key.Size;
            return (uint)(mixed * 0xD6E8FEB86659FD93 >> 40) & (uint)(length - 2);
        }
    }
}
