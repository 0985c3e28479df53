/*
 * csharp/stele_lang.i: memory crosses the border as byte* and ulong; the classes above pin spans.
 */
%typemap(csclassmodifiers) SWIGTYPE "internal sealed unsafe partial class"
%pragma(csharp) imclassclassmodifiers="internal unsafe partial class"
%pragma(csharp) moduleclassmodifiers="internal unsafe partial class"

/* No proxy owns anything. */
%typemap(csdispose) SWIGTYPE ""
%typemap(csdispose_derived) SWIGTYPE ""
%typemap(csdisposing, methodname="Dispose", methodmodifiers="private", parameters="bool disposing") SWIGTYPE ""
%typemap(csinterfaces) SWIGTYPE ""
%typemap(csbody) SWIGTYPE %{
  private readonly global::System.Runtime.InteropServices.HandleRef swigCPtr;

  internal $csclassname(global::System.IntPtr address, bool owned) {
    swigCPtr = new global::System.Runtime.InteropServices.HandleRef(this, address);
  }

  internal static global::System.Runtime.InteropServices.HandleRef getCPtr($csclassname handle) {
    return handle == null
        ? new global::System.Runtime.InteropServices.HandleRef(null, global::System.IntPtr.Zero)
        : handle.swigCPtr;
  }
%}

%apply int { int32_t };
%apply long long { int64_t };
%apply unsigned long long { uint64_t, size_t };

%define ADDRESS(TYPE, NAME)
%typemap(ctype) TYPE NAME "TYPE"
%typemap(imtype) TYPE NAME "byte*"
%typemap(cstype) TYPE NAME "byte*"
%typemap(csin) TYPE NAME "$csinput"
%typemap(in) TYPE NAME { $1 = ($1_ltype)$input; }
%enddef
ADDRESS(const uint8_t*, DATA)
ADDRESS(const uint8_t*, DATA2)
ADDRESS(uint8_t*, BUFFER)
ADDRESS(uint8_t*, REPLY)
