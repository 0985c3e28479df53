// How a table is made, and what there is to say of one.
using Stele.Native;

namespace Stele
{
    /// <summary>What a table keeps of rows that were replaced or deleted.</summary>
    public enum History
    {
        /// <summary>Nothing but what scans that are open can see.</summary>
        None = 0,

        /// <summary>Everything, for ever.</summary>
        All = 1,

        /// <summary>What was there behind the last commits, <see cref="TableOptions.Amount"/> of them.</summary>
        Commits = 2,

        /// <summary>What was there in the last <see cref="TableOptions.Amount"/> microseconds.</summary>
        Time = 3,
    }

    /// <summary>How a table is made.</summary>
    /// <threadsafety instance="false"/>
    public sealed class TableOptions
    {
        /// <summary>What it keeps of rows that were replaced or deleted: nothing, unless it is set.</summary>
        public History History { get; set; }

        /// <summary>Of <see cref="History.Commits"/> and <see cref="History.Time"/>, above 0. Else
        /// 0.</summary>
        public long Amount { get; set; }
    }

    /// <summary>What there is to say of a table.</summary>
    /// <threadsafety instance="true"/>
    public sealed class TableInfo
    {
        internal unsafe TableInfo(TableInfoStruct* info)
        {
            Name = new TableName(Text(info->Schema), Text(info->Name));
            Id = info->Id;
            History = (History)info->History;
            Amount = (long)info->HistoryAmount;
            CreatedTsn = (long)info->CreatedTsn;
            Projection = Text(info->Projection);
        }

        /// <summary>What it is called.</summary>
        public TableName Name { get; }

        /// <summary>Its number, never given again, also when the table is dropped.</summary>
        public long Id { get; }

        /// <summary>What it keeps of rows that were replaced or deleted.</summary>
        public History History { get; }

        /// <summary>How many commits, or microseconds, of history it keeps: of
        /// <see cref="History.Commits"/> and <see cref="History.Time"/>; else 0.</summary>
        public long Amount { get; }

        /// <summary>The commit that created it.</summary>
        public long CreatedTsn { get; }

        /// <summary>Whose table it is; empty: no projection's.</summary>
        public string Projection { get; }

        /// <summary>Returns its name.</summary>
        public override string ToString()
        {
            return Name.ToString();
        }

        internal static unsafe string Text(byte* text)
        {
            int size = 0;
            while (size < TableInfoStruct.TextSize && text[size] != 0) ++size;
            return Utf8.Decode(text, size);
        }
    }
}
