// What calls answer.
namespace Stele
{
    /// <summary>
    /// What a call answers. Above zero are outcomes that a correct program expects, which are results and
    /// no exceptions; below zero are errors, which are thrown as <see cref="SteleException"/>.
    /// </summary>
    public enum Status
    {
        /// <summary>Success.</summary>
        Ok = 0,

        /// <summary>A guard of the batch does not hold; nothing was written.</summary>
        Conflict = 1,

        /// <summary>There is no such thing.</summary>
        NotFound = 2,

        /// <summary>Nothing more to return.</summary>
        End = 3,

        /// <summary>The time given to wait has passed.</summary>
        Timeout = 4,

        /// <summary>It is there already.</summary>
        Exists = 5,

        /// <summary>The idempotency key was used for a different batch.</summary>
        KeyReused = 6,

        /// <summary>Ahead of what has been applied so far.</summary>
        NotYet = 7,

        /// <summary>A buffer is too small; Stele.Net makes it larger itself.</summary>
        BufferTooSmall = 8,

        /// <summary>An argument is wrong; the caller must change it.</summary>
        Invalid = -1,

        /// <summary>The operating system failed; <see cref="SteleException.OsErrno"/> says how.</summary>
        Io = -2,

        /// <summary>No room on the device; try again when there is.</summary>
        Full = -3,

        /// <summary>Stored bytes are damaged.</summary>
        Corrupt = -4,

        /// <summary>Another process or handle has the database open.</summary>
        Busy = -5,

        /// <summary>The database cannot be written (any more).</summary>
        ReadOnly = -6,

        /// <summary>What is needed has been given up.</summary>
        TooOld = -7,

        /// <summary>Beyond a documented limit.</summary>
        TooLarge = -8,

        /// <summary>Valid, but the library cannot do it.</summary>
        Unsupported = -9,

        /// <summary>The commit may or may not survive; reopen to find out.</summary>
        OutcomeUnknown = -10,

        /// <summary>Memory could not be allocated.</summary>
        NoMemory = -11,

        /// <summary>The object, or the database behind it, is closed.</summary>
        Closed = -12,

        /// <summary>A defect in Stele. Please report it.</summary>
        Internal = -13,
    }
}
