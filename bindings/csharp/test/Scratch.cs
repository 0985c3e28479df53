// What tests need: directories that are gone afterwards, databases with a clock and ids of their own.
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Stele.Tests
{
    // A new directory, which is removed with what is in it.
    internal sealed class Scratch : IDisposable
    {
        public Scratch()
        {
            Root = Path.Combine(Path.GetTempPath(), "stele-test-" + Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(Root);
        }

        public string Root { get; }

        public string this[string name]
        {
            get { return Path.Combine(Root, name); }
        }

        public void Dispose()
        {
            Directory.Delete(Root, true);
        }
    }

    internal static class Make
    {
        // Longer than anything takes on a busy machine.
        public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

        public static readonly DateTimeOffset Start =
            new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.Zero);

        // A database in memory that makes the same ids and times in every run.
        public static SteleDb Db()
        {
            return SteleDb.OpenInMemory(new SteleOptions { TestTime = Start, TestSeed = 1 });
        }

        public static NewEvent Sold(string book)
        {
            return new NewEvent("BookSold") { Tags = { "book:" + book } };
        }

        // Appends events of these types, each in a commit of its own.
        public static void Append(SteleDb db, params string[] types)
        {
            foreach (string type in types) db.Append(new NewEvent(type)).Require();
        }

        public static List<string> Types(IEnumerable<Event> events)
        {
            List<string> types = new List<string>();
            foreach (Event read in events) types.Add(read.Type);
            return types;
        }

        // Returns what a task gives, or throws what it throws. Fails instead of hanging.
        public static T Result<T>(Task<T> task)
        {
            Assert.True(Task.WaitAny(new Task[] { task }, Long) == 0, "the task did not end");
            return task.GetAwaiter().GetResult();
        }

        public static SteleException Fails(Status status, Action action)
        {
            SteleException fault = Assert.Throws<SteleException>(action);
            Assert.Equal(status, fault.Status);
            return fault;
        }
    }

    // A thread that must end; what it throws is thrown by Join.
    internal sealed class Work
    {
        private readonly Thread _thread;
        private Exception _fault;

        public Work(Action action)
        {
            _thread = new Thread(() =>
            {
                try
                {
                    action();
                }
                catch (Exception fault)
                {
                    _fault = fault;
                }
            });
            _thread.IsBackground = true;
            _thread.Start();
        }

        public void Join()
        {
            Assert.True(_thread.Join(Make.Long), "the thread did not end");
            if (_fault != null) throw new InvalidOperationException("in the thread: " + _fault, _fault);
        }
    }
}
