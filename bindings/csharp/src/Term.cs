// The names that events have.
using System;
using System.Collections;
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    /// <summary>Of what a term is a name.</summary>
    public enum TermKind
    {
        /// <summary>A type.</summary>
        Type = 1,

        /// <summary>A tag.</summary>
        Tag = 2,

        /// <summary>An entity.</summary>
        Entity = 3,

        /// <summary>A category of types with a '.'; see <see cref="Query.Category"/>.</summary>
        Category = 4,

        /// <summary>A scope.</summary>
        Scope = 5,
    }

    /// <summary>A name that events have, and how many.</summary>
    /// <threadsafety instance="true"/>
    public sealed class Term
    {
        internal Term(string text, long count, long firstPosition, long lastPosition)
        {
            Text = text;
            Count = count;
            FirstPosition = firstPosition;
            LastPosition = lastPosition;
        }

        /// <summary>The name.</summary>
        public string Text { get; }

        /// <summary>How many events have it.</summary>
        public long Count { get; }

        /// <summary>The position of the first of them.</summary>
        public long FirstPosition { get; }

        /// <summary>The position of the last of them.</summary>
        public long LastPosition { get; }

        /// <summary>Returns the name.</summary>
        public override string ToString()
        {
            return Text;
        }
    }

    internal sealed class TermSequence : IEnumerable<Term>
    {
        private readonly Func<NativeTerms> _begin;

        public TermSequence(Func<NativeTerms> begin)
        {
            _begin = begin;
        }

        public IEnumerator<Term> GetEnumerator()
        {
            using (NativeTerms terms = _begin())
            {
                byte[] buffer = new byte[SteleLimits.TermMax];
                for (Term term = Next(terms, buffer); term != null; term = Next(terms, buffer))
                {
                    yield return term;
                }
            }
        }

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        // Null: there is none.
        private static unsafe Term Next(NativeTerms terms, byte[] buffer)
        {
            Reply reply;
            fixed (byte* text = buffer)
            {
                Status status = Call.Outcome(
                    terms.next(text, (ulong)buffer.Length, (byte*)&reply), &reply);
                if (status == Status.End) return null;
                return new Term(
                    Utf8.Decode(text, (int)reply.Values[0]), (long)reply.Values[1],
                    (long)reply.Values[2], (long)reply.Values[3]);
            }
        }
    }
}
