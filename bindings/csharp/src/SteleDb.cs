// A database: opening it, closing it, and what is done with it as a whole.
using System;
using System.Text;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// A database: an event store in a directory, or in memory, of this process. It is the directory's one
    /// writer as long as it is open.
    /// </summary>
    /// <example><code>
    /// using (SteleDb db = SteleDb.Open("shop"))
    /// {
    ///     db.Append(new NewEvent("BookSold") { Tags = { "book:dune" } });
    ///     foreach (Event sold in db.Read(Query.All.Tag("book:dune"))) Console.WriteLine(sold);
    /// }
    /// </code></example>
    /// <threadsafety instance="true">
    /// Any number of threads may use it at once. What it makes (batches, cursors, subscriptions, work in
    /// steps) belongs to one thread at a time. Everything may be disposed of twice and in any order, and what
    /// is left over answers <see cref="Status.Closed"/>.
    /// </threadsafety>
    public sealed partial class SteleDb : IDisposable
    {
        private const string MemoryPath = ":memory:";

        private readonly AppenderPool _appenders = new AppenderPool();

        private SteleDb(NativeDb native)
        {
            Native = native;
        }

        /// <summary>
        /// How many objects of the native library are open in this process, of every kind and database. For
        /// tests: 0 when everything was disposed of.
        /// </summary>
        public static long LiveHandles
        {
            get
            {
                Library.Load();
                return (long)NativeCalls.live_handles();
            }
        }

        /// <summary>The version of the native library, as "major.minor.patch".</summary>
        public static string Version
        {
            get { return Library.Version(); }
        }

        /// <summary>The position of the last visible event; 0 in an empty database.</summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>.</exception>
        public unsafe long Head
        {
            get
            {
                Reply reply;
                Call.Ok(Native.head((byte*)&reply), &reply);
                return (long)reply.Values[0];
            }
        }

        internal NativeDb Native { get; }

        /// <summary>
        /// Opens the database in a directory. Recovers first when the last process did not close it: every
        /// acknowledged commit is there again.
        /// </summary>
        /// <param name="path">The directory, whose parent must exist: 1 to 4,000 bytes of UTF-8.
        /// ":memory:" is a new database in memory.</param>
        /// <param name="options">Null: the defaults.</param>
        /// <exception cref="SteleException"><see cref="Status.NotFound"/>: there is no database, modes
        /// <see cref="OpenMode.Existing"/> and <see cref="OpenMode.ReadOnly"/>; <see cref="Status.Exists"/>:
        /// mode <see cref="OpenMode.New"/>; <see cref="Status.Invalid"/>: the path is a file, the directory
        /// holds something else, a bad option; <see cref="Status.Busy"/>: somebody else has it open;
        /// <see cref="Status.Corrupt"/>: names file and offset; <see cref="Status.Unsupported"/>: written by
        /// a newer version; <see cref="Status.Io"/>, <see cref="Status.Full"/>,
        /// <see cref="Status.NoMemory"/>.</exception>
        /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
        public static SteleDb Open(string path, SteleOptions options = null)
        {
            SteleDb db;
            SteleException refusal = OpenUnless(path, options, out db);
            if (refusal != null) throw refusal;
            return db;
        }

        /// <summary>
        /// As <see cref="Open"/>, where it is expected that the database is not there, or is there already.
        /// </summary>
        /// <param name="path">The directory.</param>
        /// <param name="options">Null: the defaults.</param>
        /// <param name="db">The database, or null.</param>
        /// <returns><see cref="Status.Ok"/>, <see cref="Status.NotFound"/> or
        /// <see cref="Status.Exists"/>.</returns>
        public static Status TryOpen(string path, SteleOptions options, out SteleDb db)
        {
            SteleException refusal = OpenUnless(path, options, out db);
            if (refusal == null) return Status.Ok;
            if (refusal.Status < 0) throw refusal;
            return refusal.Status;
        }

        /// <summary>
        /// Opens a new database in memory, which is gone when it is disposed of: for tests, among others.
        /// </summary>
        /// <param name="options">Null: the defaults.</param>
        public static SteleDb OpenInMemory(SteleOptions options = null)
        {
            return Open(MemoryPath, options);
        }

        /// <summary>
        /// Closes the database and tells, unlike <see cref="Dispose"/>, when the log's end could not be
        /// marked. Waits for calls in progress. May be called twice.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.Io"/>, <see cref="Status.Full"/>: nothing
        /// acknowledged is lost, and the database is closed.</exception>
        public unsafe void Close()
        {
            if (Native.IsClosed) return;
            Reply reply;
            int status = Native.close((byte*)&reply);
            Dispose();
            Call.Ok(status, &reply);
        }

        /// <summary>
        /// Closes the database. Waits for calls in progress; asynchronous commits that have begun are carried
        /// out. May be called twice.
        /// </summary>
        public void Dispose()
        {
            _appenders.Dispose();
            Native.Dispose();
            WakeDispatcher();
        }

        /// <summary>Brings every commit that was made so far to stable storage, whatever its level.</summary>
        /// <exception cref="SteleException"><see cref="Status.ReadOnly"/>: after a failed write;
        /// <see cref="Status.Io"/>: what was not durable yet may be lost, and nothing is written any more;
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe void Sync()
        {
            Reply reply;
            Call.Ok(Native.sync((byte*)&reply), &reply);
        }

        /// <summary>
        /// Brings every commit that was made so far into the trees of the database, and recycles the part of
        /// the log that nobody needs then. This happens in the background all the time; the call is for who
        /// wants the next open to be quick, or the files to be small, now.
        /// </summary>
        /// <exception cref="SteleException"><see cref="Status.ReadOnly"/>, <see cref="Status.Io"/>,
        /// <see cref="Status.Full"/>: nothing has changed; <see cref="Status.Corrupt"/>: a damaged page;
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe void Checkpoint()
        {
            Reply reply;
            Call.Ok(Native.checkpoint((byte*)&reply), &reply);
        }

        /// <summary>Moves the clock of a database that was opened with one for tests.</summary>
        /// <param name="time">Where the clock stands from now on.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: it has none;
        /// <see cref="Status.Closed"/>.</exception>
        public void SetTestClock(DateTimeOffset time)
        {
            SetTestClock(Micros.Of(time));
        }

        /// <summary>Moves the clock of a database that was opened with one for tests.</summary>
        /// <param name="microseconds">Since 1970-01-01T00:00:00Z; every value is valid.</param>
        /// <exception cref="SteleException">As <see cref="SetTestClock(DateTimeOffset)"/>.</exception>
        public unsafe void SetTestClock(long microseconds)
        {
            Reply reply;
            Call.Ok(Native.test_clock_set(microseconds, (byte*)&reply), &reply);
        }

        // Returns the exception that says why the database was not opened, if that is an outcome that the
        // caller may expect; other errors are thrown.
        private static unsafe SteleException OpenUnless(
            string path, SteleOptions options, out SteleDb db)
        {
            byte[] name = Argument.Text(path, nameof(path), "open: the path");
            OptionsStruct given = options == null ? default(OptionsStruct) : options.ToStruct();
            ulong givenSize = options == null ? 0 : (ulong)sizeof(OptionsStruct);
            Library.Load();
            Reply reply;
            NativeDb native;
            fixed (byte* bytes = name)
            {
                native = NativeCalls.open_database(
                    bytes, (ulong)name.Length, (byte*)&given, givenSize, (byte*)&reply);
            }
            db = native == null ? null : new SteleDb(native);
            if (native != null) return null;
            SteleException refusal = Call.Failure(&reply);
            if (refusal.Status < 0) throw refusal;
            return refusal;
        }
    }
}
