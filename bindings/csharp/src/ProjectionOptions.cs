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

        internal unsafe ProjectionInfo(ProjectionStateStruct* state)
        {
            Applied = (long)state->Applied;
            Head = (long)state->Head;
            Lag = Micros.ToSpan((long)state->LagUs);
        }

        /// <summary>The last event that is in its tables, whichever instance has put it there.</summary>
        public long Applied { get; }

        /// <summary>The last durable event.</summary>
        public long Head { get; }

        /// <summary>For how long the first event that is not in its tables has been there.</summary>
        public TimeSpan Lag { get; }
    }

    /// <summary>A projection, or a rebuild of one, as its tables tell of it.</summary>
    public sealed class ProjectionState
    {
        internal unsafe ProjectionState(ProjectionStateStruct* state)
        {
            Name = TableInfo.Text(state->Name);
            Tables = (int)state->Tables;
            Progress = new ProjectionInfo(state);
        }

        /// <summary>Its name; of a rebuild under way NAME~1 or so.</summary>
        public string Name { get; }

        /// <summary>How many tables it has.</summary>
        public int Tables { get; }

        /// <summary>How far it is behind.</summary>
        public ProjectionInfo Progress { get; }

        /// <summary>Returns its name.</summary>
        public override string ToString()
        {
            return Name;
        }
    }
}
