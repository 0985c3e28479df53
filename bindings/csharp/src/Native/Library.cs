// Loads the native library once, and sees that it fits this assembly.
using System;
using System.Runtime.CompilerServices;

namespace Stele.Native
{
    internal static unsafe class Library
    {
        // The version of the C API that this assembly was written for: the header's, which a test checks.
        public static readonly ulong Major = 0;
        public static readonly ulong Minor = 1;
        public static readonly ulong Patch = 0;

        private static volatile bool _loaded;

        // To be called before the first use of anything native. Throws UNSUPPORTED, or
        // DllNotFoundException, and does so again when it is called again.
        public static void Load()
        {
            if (!_loaded) LoadNow();
        }

        // Returns the version of the native library, as "major.minor.patch".
        public static string Version()
        {
            Load();
            return Text(NativeCalls.version_number());
        }

        // Before 1.0.0 a minor version may change what functions mean; patches never do.
        public static bool Fits(ulong version)
        {
            ulong major = version / 1000000;
            ulong minor = version / 1000 % 1000;
            if (major != Major) return false;
            return Major == 0 ? minor == Minor : minor >= Minor;
        }

        private static string Text(ulong version)
        {
            return version / 1000000 + "." + version / 1000 % 1000 + "." + version % 1000;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void LoadNow()
        {
            ulong loaded;
            ulong compiled;
            try
            {
                loaded = NativeCalls.version_number();
                compiled = NativeCalls.header_version();
            }
            catch (TypeInitializationException fault)
            {
                throw NotFound(fault);
            }
            catch (DllNotFoundException fault)
            {
                throw NotFound(fault);
            }
            if (!Fits(loaded) || loaded < compiled)
            {
                throw new SteleException(
                    Status.Unsupported,
                    "load: libstele " + Text(loaded) + " is loaded, but Stele.Net was made for " +
                        Text(compiled));
            }
            if (NativeCalls.reply_size() != (ulong)sizeof(Reply) ||
                NativeCalls.values_offset() != (ulong)sizeof(ErrorStruct))
            {
                throw new SteleException(
                    Status.Unsupported,
                    "load: libstele_csharp is of another version than Stele.Net " + Major + "." + Minor +
                        "." + Patch);
            }
            _loaded = true;
        }

        private static Exception NotFound(Exception fault)
        {
            Exception cause = fault.InnerException as DllNotFoundException ?? fault;
            return new DllNotFoundException(
                "libstele_csharp.so or libstele.so." + Major + ", which belong beside Stele.Net.dll or " +
                    "into runtimes/<platform>/native, cannot be loaded: " + cause.Message,
                fault);
        }
    }
}
