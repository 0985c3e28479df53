// Where the fields of an event record lie; docs/format.md, "Event", describes them.
namespace Stele.Native
{
    internal static class RecordLayout
    {
        public const int Size = 0;
        public const int Payload = 4;
        public const int Position = 8;
        public const int Tsn = 16;
        public const int Recorded = 24;
        public const int Sequence = 32;
        public const int Hash = 40;
        public const int HashSize = 32;
        public const int Version = 72;
        public const int Flags = 73;
        public const int TypeSize = 74;
        public const int EntitySize = 76;
        public const int ScopeSize = 78;
        public const int TagCount = 80;
        public const int MetadataCount = 82;
        public const int DataSize = 84;
        public const int MetadataSize = 88;
        public const int KeyId = 92;
        public const int Time = 96;
        public const int Id = 104;
        public const int FixedSize = 120;

        public const byte CurrentVersion = 1;
        public const byte HasCorrelation = 1;
        public const byte HasCausation = 2;
        public const byte TimeIsRecorded = 4;
    }
}
