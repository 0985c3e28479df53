// Guid as the 16 bytes of a UUID in network byte order; Guid's own bytes have three fields reversed.
using System;
using System.Buffers.Binary;

namespace Stele.Native
{
    internal static class Uuid
    {
        public const int Size = 16;

        public static Guid Read(ReadOnlySpan<byte> from)
        {
            return new Guid(
                BinaryPrimitives.ReadInt32BigEndian(from),
                BinaryPrimitives.ReadInt16BigEndian(from.Slice(4)),
                BinaryPrimitives.ReadInt16BigEndian(from.Slice(6)),
                from[8], from[9], from[10], from[11], from[12], from[13], from[14], from[15]);
        }

        public static unsafe void Write(Guid id, Span<byte> to)
        {
            // A Guid in memory: int, short, short and eight bytes, in the machine's order.
            byte* fields = (byte*)&id;
            BinaryPrimitives.WriteInt32BigEndian(to, *(int*)fields);
            BinaryPrimitives.WriteInt16BigEndian(to.Slice(4), *(short*)(fields + 4));
            BinaryPrimitives.WriteInt16BigEndian(to.Slice(6), *(short*)(fields + 6));
            new ReadOnlySpan<byte>(fields + 8, 8).CopyTo(to.Slice(8));
        }

        public static byte[] Bytes(Guid id)
        {
            byte[] bytes = new byte[Size];
            Write(id, bytes);
            return bytes;
        }
    }
}
