// Values, sizes and offsets, compared with those of the C header.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Stele.Native;
using Xunit;

namespace Stele.Tests
{
    public class ConstantsTests
    {
        private const string Table = "constants.tsv";

        private static readonly Dictionary<string, Type> Enums = new Dictionary<string, Type>
        {
            { "stele_status", typeof(Status) },
            { "stele_open_mode", typeof(OpenMode) },
            { "stele_durability", typeof(Durability) },
            { "stele_walk_kind", typeof(WalkKind) },
            { "stele_term_kind", typeof(TermKind) },
            { "stele_lost", typeof(Lost) },
            { "stele_key_kind", typeof(KeyKind) },
            { "stele_history", typeof(History) },
            { "stele_as_of_kind", typeof(AsOfKind) },
            { "stele_isolation", typeof(Isolation) },
        };

        // Structs that are made and read in C, by bindings/swig.
        private static readonly HashSet<string> Elsewhere = new HashSet<string>
        {
            "stele_text", "stele_bytes", "stele_metadata", "stele_new_event", "stele_event", "stele_term",
            "stele_read_options", "stele_subscribe_options", "stele_subscription_info",
            "stele_table_options", "stele_as_of", "stele_row", "stele_scan_options",
            "stele_txn_options", "stele_row_version", "stele_row_history_options",
        };

        private static readonly Dictionary<string, long> Numbers = new Dictionary<string, long>
        {
            { "STELE_VERSION_MAJOR", (long)Library.Major },
            { "STELE_VERSION_MINOR", (long)Library.Minor },
            { "STELE_VERSION_PATCH", (long)Library.Patch },
            { "STELE_VERSION_NUMBER", (long)NativeCalls.version_number() },
            { "STELE_NO_GUARD", ErrorStruct.NoGuard },
            { "STELE_FOREVER", Argument.Timeout(System.Threading.Timeout.InfiniteTimeSpan, "") },
            { "STELE_TERM_MAX", SteleLimits.TermMax },
            { "STELE_TAGS_MAX", SteleLimits.TagsMax },
            { "STELE_METADATA_MAX", SteleLimits.MetadataMax },
            { "STELE_DATA_MAX", SteleLimits.DataMax },
            { "STELE_BATCH_MAX", SteleLimits.BatchMax },
            { "STELE_SOURCE_MAX", SteleLimits.SourceMax },
            { "STELE_KEY_MAX", SteleLimits.KeyMax },
            { "STELE_TOKEN_SIZE", SteleLimits.TokenSize },
            { "STELE_RECEIPT_MAX", SteleLimits.ReceiptMax },
            { "STELE_READ_BACKWARD", ReadOptions.BackwardFlag },
            { "STELE_READ_FROM", ReadOptions.FromFlag },
            { "STELE_SUBSCRIBE_NEW", SteleDb.NewFlag },
            { "STELE_PROJECTION_REBUILD", SteleDb.RebuildFlag },
            { "STELE_TABLE_KEY_MAX", SteleLimits.TableKeyMax },
            { "STELE_ROW_MAX", SteleLimits.RowMax },
            { "STELE_SCAN_BACKWARD", ScanOptions.BackwardFlag },
            { "STELE_ROW_MISSING", RowLayout.Missing },
            { "STELE_ROW_DELETED", VersionLayout.Deleted },
            { "STELE_ROW_HISTORY_OLDEST_FIRST", HistoryOptions.OldestFirstFlag },
            { "STELE_KEY_DESCENDING", Keys.DescendingFlag },
        };

        [Fact]
        public void They_are_those_of_the_header()
        {
            string path = Path.Combine(AppDomain.CurrentDomain.BaseDirectory, Table);
            if (!File.Exists(path)) return;  // The tree has none.
            int compared = 0;
            List<string> wrong = new List<string>();
            foreach (string line in File.ReadAllLines(path))
            {
                string[] fields = line.Split('\t');
                string fault = Compare(fields);
                if (fault != null) wrong.Add(line.Replace('\t', ' ') + ": " + fault);
                ++compared;
            }
            Assert.Empty(wrong);
            Assert.True(compared > 200);
        }

        [Fact]
        public void A_struct_is_as_large_as_the_library_says()
        {
            Assert.Equal(NativeCalls.reply_size(), (ulong)Marshal.SizeOf(typeof(Reply)));
        }

        // Null: it is right.
        private static string Compare(string[] fields)
        {
            switch (fields[0])
            {
                case "enum": return CompareEnum(fields[1], fields[2], Number(fields[3]));
                case "number": return CompareNumber(fields[1], fields[2]);
                case "sizeof": return CompareSize(fields[1], Number(fields[2]));
                case "offsetof": return CompareOffset(fields[1], fields[2], Number(fields[3]));
                default: return "an unknown kind of line";
            }
        }

        private static string CompareEnum(string name, string enumerator, long value)
        {
            Type type;
            if (!Enums.TryGetValue(name, out type)) return CompareNumber(enumerator, value.ToString());
            // STELE_OPEN_READ_ONLY is OpenMode.ReadOnly: a name has its enum's first word, or none.
            string pascal = Pascal(enumerator.Substring("STELE_".Length).ToLowerInvariant());
            string found = Enum.GetName(type, (int)value);
            if (found == null) return "no value of " + type.Name;
            return pascal.EndsWith(found, StringComparison.Ordinal) ? null : "it is " + found;
        }

        private static string CompareNumber(string name, string value)
        {
            // As options, these are null.
            if (value == ulong.MaxValue.ToString(CultureInfo.InvariantCulture)) return null;
            long mine;
            if (!Numbers.TryGetValue(name, out mine)) return "it is unknown";
            return mine == Number(value) ? null : "it is " + mine;
        }

        private static string CompareSize(string name, long size)
        {
            if (Elsewhere.Contains(name)) return null;
            Type type = StructOf(name);
            if (type == null) return "it is unknown";
            return Marshal.SizeOf(type) == size ? null : "it is " + Marshal.SizeOf(type);
        }

        private static string CompareOffset(string name, string field, long offset)
        {
            if (Elsewhere.Contains(name)) return null;
            Type type = StructOf(name);
            if (type == null || type.GetField(Pascal(field)) == null) return "it is unknown";
            long mine = Marshal.OffsetOf(type, Pascal(field)).ToInt64();
            return mine == offset ? null : "it is " + mine;
        }

        // stele_read_options is ReadOptionsStruct.
        private static Type StructOf(string name)
        {
            return typeof(Reply).Assembly.GetType(
                "Stele.Native." + Pascal(name.Substring("stele_".Length)) + "Struct");
        }

        private static string Pascal(string name)
        {
            return string.Concat(name.Split('_').Select(
                word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
        }

        private static long Number(string text)
        {
            return long.Parse(text, CultureInfo.InvariantCulture);
        }
    }
}
