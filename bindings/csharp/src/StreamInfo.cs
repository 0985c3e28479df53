// How the stream of an entity stands.
using System;
using Stele.Native;

namespace Stele
{
    /// <summary>How the stream of an entity stands.</summary>
    /// <threadsafety instance="true"/>
    public sealed class StreamInfo
    {
        internal unsafe StreamInfo(StreamInfoStruct* info)
        {
            Sequence = (long)info->Sequence;
            FirstPosition = (long)info->FirstPosition;
            LastPosition = (long)info->LastPosition;
            Hash = new ReadOnlySpan<byte>(info->Hash, RecordLayout.HashSize).ToArray();
        }

        /// <summary>Of the newest event: the entity's version.</summary>
        public long Sequence { get; }

        /// <summary>The position of the first event.</summary>
        public long FirstPosition { get; }

        /// <summary>The position of the newest event.</summary>
        public long LastPosition { get; }

        /// <summary>32 bytes of the newest event, which bind all before it of this entity.</summary>
        public ReadOnlyMemory<byte> Hash { get; }
    }
}
