// Keys compare as their parts, and give them back.
using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Stele.Tests
{
    public class KeyTests
    {
        private static readonly KeyPart[] Ascending =
        {
            KeyPart.Null, KeyPart.Of(false), KeyPart.Of(true), KeyPart.Of(-1000.5), KeyPart.Of(-1),
            KeyPart.Of(0.5), KeyPart.Of((1L << 53) + 1), KeyPart.Of(ulong.MaxValue), KeyPart.Of(double.NaN),
            KeyPart.Of(""), KeyPart.Of("a\0"), KeyPart.Of("\u00fc"), KeyPart.Of(new byte[] { 0xff }),
            KeyPart.At(KeyKind.Date, 3), KeyPart.At(KeyKind.Timestamptz, -3), KeyPart.Of(Guid.Empty),
            KeyPart.NullLast,
        };

        [Fact]
        public void Keys_compare_as_their_parts()
        {
            for (int i = 1; i < Ascending.Length; ++i)
            {
                Assert.True(Compare(Keys.Encode(Ascending[i - 1]), Keys.Encode(Ascending[i])) < 0);
                Assert.True(
                    Compare(Keys.Encode(Ascending[i - 1].Reversed()), Keys.Encode(Ascending[i].Reversed())) > 0);
            }
            Assert.True(Keys.Encode(KeyPart.Of(1)).SequenceEqual(Keys.Encode(KeyPart.Of(1.0))));
        }

        [Fact]
        public void Parts_come_back()
        {
            KeyPart[] given = Ascending.Select((part, i) => i % 2 == 0 ? part.Reversed() : part).ToArray();
            IReadOnlyList<KeyPart> back = Keys.Decode(Keys.Encode(given));
            Assert.Equal(given.Length, back.Count);
            for (int i = 0; i < given.Length; ++i)
            {
                Assert.Equal(given[i].Kind, back[i].Kind);
                Assert.Equal(given[i].Descending, back[i].Descending);
                Assert.Equal(given[i].Integer, back[i].Integer);
                Assert.Equal(given[i].Natural, back[i].Natural);
                Assert.True(given[i].Real.Equals(back[i].Real));
                Assert.True(given[i].Data.ToArray().SequenceEqual(back[i].Data.ToArray()));
            }
            Assert.Empty(Keys.Decode(Keys.Encode()));
        }

        [Fact]
        public void What_is_no_key_is_refused()
        {
            Make.Fails(Status.Unsupported, () => Keys.Encode(KeyPart.At(KeyKind.Json, 0)));
            Make.Fails(Status.Invalid, () => Keys.Encode(KeyPart.At(KeyKind.Time, -1)));
            Make.Fails(Status.TooLarge, () => Keys.Encode(KeyPart.Of(new byte[2000])));
            Make.Fails(Status.Corrupt, () => Keys.Decode(new byte[] { 0x20, 0x61 }));
            Make.Fails(Status.Corrupt, () => Keys.Decode(new byte[5000]));
        }

        [Fact]
        public void A_range_has_an_end()
        {
            byte[] end = Keys.PrefixEnd(new byte[] { 0x20, 0x61, 0xff });
            Assert.True(end.SequenceEqual(new byte[] { 0x20, 0x62 }));
            Assert.Null(Keys.PrefixEnd(new byte[0]));
        }

        private static int Compare(byte[] left, byte[] right)
        {
            return left.AsSpan().SequenceCompareTo(right);
        }
    }
}
