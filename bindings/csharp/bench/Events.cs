// The events of the benchmarks: 256 bytes of data, one of four types, one of 1,000 entities, two tags.
namespace Stele.Bench
{
    internal static class Events
    {
        // Formatting names is no part of what is measured.
        private static readonly string[] Types = Names("type-", 4);
        private static readonly string[] Entities = Names("e-", 1000);
        private static readonly string[] Kinds = Names("kind:", 10);
        private static readonly string[] Customers = Names("customer:", 10000);
        private static readonly byte[] Data = MakeData();

        public static NewEvent Make(int number)
        {
            return new NewEvent(Types[number % Types.Length])
            {
                Entity = Entities[number % Entities.Length],
                Tags = new[] { Kinds[number % Kinds.Length], Customers[number % Customers.Length] },
                Data = Data,
            };
        }

        private static string[] Names(string prefix, int count)
        {
            string[] names = new string[count];
            for (int i = 0; i < count; ++i) names[i] = prefix + i;
            return names;
        }

        private static byte[] MakeData()
        {
            byte[] data = new byte[256];
            for (int i = 0; i < data.Length; ++i) data[i] = (byte)i;
            return data;
        }
    }
}
