// The lines that commands print.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;

namespace Stele.Scenarios
{
    internal sealed class Output
    {
        private const int FirstBytes = 32;

        private readonly TextWriter _writer;

        public Output(TextWriter writer)
        {
            _writer = writer;
        }

        public void Print(string line)
        {
            _writer.WriteLine(line);
        }

        // The line of a success with these values.
        public static string Ok(params object[] values)
        {
            return Line("OK", values);
        }

        public static string Line(string name, params object[] values)
        {
            StringBuilder line = new StringBuilder(name);
            foreach (object value in values)
            {
                line.Append('\t').Append(Convert.ToString(value, CultureInfo.InvariantCulture));
            }
            return line.ToString();
        }

        // "KEY_REUSED" of KeyReused.
        public static string Name(Status status)
        {
            StringBuilder name = new StringBuilder();
            foreach (char letter in status.ToString())
            {
                if (char.IsUpper(letter) && name.Length > 0) name.Append('_');
                name.Append(char.ToUpperInvariant(letter));
            }
            return name.ToString();
        }

        public static string Of(bool found)
        {
            return found ? "OK" : Name(Status.NotFound);
        }

        public static string Of(SteleException fault)
        {
            string name = Name(fault.Status);
            switch (fault.Status)
            {
                case Status.Conflict:
                    return Line(name, fault.Guard, fault.Position, fault.Sequence, fault.Message);
                case Status.Exists:
                case Status.KeyReused:
                    return Line(name, fault.Position, fault.Message);
                case Status.NotFound:
                case Status.End:
                case Status.Timeout:
                case Status.NotYet:
                case Status.Closed:
                case Status.TooLarge:
                    return name;
                default:
                    return Line(name, fault.Message);
            }
        }

        public static string Of(CommitOutcome outcome)
        {
            switch (outcome.Kind)
            {
                case CommitKind.Committed:
                    return Ok(
                        outcome.Tsn, outcome.FirstPosition, outcome.LastPosition, outcome.EventCount,
                        outcome.RecordedMicroseconds, outcome.Repeated ? 1 : 0);
                case CommitKind.Conflict:
                    return Line(
                        "CONFLICT", outcome.Guard, outcome.Position, outcome.Sequence, outcome.Message);
                case CommitKind.NotFound:
                    return Of(false);
                default:
                    return Line(Name((Status)outcome.Kind), outcome.Position, outcome.Message);
            }
        }

        // The lines of a reading that has begun.
        public static IEnumerable<string> Events(Cursor cursor)
        {
            foreach (Event read in cursor) yield return Line("event", Values(read));
            yield return Name(Status.End);
        }

        // The fields of an event.
        public static object[] Values(Event read)
        {
            List<object> values = new List<object>
            {
                read.Position, read.Tsn, read.RecordedMicroseconds, read.TimeMicroseconds, read.Sequence,
                Id(read.Id), Id(read.CorrelationId), Id(read.CausationId), Hex(read.Hash.Span), read.KeyId,
                read.Type, read.Entity ?? "-", read.Scope ?? "-", read.Tags.Count,
            };
            values.AddRange(read.Tags);
            values.Add(read.Metadata.Count);
            foreach (MetadataPair pair in read.Metadata)
            {
                values.Add(pair.Key);
                values.Add("x:" + Hex(pair.Value.Span));
            }
            AddData(values, read.Data.Span);
            return values.ToArray();
        }

        // Adds the size, the hash and the first bytes of data.
        public static void AddData(List<object> values, ReadOnlySpan<byte> data)
        {
            values.Add(data.Length);
            values.Add(Fnv(data).ToString("x16", CultureInfo.InvariantCulture));
            values.Add("x:" + Hex(data.Slice(0, Math.Min(data.Length, FirstBytes))));
        }

        public static string Id(Guid? id)
        {
            return id.HasValue ? id.Value.ToString("N") : "-";
        }

        public static string Hex(ReadOnlySpan<byte> bytes)
        {
            StringBuilder digits = new StringBuilder(2 * bytes.Length);
            foreach (byte part in bytes) digits.Append(part.ToString("x2", CultureInfo.InvariantCulture));
            return digits.ToString();
        }

        private static ulong Fnv(ReadOnlySpan<byte> bytes)
        {
            ulong hash = 0xcbf29ce484222325;
            foreach (byte part in bytes) hash = unchecked((hash ^ part) * 0x100000001b3);
            return hash;
        }
    }
}
