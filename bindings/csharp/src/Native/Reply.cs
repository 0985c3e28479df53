// What a call says besides its status, and what becomes of that: an outcome or an exception.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Stele.Native
{
    // stele_reply of bindings/swig/stele_core.i. Lies on the stack of the caller; the library fills the
    // error when a call does not return OK, and values as the call says.
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct Reply
    {
        public ErrorStruct Error;
        public fixed ulong Values[6];
    }

    internal static unsafe class Call
    {
        // Returns the status of a call, if it is one that a correct program expects.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Status Outcome(int status, Reply* reply)
        {
            if (status < 0) throw Failure(reply);
            return (Status)status;
        }

        // Takes nothing but OK.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Ok(int status, Reply* reply)
        {
            if (status != 0) throw Failure(reply);
        }

        // Takes OK, and "there is none".
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Found(int status, Reply* reply)
        {
            if (status == (int)Status.NotFound) return false;
            Ok(status, reply);
            return true;
        }

        // Returns the handle that a call made.
        public static T Made<T>(T handle, Reply* reply)
            where T : Handle
        {
            if (handle == null) throw Failure(reply);
            return handle;
        }

        // Returns the handle that a call made, or null where the reply has this status.
        public static T MadeUnless<T>(T handle, Status status, Reply* reply)
            where T : Handle
        {
            return handle == null && reply->Error.Status == (int)status ? null : Made(handle, reply);
        }

        public static SteleException Failure(Reply* reply)
        {
            ErrorStruct* error = &reply->Error;
            return new SteleException(
                (Status)error->Status, Message(reply), (long)error->Position, (long)error->Offset,
                GuardOf(error->Guard), (long)error->Sequence, error->OsErrno);
        }

        public static string Message(Reply* reply)
        {
            byte* message = reply->Error.Message;
            int size = 0;
            while (size < ErrorStruct.MessageSize && message[size] != 0) ++size;
            return Utf8.Decode(message, size);
        }

        // The number of a guard; -1: none.
        public static int GuardOf(uint guard)
        {
            return guard == ErrorStruct.NoGuard ? -1 : (int)guard;
        }
    }
}
