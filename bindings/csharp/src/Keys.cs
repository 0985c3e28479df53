// Order-preserving keys: made, taken apart, and the ends of their ranges.
using System;
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// Values of any kinds as bytes that compare as they do: the first part in which two keys differ
    /// decides. Numbers compare by their value, whatever they are: 1 and 1.0 are one key. docs/format.md,
    /// "Keys", has the bytes. Needs no database.
    /// </summary>
    /// <threadsafety static="true"/>
    public static unsafe class Keys
    {
        internal const uint DescendingFlag = 1;

        /// <summary>Makes a key, of at most <see cref="SteleLimits.TableKeyMax"/> bytes.</summary>
        /// <param name="parts">What it is made of.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: a value out of its range, or text
        /// that is not UTF-8. <see cref="Status.Unsupported"/>: a kind that cannot be encoded yet.
        /// <see cref="Status.TooLarge"/>.</exception>
        public static byte[] Encode(params KeyPart[] parts)
        {
            if (parts == null) throw new ArgumentNullException(nameof(parts));
            Library.Load();
            int held = 0;
            foreach (KeyPart part in parts) held = checked(held + part.Data.Length);
            byte[] data = new byte[held];
            KeyPartStruct[] structs = new KeyPartStruct[parts.Length];
            int offset = 0;
            for (int i = 0; i < parts.Length; ++i)
            {
                structs[i] = StructOf(parts[i], offset);
                parts[i].Data.Span.CopyTo(data.AsSpan(offset));
                offset += parts[i].Data.Length;
            }
            byte[] key = new byte[SteleLimits.TableKeyMax];
            Reply reply;
            fixed (KeyPartStruct* first = structs)
            fixed (byte* bytes = data)
            fixed (byte* buffer = key)
            {
                Call.Ok(
                    NativeCalls.encode_key(
                        (byte*)first, (ulong)structs.Length * (ulong)sizeof(KeyPartStruct), bytes,
                        (ulong)held, buffer, (ulong)key.Length, (byte*)&reply),
                    &reply);
            }
            Array.Resize(ref key, (int)reply.Values[0]);
            return key;
        }

        /// <summary>
        /// Takes a key apart. A number comes as Integer if it is a whole number that fits, else as Unsigned if
        /// it is one that fits there, else as Real; of which kind it was made, a key does not say.
        /// </summary>
        /// <param name="key">The key.</param>
        /// <exception cref="SteleException"><see cref="Status.Corrupt"/>: it is no key; the offset is that of
        /// the first byte that cannot be. <see cref="Status.Unsupported"/>: a kind that cannot be decoded yet.
        /// </exception>
        public static IReadOnlyList<KeyPart> Decode(ReadOnlySpan<byte> key)
        {
            Library.Load();
            // A part has a byte at least, and holds no more than the key: so many parts, and as much again.
            int room = Math.Min(key.Length, SteleLimits.TableKeyMax);
            KeyPartStruct[] structs = new KeyPartStruct[2 * room];
            Reply reply;
            fixed (KeyPartStruct* first = structs)
            fixed (byte* bytes = key)
            {
                Call.Ok(
                    NativeCalls.decode_key(
                        bytes, (ulong)key.Length, room, (byte*)first,
                        (ulong)structs.Length * (ulong)sizeof(KeyPartStruct), (byte*)&reply),
                    &reply);
                KeyPart[] parts = new KeyPart[(int)reply.Values[0]];
                byte* data = (byte*)(first + room);
                for (int i = 0; i < parts.Length; ++i)
                {
                    parts[i] = new KeyPart(
                        first + i, new ReadOnlySpan<byte>(data + first[i].Data, (int)first[i].Size));
                }
                return parts;
            }
        }

        /// <summary>Returns the end of a range: the smallest bytes above all that begin with a prefix. Null:
        /// there is none, and the range goes on to the last key.</summary>
        /// <param name="prefix">A key, or a part of one.</param>
        public static byte[] PrefixEnd(ReadOnlySpan<byte> prefix)
        {
            Library.Load();
            byte[] end = new byte[prefix.Length];
            Reply reply;
            fixed (byte* from = prefix)
            fixed (byte* buffer = end)
            {
                int status = NativeCalls.key_prefix_end(
                    from, (ulong)prefix.Length, buffer, (ulong)end.Length, (byte*)&reply);
                if (status == (int)Status.End) return null;
                Call.Ok(status, &reply);
            }
            Array.Resize(ref end, (int)reply.Values[0]);
            return end;
        }

        private static KeyPartStruct StructOf(KeyPart part, int offset)
        {
            KeyPartStruct made = default(KeyPartStruct);
            made.Kind = (uint)part.Kind;
            made.Flags = part.Descending ? DescendingFlag : 0;
            made.Integer = part.Integer;
            made.Natural = part.Natural;
            made.Real = part.Real;
            made.Data = (ulong)offset;
            made.Size = (ulong)part.Data.Length;
            return made;
        }
    }
}
