package stele

import (
	"fmt"
	"sync"
	"unsafe"

	"stele.dev/stele/internal/native"
)

// Version returns the version of the C library that is loaded: "0.1.0".
func Version() string { return versionText(native.Version_number()) }

// VersionNumber returns the same as a number: major * 1000000 + minor * 1000 + patch.
func VersionNumber() uint32 { return uint32(native.Version_number()) }

func versionText(number uint64) string {
	return fmt.Sprintf("%d.%d.%d", number/1000000, number/1000%1000, number%1000)
}

// LiveHandles returns how many handles of the C library are open in this process: of databases,
// batches, iterators, tickets, subscriptions and so on. For tests, which can see that they closed
// everything. A DB that appends keeps some handles for itself until it is closed.
func LiveHandles() uint64 { return native.Live_handles() }

var libraryOnce sync.Once
var libraryError error

// checkLibrary says whether the library that is loaded can be used with the header that this package
// was compiled with: one that is older, or of another major version, cannot.
func checkLibrary() error {
	libraryOnce.Do(func() {
		loaded, compiled := native.Version_number(), native.Header_version()
		if loaded < compiled || loaded/1000000 != compiled/1000000 {
			libraryError = failed(StatusUnsupported, fmt.Sprintf(
				"open: libstele %s is loaded, and this program was compiled for %s",
				versionText(loaded), versionText(compiled)))
		}
		var r reply
		if native.Reply_size() != uint64(unsafe.Sizeof(r)) ||
			native.Values_offset() != uint64(unsafe.Offsetof(r.values)) {
			libraryError = failed(StatusInternal, "open: the generated code does not fit this package")
		}
	})
	return libraryError
}
