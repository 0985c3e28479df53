// Replies lie on the stack, and clearing them would cost as much as a short call. Left out where the
// runtime does not know the attribute.
[module: System.Runtime.CompilerServices.SkipLocalsInit]
