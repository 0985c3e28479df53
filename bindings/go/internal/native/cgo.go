// Package native is the C API of Stele as SWIG makes it callable: the lowest layer of package stele,
// which alone uses it. native.go and native_wrap.c are generated from bindings/swig and kept in the
// repository, so that nobody who uses the package needs SWIG.
package native

// SWIG reads pointers out of integers.

// #cgo pkg-config: stele
// #cgo CFLAGS: -fno-strict-aliasing
import "C"
