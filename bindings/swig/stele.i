/*
 * stele.i: what SWIG makes the Java, Go and C# bindings' lowest layer of: the C API in a form that
 * all three can call. The layer is internal: each language has its own above it.
 *
 * stele_lang.i, found with -Ijava, -Igo or -Icsharp, says how the types below cross that border.
 */
%module NativeCalls
%include "stele_lang.i"
%include "stele_core.i"
