// Times: DateTimeOffset at the surface, microseconds below, and no loss between them.
using System;
using Xunit;

namespace Stele.Tests
{
    public class TimeTests
    {
        [Theory]
        [InlineData(long.MinValue)]
        [InlineData(-62135596800000001)]  // A microsecond before the year 1.
        [InlineData(-62135596800000000)]
        [InlineData(-1)]
        [InlineData(0)]
        [InlineData(1700000000123456)]
        [InlineData(253402300799999999)]  // The last microsecond of the year 9999.
        [InlineData(253402300800000000)]
        [InlineData(long.MaxValue)]
        public void Every_number_of_microseconds_is_kept(long micros)
        {
            using (SteleDb db = Make.Db())
            {
                db.Append(new NewEvent("A") { TimeMicroseconds = micros });
                Assert.Equal(micros, db.Get(1).TimeMicroseconds);
                DateTimeOffset time = db.Get(1).Time;
                Assert.Equal(TimeSpan.Zero, time.Offset);
                if (micros < -62135596800000000) Assert.Equal(DateTimeOffset.MinValue, time);
                else if (micros > 253402300799999999) Assert.Equal(DateTimeOffset.MaxValue, time);
                else Assert.Equal(micros, new NewEvent("A") { Time = time }.TimeMicroseconds);
            }
        }

        [Fact]
        public void Less_than_a_microsecond_is_cut_off_towards_the_past()
        {
            DateTimeOffset epoch = new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);
            Assert.Equal(0, Of(epoch.AddTicks(9)));
            Assert.Equal(1, Of(epoch.AddTicks(10)));
            Assert.Equal(-1, Of(epoch.AddTicks(-1)));
            Assert.Equal(-1, Of(epoch.AddTicks(-10)));
            Assert.Equal(-2, Of(epoch.AddTicks(-11)));
        }

        [Fact]
        public void The_offset_is_taken_into_account()
        {
            DateTimeOffset here = new DateTimeOffset(2024, 1, 1, 2, 0, 0, TimeSpan.FromHours(2));
            Assert.Equal(Of(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)), Of(here));
        }

        [Fact]
        public void Without_a_time_there_is_that_of_the_commit()
        {
            using (SteleDb db = Make.Db())
            {
                NewEvent dated = new NewEvent("A") { Time = Make.Start };
                dated.Time = null;
                Assert.Null(dated.Time);
                db.SetTestClock(12345);
                db.Append(dated);
                Assert.Equal(12345, db.Get(1).TimeMicroseconds);
                Assert.Equal(12345, db.Get(1).RecordedMicroseconds);
            }
        }

        private static long Of(DateTimeOffset time)
        {
            return new NewEvent("A") { Time = time }.TimeMicroseconds.Value;
        }
    }
}
