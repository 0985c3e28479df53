// What parts of keys are.
namespace Stele
{
    /// <summary>What a part of a key is. Parts of different kinds compare in this order, but that all
    /// numbers have one order, whatever they are.</summary>
    public enum KeyKind
    {
        /// <summary>No value; before all others.</summary>
        Null = 0x01,

        /// <summary>Integer: 0 or 1.</summary>
        Bool = 0x02,

        /// <summary>Integer.</summary>
        Integer = 0x10,

        /// <summary>Natural.</summary>
        Unsigned = 0x11,

        /// <summary>Real.</summary>
        Real = 0x12,

        /// <summary>Not supported yet.</summary>
        BigInteger = 0x13,

        /// <summary>Not supported yet.</summary>
        Decimal = 0x14,

        /// <summary>Data: UTF-8.</summary>
        Text = 0x20,

        /// <summary>Data.</summary>
        Bytes = 0x21,

        /// <summary>Integer: days since 1970-01-01, of 32 bits.</summary>
        Date = 0x30,

        /// <summary>Integer: microseconds since midnight, to 86,400,000,000.</summary>
        Time = 0x31,

        /// <summary>Integer: microseconds since 1970-01-01T00:00 there.</summary>
        Timestamp = 0x32,

        /// <summary>Integer: microseconds since 1970-01-01T00:00:00Z.</summary>
        Timestamptz = 0x33,

        /// <summary>Not supported yet.</summary>
        Interval = 0x34,

        /// <summary>Data: 16 bytes.</summary>
        Uuid = 0x40,

        /// <summary>Not supported yet.</summary>
        Inet = 0x41,

        /// <summary>Not supported yet.</summary>
        Macaddr = 0x42,

        /// <summary>Not supported yet.</summary>
        Json = 0x50,

        /// <summary>Not supported yet.</summary>
        Array = 0x60,

        /// <summary>Not supported yet.</summary>
        Tuple = 0x61,

        /// <summary>Not supported yet.</summary>
        Range = 0x62,

        /// <summary>Not supported yet.</summary>
        Enum = 0x63,

        /// <summary>Not supported yet.</summary>
        Composite = 0x64,

        /// <summary>Not supported yet.</summary>
        Domain = 0x65,

        /// <summary>Not supported yet.</summary>
        Vector = 0x70,

        /// <summary>Not supported yet.</summary>
        Custom = 0x71,

        /// <summary>No value; behind all others.</summary>
        NullLast = 0x7e,
    }
}
