// The base of SWIG's handle classes: closes a handle that was dropped.
//
// A handle of the library is a ticket: calls on a closed one answer CLOSED, and closing while another
// thread is inside a call ends its waiting. So calls do not count references as they would to protect
// an address: that would keep a close from ever reaching a call that waits. HandleRef keeps this
// object, and with it the handle, from being collected during a call.
using System;
using System.Runtime.InteropServices;

namespace Stele.Native
{
    internal abstract class Handle : SafeHandle
    {
        // Under the name that SWIG's classes use. It stays what it was when the handle is closed.
        protected readonly HandleRef swigCPtr;

        protected Handle(IntPtr address)
            : base(IntPtr.Zero, true)
        {
            SetHandle(address);
            swigCPtr = new HandleRef(this, address);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }
    }
}
