// The fields of a line, taken from left to right.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Stele.Scenarios
{
    // The scenario makes no sense.
    internal sealed class NonsenseException : Exception
    {
        public NonsenseException(string message)
            : base(message)
        {
        }
    }

    internal sealed class Fields
    {
        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        private readonly string[] _fields;
        private int _next;

        public Fields(string line)
        {
            _fields = line.Split('\t');
        }

        public bool AtEnd
        {
            get { return _next == _fields.Length; }
        }

        public void ExpectEnd()
        {
            if (!AtEnd) throw new NonsenseException("fields that nobody takes: " + _fields[_next]);
        }

        // The next field as it stands: a name of the scenario's, or a word.
        public string Name()
        {
            if (AtEnd) throw new NonsenseException("a field is missing");
            return _fields[_next++];
        }

        // Takes the next field if it is this word.
        public bool Take(string word)
        {
            if (AtEnd || _fields[_next] != word) return false;
            ++_next;
            return true;
        }

        public byte[] Bytes()
        {
            string field = Name();
            if (field == "-") return new byte[0];
            if (field.StartsWith("x:", StringComparison.Ordinal)) return Hex(field, 2);
            int star = field.IndexOf("*x:", StringComparison.Ordinal);
            int copies;
            if (star > 0 &&
                int.TryParse(
                    field.Substring(0, star), NumberStyles.None, CultureInfo.InvariantCulture,
                    out copies))
            {
                return Repeat(Hex(field, star + 3), copies);
            }
            return Utf8.GetBytes(field);
        }

        public string Text()
        {
            return Utf8.GetString(Bytes());
        }

        public Guid Id()
        {
            byte[] bytes = Bytes();
            if (bytes.Length != 16) throw new NonsenseException("an id has 16 bytes");
            StringBuilder digits = new StringBuilder();
            foreach (byte part in bytes) digits.Append(part.ToString("x2", CultureInfo.InvariantCulture));
            return Guid.ParseExact(digits.ToString(), "N");
        }

        public long Number()
        {
            long number = Time();
            if (number < 0) throw new NonsenseException("a number that is negative: " + number);
            return number;
        }

        public long Time()
        {
            string field = Name();
            long number;
            if (long.TryParse(
                    field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            {
                return number;
            }
            throw new NonsenseException("not a number: " + field);
        }

        // One of several words, as what it stands for.
        public T Choice<T>(IDictionary<string, T> choices)
        {
            string field = Name();
            T chosen;
            if (choices.TryGetValue(field, out chosen)) return chosen;
            throw new NonsenseException("not a word for this place: " + field);
        }

        // OPTIONS of a read.
        public ReadOptions ReadOptions()
        {
            ReadOptions options = new ReadOptions();
            for (;;)
            {
                if (Take("start")) options.Start = Number();
                else if (Take("limit")) options.Limit = Number();
                else if (Take("backward")) options.Backward = true;
                else return options;
            }
        }

        // QUERY: all the fields that are left.
        public Query Query()
        {
            Query query = Stele.Query.All;
            while (!AtEnd)
            {
                string name = Name();
                switch (name)
                {
                    case "item": query = query.Or(); break;
                    case "type": query = query.Type(Text()); break;
                    case "tag": query = query.Tag(Text()); break;
                    case "entity": query = query.Entity(Text()); break;
                    case "prefix": query = query.EntityPrefix(Text()); break;
                    case "category": query = query.Category(Text()); break;
                    case "scope": query = query.Scope(Text()); break;
                    case "correlation": query = query.Correlation(Id()); break;
                    case "causation": query = query.Causation(Id()); break;
                    case "time": query = query.TimeMicroseconds(Time(), Time()); break;
                    case "positions": query = query.Positions(Number(), Number()); break;
                    default: throw new NonsenseException("no field of a query: " + name);
                }
            }
            return query;
        }

        // What is left of an event behind its type and data, and these.
        public NewEvent NewEvent()
        {
            NewEvent made = new NewEvent(Text());
            made.Data = Bytes();
            while (!AtEnd)
            {
                string name = Name();
                switch (name)
                {
                    case "entity": made.Entity = Text(); break;
                    case "scope": made.Scope = Text(); break;
                    case "time": made.TimeMicroseconds = Time(); break;
                    case "id": made.Id = Id(); break;
                    case "correlation": made.CorrelationId = Id(); break;
                    case "causation": made.CausationId = Id(); break;
                    case "tag": made.Tags.Add(Text()); break;
                    case "meta": made.Metadata.Add(Text(), Bytes()); break;
                    default: throw new NonsenseException("no field of an event: " + name);
                }
            }
            return made;
        }

        private static byte[] Hex(string field, int from)
        {
            byte[] bytes = new byte[(field.Length - from) / 2];
            for (int i = 0; i < bytes.Length; ++i)
            {
                if (!byte.TryParse(
                        field.Substring(from + 2 * i, 2), NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture, out bytes[i]))
                {
                    throw new NonsenseException("no hexadecimal digits: " + field);
                }
            }
            if ((field.Length - from) % 2 != 0) throw new NonsenseException("half a byte: " + field);
            return bytes;
        }

        private static byte[] Repeat(byte[] bytes, int copies)
        {
            byte[] all = new byte[bytes.Length * copies];
            for (int i = 0; i < copies; ++i) bytes.CopyTo(all, i * bytes.Length);
            return all;
        }
    }
}
