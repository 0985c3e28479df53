// Commands that list: reads, streams, walks and terms.
using System.Collections.Generic;

namespace Stele.Scenarios
{
    internal static class ReadCommands
    {
        private static readonly Dictionary<string, WalkKind> Walks = new Dictionary<string, WalkKind>
        {
            { "ancestors", WalkKind.Ancestors },
            { "causes", WalkKind.Causes },
            { "effects", WalkKind.Effects },
            { "correlation", WalkKind.Correlation },
        };

        private static readonly Dictionary<string, TermKind> Kinds = new Dictionary<string, TermKind>
        {
            { "type", TermKind.Type },
            { "tag", TermKind.Tag },
            { "entity", TermKind.Entity },
            { "category", TermKind.Category },
            { "scope", TermKind.Scope },
        };

        public static void AddTo(Player player)
        {
            Things things = player.Things;
            player.Add("read", fields => Output.Events(OpenRead(things, fields)));
            player.Add("positions", fields => Positions(OpenRead(things, fields)));
            player.Add("stream", fields =>
            {
                SteleDb db = things.Db(fields);
                string entity = fields.Text();
                return Output.Events(db.ReadStream(entity, fields.ReadOptions()).Open());
            });
            player.Add("stream-info", fields =>
            {
                StreamInfo info = things.Db(fields).GetStream(fields.Text());
                if (info == null) return Output.Of(false);
                return Output.Ok(
                    info.Sequence, info.FirstPosition, info.LastPosition, Output.Hex(info.Hash.Span));
            });
            player.Add("walk", fields =>
            {
                SteleDb db = things.Db(fields);
                long position = fields.Number();
                Cursor cursor;
                return db.Walk(position, fields.Choice(Walks)).TryOpen(out cursor)
                    ? Output.Events(cursor)
                    : new[] { Output.Of(false) };
            });
            player.Add("terms", fields =>
            {
                SteleDb db = things.Db(fields);
                TermKind kind = fields.Choice(Kinds);
                return Terms(db.Terms(kind, fields.AtEnd ? null : fields.Text()));
            });
        }

        private static Cursor OpenRead(Things things, Fields fields)
        {
            SteleDb db = things.Db(fields);
            ReadOptions options = fields.ReadOptions();
            return db.Read(fields.Query(), options).Open();
        }

        // Through views.
        private static IEnumerable<string> Positions(Cursor cursor)
        {
            List<object> positions = new List<object>();
            using (cursor)
            {
                while (cursor.Next()) positions.Add(cursor.View.Position);
            }
            return new[] { Output.Line("positions", positions.ToArray()), Output.Name(Status.End) };
        }

        private static IEnumerable<string> Terms(IEnumerable<Term> terms)
        {
            foreach (Term term in terms)
            {
                yield return Output.Line(
                    "term", term.Text, term.Count, term.FirstPosition, term.LastPosition);
            }
            yield return Output.Name(Status.End);
        }
    }
}
