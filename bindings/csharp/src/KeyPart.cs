// A part of an order-preserving key.
using System;
using Stele.Native;

namespace Stele
{
    /// <summary>A part of a key. The kind says which property has the value; the others are zero or empty.
    /// </summary>
    public struct KeyPart
    {
        private KeyPart(
            KeyKind kind, bool descending, long integer, ulong natural, double real,
            ReadOnlyMemory<byte> data)
        {
            Kind = kind;
            Descending = descending;
            Integer = integer;
            Natural = natural;
            Real = real;
            Data = data;
        }

        internal unsafe KeyPart(KeyPartStruct* part, ReadOnlySpan<byte> data)
            : this(
                (KeyKind)part->Kind, (part->Flags & Keys.DescendingFlag) != 0, part->Integer,
                part->Natural, part->Real, data.ToArray())
        {
        }

        /// <summary>What it is.</summary>
        public KeyKind Kind { get; }

        /// <summary>It has the opposite order.</summary>
        public bool Descending { get; }

        /// <summary>A whole number, days or microseconds; 0 or 1 of <see cref="KeyKind.Bool"/>.</summary>
        public long Integer { get; }

        /// <summary>Of <see cref="KeyKind.Unsigned"/>.</summary>
        public ulong Natural { get; }

        /// <summary>Of <see cref="KeyKind.Real"/>.</summary>
        public double Real { get; }

        /// <summary>Of <see cref="KeyKind.Text"/> (UTF-8), <see cref="KeyKind.Bytes"/> and
        /// <see cref="KeyKind.Uuid"/>.</summary>
        public ReadOnlyMemory<byte> Data { get; }

        /// <summary>A NULL, before all others.</summary>
        public static KeyPart Null
        {
            get { return At(KeyKind.Null, 0); }
        }

        /// <summary>A NULL, behind all others.</summary>
        public static KeyPart NullLast
        {
            get { return At(KeyKind.NullLast, 0); }
        }

        /// <summary>A truth value.</summary>
        /// <param name="value">False comes before true.</param>
        public static KeyPart Of(bool value)
        {
            return At(KeyKind.Bool, value ? 1 : 0);
        }

        /// <summary>A whole number.</summary>
        /// <param name="value">The number.</param>
        public static KeyPart Of(long value)
        {
            return At(KeyKind.Integer, value);
        }

        /// <summary>A whole number without a sign.</summary>
        /// <param name="value">The number.</param>
        public static KeyPart Of(ulong value)
        {
            return new KeyPart(KeyKind.Unsigned, false, 0, value, 0, default(ReadOnlyMemory<byte>));
        }

        /// <summary>A number; one that is whole is the same part as that.</summary>
        /// <param name="value">The number.</param>
        public static KeyPart Of(double value)
        {
            return new KeyPart(KeyKind.Real, false, 0, 0, value, default(ReadOnlyMemory<byte>));
        }

        /// <summary>Text, in the order of its code points.</summary>
        /// <param name="text">The text.</param>
        public static KeyPart Of(string text)
        {
            return new KeyPart(KeyKind.Text, false, 0, 0, 0, Argument.Text(text, nameof(text), "a key"));
        }

        /// <summary>Bytes.</summary>
        /// <param name="bytes">The bytes, which are not copied.</param>
        public static KeyPart Of(ReadOnlyMemory<byte> bytes)
        {
            return new KeyPart(KeyKind.Bytes, false, 0, 0, 0, bytes);
        }

        /// <summary>A UUID.</summary>
        /// <param name="id">The UUID.</param>
        public static KeyPart Of(Guid id)
        {
            return new KeyPart(KeyKind.Uuid, false, 0, 0, 0, Native.Uuid.Bytes(id));
        }

        /// <summary>A day, time or timestamp.</summary>
        /// <param name="kind">Date, Time, Timestamp or Timestamptz.</param>
        /// <param name="value">Days, or microseconds.</param>
        public static KeyPart At(KeyKind kind, long value)
        {
            return new KeyPart(kind, false, value, 0, 0, default(ReadOnlyMemory<byte>));
        }

        /// <summary>Returns the same part with the opposite order.</summary>
        public KeyPart Reversed()
        {
            return new KeyPart(Kind, true, Integer, Natural, Real, Data);
        }
    }
}
