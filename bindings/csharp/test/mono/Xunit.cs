// As much of xunit as the tests use, so that they are compiled and run where there are no packages.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace Xunit
{
    [AttributeUsage(AttributeTargets.Method)]
    internal class FactAttribute : Attribute
    {
    }

    internal sealed class TheoryAttribute : FactAttribute
    {
    }

    [AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
    internal sealed class InlineDataAttribute : Attribute
    {
        public InlineDataAttribute(params object[] data)
        {
            Data = data;
        }

        public object[] Data { get; }
    }

    internal sealed class AssertException : Exception
    {
        public AssertException(string message)
            : base(message)
        {
        }
    }

    internal static class Assert
    {
        public static void True(bool condition, string message = "not true")
        {
            if (!condition) throw new AssertException(message);
        }

        public static void False(bool condition)
        {
            True(!condition, "not false");
        }

        public static void Null(object value)
        {
            True(value == null, "not null: " + value);
        }

        public static void Same(object expected, object actual)
        {
            True(ReferenceEquals(expected, actual), "another object: " + actual);
        }

        // Numbers by value, sequences by their elements.
        public static void Equal(object expected, object actual)
        {
            True(AreEqual(expected, actual), "expected " + Show(expected) + ", got " + Show(actual));
        }

        public static void NotEqual(object expected, object actual)
        {
            True(!AreEqual(expected, actual), "not another one: " + Show(actual));
        }

        public static void Empty(IEnumerable values)
        {
            Equal(new object[0], values.Cast<object>().ToList());
        }

        public static void NotEmpty(IEnumerable values)
        {
            True(values.Cast<object>().Any(), "empty");
        }

        public static void Single(IEnumerable values)
        {
            Equal(1, values.Cast<object>().Count());
        }

        public static void All<T>(IEnumerable<T> values, Action<T> check)
        {
            foreach (T value in values) check(value);
        }

        public static void Contains(string part, string whole)
        {
            True(whole.Contains(part), "\"" + part + "\" is not in \"" + whole + "\"");
        }

        public static void DoesNotContain<T>(IEnumerable<T> values, Predicate<T> which)
        {
            All(values, value => True(!which(value), "contained: " + value));
        }

        public static void StartsWith(string part, string whole)
        {
            True(
                whole.StartsWith(part, StringComparison.Ordinal), "\"" + whole + "\" begins differently");
        }

        public static T Throws<T>(Func<object> action)
            where T : Exception
        {
            return Throws<T>(() => { action(); });
        }

        public static T Throws<T>(Action action)
            where T : Exception
        {
            T thrown = ThrowsAny<T>(action);
            True(thrown.GetType() == typeof(T), "another kind: " + thrown);
            return thrown;
        }

        public static T ThrowsAny<T>(Action action)
            where T : Exception
        {
            try
            {
                action();
            }
            catch (T thrown)
            {
                return thrown;
            }
            throw new AssertException("nothing was thrown, but " + typeof(T).Name + " expected");
        }

        private static bool AreEqual(object expected, object actual)
        {
            if (expected == null || actual == null) return expected == actual;
            if (expected is IEnumerable && actual is IEnumerable && !(expected is string))
            {
                List<object> mine = ((IEnumerable)expected).Cast<object>().ToList();
                List<object> other = ((IEnumerable)actual).Cast<object>().ToList();
                return mine.Count == other.Count &&
                    Enumerable.Range(0, mine.Count).All(i => AreEqual(mine[i], other[i]));
            }
            if (IsNumber(expected) && IsNumber(actual))
            {
                return Convert.ToDecimal(expected) == Convert.ToDecimal(actual);
            }
            return expected.Equals(actual);
        }

        private static bool IsNumber(object value)
        {
            return value is byte || value is int || value is uint || value is long || value is ulong;
        }

        private static string Show(object value)
        {
            if (value == null) return "null";
            IEnumerable values = value is string ? null : value as IEnumerable;
            if (values == null) return value.ToString();
            return "[" + string.Join(", ", values.Cast<object>().Take(20).Select(Show)) + "]";
        }
    }
}
