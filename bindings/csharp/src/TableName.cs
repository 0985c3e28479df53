// What a table is found by.
using System;

namespace Stele
{
    /// <summary>
    /// What a table is found by: a schema and a name within it, both 1 to 255 bytes of UTF-8 without NUL. A
    /// schema is there while it has tables. A string alone is a name in the schema <see cref="Root"/>.
    /// </summary>
    public readonly struct TableName : IEquatable<TableName>
    {
        /// <summary>The schema of names that are given alone.</summary>
        public const string Root = "root";

        private readonly string _schema;

        /// <summary>Makes a name.</summary>
        /// <param name="schema">Null: <see cref="Root"/>.</param>
        /// <param name="name">The name within it.</param>
        public TableName(string schema, string name)
        {
            _schema = schema;
            Name = name;
        }

        /// <summary>The schema.</summary>
        public string Schema
        {
            get { return _schema ?? Root; }
        }

        /// <summary>The name within it.</summary>
        public string Name { get; }

        /// <summary>Makes a name in the schema <see cref="Root"/>.</summary>
        /// <param name="name">The name.</param>
        public static implicit operator TableName(string name)
        {
            return new TableName(null, name);
        }

        /// <summary>Whether two names are the same.</summary>
        /// <param name="left">One of them.</param>
        /// <param name="right">The other one.</param>
        public static bool operator ==(TableName left, TableName right)
        {
            return left.Equals(right);
        }

        /// <summary>Whether two names are different.</summary>
        /// <param name="left">One of them.</param>
        /// <param name="right">The other one.</param>
        public static bool operator !=(TableName left, TableName right)
        {
            return !left.Equals(right);
        }

        /// <summary>Whether this is the same name.</summary>
        /// <param name="other">Another one.</param>
        public bool Equals(TableName other)
        {
            return Schema == other.Schema && Name == other.Name;
        }

        /// <summary>Whether this is the same name.</summary>
        /// <param name="obj">Another one.</param>
        public override bool Equals(object obj)
        {
            return obj is TableName && Equals((TableName)obj);
        }

        /// <summary>Returns a hash.</summary>
        public override int GetHashCode()
        {
            return unchecked(31 * Schema.GetHashCode() + (Name == null ? 0 : Name.GetHashCode()));
        }

        /// <summary>Returns both parts, for people.</summary>
        public override string ToString()
        {
            return Schema + "." + Name;
        }
    }
}
