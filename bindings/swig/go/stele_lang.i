/*
 * go/stele_lang.i: memory crosses the border as a pointer to its first byte and its size, without a
 * copy; the C side keeps none. Slices would do, but a slice that is passed to C is allocated once more,
 * to be checked.
 */
%apply int { int32_t };
%apply long long { int64_t };
%apply unsigned long long { uint64_t };

%define MEMORY(TYPE, NAME)
%typemap(gotype) TYPE NAME "*byte"
%typemap(in) TYPE NAME { $1 = ($1_ltype)$input; }
%enddef
MEMORY(const uint8_t*, DATA)
MEMORY(const uint8_t*, DATA2)
MEMORY(uint8_t*, BUFFER)
MEMORY(uint8_t*, REPLY)

%define SIZE(NAME)
%typemap(gotype) size_t NAME "int"
%typemap(in) size_t NAME { $1 = (size_t)$input; }
%enddef
SIZE(SIZE)
SIZE(SIZE2)
SIZE(CAPACITY)
