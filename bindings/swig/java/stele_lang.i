/*
 * java/stele_lang.i: memory crosses the border as addresses of direct buffers, so that a call costs
 * no JNI function. Only the classes above may have such addresses: everything here is package-private.
 */
%typemap(javaclassmodifiers) SWIGTYPE "final class"
%pragma(java) jniclassclassmodifiers="final class"
%pragma(java) moduleclassmodifiers="final class"

/* No proxy owns anything. */
%typemap(javafinalize) SWIGTYPE ""
%typemap(javadestruct, methodname="delete", methodmodifiers="private") SWIGTYPE ""
%typemap(javabody) SWIGTYPE %{
  private final long swigCPtr;

  $javaclassname(long address, boolean owned) {
    swigCPtr = address;
  }

  static long getCPtr($javaclassname handle) {
    return handle == null ? 0 : handle.swigCPtr;
  }
%}

%apply int { int32_t };
%apply long long { int64_t, uint64_t, size_t };

%define ADDRESS(TYPE, NAME)
%typemap(jni) TYPE NAME "jlong"
%typemap(jtype) TYPE NAME "long"
%typemap(jstype) TYPE NAME "long"
%typemap(javain) TYPE NAME "$javainput"
%typemap(in) TYPE NAME { $1 = ($1_ltype)(uintptr_t)$input; }
%enddef
ADDRESS(const uint8_t*, DATA)
ADDRESS(const uint8_t*, DATA2)
ADDRESS(uint8_t*, BUFFER)
ADDRESS(uint8_t*, REPLY)

/* The address of a direct buffer, once for each. */
%typemap(jni) void* DIRECT "jobject"
%typemap(jtype) void* DIRECT "java.nio.ByteBuffer"
%typemap(jstype) void* DIRECT "java.nio.ByteBuffer"
%typemap(javain) void* DIRECT "$javainput"
%typemap(in) void* DIRECT { $1 = JCALL1(GetDirectBufferAddress, jenv, $input); }
%{
#include <stdint.h>
%}
%rename(address_of) native_address_of;
%inline {
/* 0: it is not a direct buffer. */
uint64_t native_address_of(void* DIRECT) { return (uint64_t)(uintptr_t)DIRECT; }
}
