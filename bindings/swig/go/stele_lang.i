/*
 * go/stele_lang.i: memory crosses the border as slices, without a copy; the C side keeps none.
 */
%apply int { int32_t };
%apply long long { int64_t };
%apply unsigned long long { uint64_t };

%define SLICE(TYPE, NAME, SIZE_NAME)
%typemap(gotype) (TYPE NAME, size_t SIZE_NAME) "[]byte"
%typemap(imtype) (TYPE NAME, size_t SIZE_NAME) "[]byte"
%typemap(in) (TYPE NAME, size_t SIZE_NAME) { $1 = ($1_ltype)$input.array; $2 = (size_t)$input.len; }
%enddef
SLICE(const uint8_t*, DATA, SIZE)
SLICE(const uint8_t*, DATA2, SIZE2)
SLICE(uint8_t*, BUFFER, CAPACITY)

%typemap(gotype) uint8_t* REPLY "*byte"
%typemap(in) uint8_t* REPLY { $1 = ($1_ltype)$input; }
