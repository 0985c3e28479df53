// How a projection is opened, and how far it is behind.
using System;
using Stele.Native;

namespace Stele
{
    /// <summary>How a projection is opened.</summary>
    /// <threadsafety instance="false"/>
    public sealed class ProjectionOptions
    {
        /// <summary>
        /// Builds new tables beside the old ones, from the first event on, or goes on with that;
        /// <see cref="Projection.SwitchOver"/> ends it.
        /// </summary>
        public bool Rebuild { get; set; }
    }

    /// <summary>How far a projection is behind: in events, that is Head - Applied.</summary>
    public readonly struct ProjectionInfo
    {
        internal unsafe ProjectionInfo(ProjectionInfoStruct* info)
        {
            Applied = (long)info->Applied;
            Head = (long)info->Head;
            Lag = Micros.ToSpan((long)info->LagUs);
        }

        /// <summary>The last event that is in its tables, whichever instance has put it there.</summary>
        public long Applied { get; }

        /// <summary>The last durable event.</summary>
        public long Head { get; }

        /// <summary>For how long the first event that is not in its tables has been there.</summary>
        public TimeSpan Lag { get; }
    }
}
