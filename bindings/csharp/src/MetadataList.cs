// The metadata of events.
using System;
using System.Collections.ObjectModel;
using Stele.Native;

namespace Stele
{
    /// <summary>A key and a value that an event carries beside its data.</summary>
    public readonly struct MetadataPair
    {
        /// <summary>Makes a pair.</summary>
        /// <param name="key">1 to 65,535 bytes of UTF-8 without NUL; unique within an event.</param>
        /// <param name="value">0 to 65,535 bytes. They are not copied.</param>
        public MetadataPair(string key, ReadOnlyMemory<byte> value)
        {
            Key = key ?? throw new ArgumentNullException(nameof(key));
            Value = value;
        }

        /// <summary>The key.</summary>
        public string Key { get; }

        /// <summary>The value.</summary>
        public ReadOnlyMemory<byte> Value { get; }

        /// <summary>The value as text, of which it is the UTF-8.</summary>
        public string Text
        {
            get { return Utf8.Decode(Value.Span); }
        }
    }

    /// <summary>
    /// Metadata of an event to append, in an order that is kept:
    /// <c>Metadata = { { "user", "ada" }, { "trace", bytes } }</c>.
    /// </summary>
    /// <threadsafety instance="false"/>
    public sealed class MetadataList : Collection<MetadataPair>
    {
        /// <summary>Adds a pair.</summary>
        /// <param name="key">1 to 65,535 bytes of UTF-8 without NUL; unique within an event.</param>
        /// <param name="value">0 to 65,535 bytes. They are not copied.</param>
        public void Add(string key, ReadOnlyMemory<byte> value)
        {
            Add(new MetadataPair(key, value));
        }

        /// <summary>Adds a pair whose value is the UTF-8 of a text.</summary>
        /// <param name="key">1 to 65,535 bytes of UTF-8 without NUL; unique within an event.</param>
        /// <param name="text">0 to 65,535 bytes of UTF-8.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the text has half of a surrogate
        /// pair.</exception>
        public void Add(string key, string text)
        {
            if (text == null) throw new ArgumentNullException(nameof(text));
            Add(new MetadataPair(key, Utf8.Encode(text, "metadata: the value of " + key)));
        }

        /// <inheritdoc/>
        protected override void InsertItem(int index, MetadataPair item)
        {
            CheckKey(item);
            base.InsertItem(index, item);
        }

        /// <inheritdoc/>
        protected override void SetItem(int index, MetadataPair item)
        {
            CheckKey(item);
            base.SetItem(index, item);
        }

        private static void CheckKey(MetadataPair item)
        {
            if (item.Key == null) throw new ArgumentException("A pair has a key.", nameof(item));
        }
    }
}
