/*
 * csharp/stele_lang.i: memory crosses the border as byte* and ulong; the classes above pin spans.
 * Handles derive from Handle, a SafeHandle, which closes what was dropped.
 */
%typemap(csclassmodifiers) SWIGTYPE "internal sealed unsafe partial class"
%pragma(csharp) imclassclassmodifiers="internal unsafe partial class"
%pragma(csharp) moduleclassmodifiers="internal unsafe partial class"

/* No proxy has a destructor of SWIG's. */
%typemap(csdispose) SWIGTYPE ""
%typemap(csdispose_derived) SWIGTYPE ""
%typemap(csdisposing, methodname="Dispose", methodmodifiers="private", parameters="bool disposing") SWIGTYPE ""
%typemap(csinterfaces) SWIGTYPE ""
%typemap(csbase) SWIGTYPE "Handle"
%typemap(csbody) SWIGTYPE %{
  internal $csclassname(global::System.IntPtr address, bool owned) : base(address) {}

  internal static global::System.Runtime.InteropServices.HandleRef getCPtr($csclassname handle) {
    return handle == null
        ? new global::System.Runtime.InteropServices.HandleRef(null, global::System.IntPtr.Zero)
        : handle.swigCPtr;
  }
%}
%typemap(cscode) SWIGTYPE %{
  protected override bool ReleaseHandle() {
    close();
    return true;
  }
%}
%typemap(cscode) NativeDb %{
  protected override bool ReleaseHandle() {
    Reply reply;
    close((byte*)&reply);
    return true;
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
