// Strings of names that were decoded before: a history says few names often.
//
// A table without chains: a name has one place, and takes it from the name that was there. It starts
// small, for readings of a few events, and grows as long as names miss their place more often than there
// are places.
//
// Threads: belongs to one cursor or subscription.
using System;
using System.Buffers.Binary;

namespace Stele.Native
{
    internal sealed class TermCache
    {
        private const int First = 64;
        private const int Last = 16 * 1024;
        private const int SizeMax = 64;  // Longer names are rarely said twice.

        private Entry[] _entries = new Entry[First];
        private int _misses;

        private struct Entry
        {
            public byte[] Bytes;
            public string Text;
        }

        public string Get(ReadOnlySpan<byte> utf8)
        {
            if (utf8.Length == 0) return "";
            if (utf8.Length > SizeMax) return Utf8.Decode(utf8);
            uint hash = Hash(utf8);
            Entry entry = _entries[hash & (uint)(_entries.Length - 1)];
            return entry.Bytes != null && utf8.SequenceEqual(entry.Bytes) ? entry.Text : Add(utf8, hash);
        }

        private string Add(ReadOnlySpan<byte> utf8, uint hash)
        {
            if (++_misses > 2 * _entries.Length && _entries.Length < Last) Grow();
            string text = Utf8.Decode(utf8);
            _entries[hash & (uint)(_entries.Length - 1)] = new Entry { Bytes = utf8.ToArray(), Text = text };
            return text;
        }

        private void Grow()
        {
            Entry[] before = _entries;
            _entries = new Entry[before.Length * 4];
            _misses = 0;
            foreach (Entry entry in before)
            {
                if (entry.Bytes != null) _entries[Hash(entry.Bytes) & (uint)(_entries.Length - 1)] = entry;
            }
        }

        // Of the first eight bytes, the last eight and the size: where names differ, mostly.
        private static uint Hash(ReadOnlySpan<byte> utf8)
        {
            ulong mixed;
            if (utf8.Length >= 8)
            {
                ulong first = BinaryPrimitives.ReadUInt64LittleEndian(utf8);
                ulong last = BinaryPrimitives.ReadUInt64LittleEndian(utf8.Slice(utf8.Length - 8));
                mixed = first * 0x9E3779B97F4A7C15 ^ last;
            }
            else
            {
                mixed = 0;
                foreach (byte part in utf8) mixed = mixed << 8 | part;
            }
            mixed = (mixed ^ (ulong)utf8.Length) * 0xD6E8FEB86659FD93;
            return (uint)(mixed >> 40);
        }
    }
}
