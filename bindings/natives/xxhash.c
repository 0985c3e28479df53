/*
 * xxhash.c: XXH3 for a libstele that brings it along, with the wide instructions of the processor
 * where it has them. Compiled twice: with STELE_XXHASH_WIDE, and wide instructions, it is one of
 * the two; without, it is the other and the choice between them.
 */
#define XXH_INLINE_ALL
#include <xxhash.h>

XXH64_hash_t stele_xxh3_wide(const void* data, size_t size, XXH64_hash_t seed);

#ifdef STELE_XXHASH_WIDE

XXH64_hash_t stele_xxh3_wide(const void* data, size_t size, XXH64_hash_t seed) {
  return XXH3_64bits_withSeed(data, size, seed);
}

#else

/* The name that xxHash's own library has for it. */
XXH64_hash_t XXH3_64bits_withSeed_dispatch(const void* data, size_t size, XXH64_hash_t seed);

XXH64_hash_t XXH3_64bits_withSeed_dispatch(const void* data, size_t size, XXH64_hash_t seed) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return stele_xxh3_wide(data, size, seed);
#endif
  return XXH3_64bits_withSeed(data, size, seed);
}

#endif
