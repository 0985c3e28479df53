// What the binding costs, in the lines that all languages print.
//   bench read-views N DIR        events a second: sum of positions and data bytes, through views
//   bench read-records N DIR      events a second: whole events with strings and lists of tags
//   bench append-batched N DIR    events a second: batches of 100, durability os
//   bench append-single N DIR     events a second: one commit each, durability os
//   bench empty-call N            nanoseconds a call that does next to nothing
// Reading takes the database of N events that there is in DIR, and makes it if there is none; for
// appending, DIR must not be there.
// Everything is done once before it is measured, so that the code is compiled.
using System;
using System.Diagnostics;
using System.Globalization;

namespace Stele.Bench
{
    internal static class Program
    {
        private static int Main(string[] arguments)
        {
            int count;
            bool hasCount = arguments.Length >= 2 &&
                int.TryParse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out count);
            if (!hasCount || arguments.Length != (arguments[0] == "empty-call" ? 2 : 3))
            {
                Console.Error.WriteLine(
                    "usage: bench read-views|read-records|append-batched|append-single N DIR\n" +
                    "       bench empty-call N");
                return 2;
            }
            int number = int.Parse(arguments[1], CultureInfo.InvariantCulture);
            switch (arguments[0])
            {
                case "read-views":
                    Print("read-views", Rate(number, Reading.Measure(number, arguments[2], Reading.Views)));
                    return 0;
                case "read-records":
                    Print(
                        "read-records", Rate(number, Reading.Measure(number, arguments[2], Reading.Records)));
                    return 0;
                case "append-batched":
                    Print("append-batched", Rate(number, Appending.Batched(number, arguments[2])));
                    return 0;
                case "append-single":
                    Print("append-single", Rate(number, Appending.Single(number, arguments[2])));
                    return 0;
                case "empty-call":
                    Print("empty-call", EmptyCalls(number) * 1e9 / number);
                    return 0;
                default:
                    Console.Error.WriteLine("no such benchmark: " + arguments[0]);
                    return 2;
            }
        }

        private static double EmptyCalls(int count)
        {
            CountHandles(count / 10 + 1);
            CountHandles(count / 10 + 1);
            Stopwatch watch = Stopwatch.StartNew();
            CountHandles(count);
            return watch.Elapsed.TotalSeconds;
        }

        private static void CountHandles(int count)
        {
            long handles = 0;
            for (int i = 0; i < count; ++i) handles += SteleDb.LiveHandles;
            if (handles != 0) throw new InvalidOperationException("handles are open");
        }

        private static double Rate(int count, double seconds)
        {
            return count / seconds;
        }

        private static void Print(string name, double figure)
        {
            Console.WriteLine(name + "\t" + figure.ToString("F1", CultureInfo.InvariantCulture));
        }
    }
}
