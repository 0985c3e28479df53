"""BLAKE3 in derive-key mode, written from its paper: a second opinion on the hashes of a database.

Slow, and only for tests. Algorithm: BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020),
section 2.
"""
import struct

_IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB,
       0x5BE0CD19)
_PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
_CHUNK_START, _CHUNK_END, _PARENT, _ROOT = 1, 2, 4, 8
_DERIVE_KEY_CONTEXT, _DERIVE_KEY_MATERIAL = 32, 64
_MASK = 0xFFFFFFFF
_MIXES = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
          (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def _rotate(value, bits):
    return (value >> bits) | (value << (32 - bits)) & _MASK


def _compress(key, block, length, counter, flags):
    """Returns the chaining value of one block: the first 8 words are also the digest of a root."""
    m = struct.unpack("<16I", block.ljust(64, b"\0"))
    v = [*key, *_IV[:4], counter & _MASK, counter >> 32, length, flags]
    for _ in range(7):
        for i, (a, b, c, d) in enumerate(_MIXES):
            for x, (first, second) in ((m[2 * i], (16, 12)), (m[2 * i + 1], (8, 7))):
                v[a] = (v[a] + v[b] + x) & _MASK
                v[d] = _rotate(v[d] ^ v[a], first)
                v[c] = (v[c] + v[d]) & _MASK
                v[b] = _rotate(v[b] ^ v[c], second)
        m = [m[i] for i in _PERMUTATION]
    return tuple(v[i] ^ v[i + 8] for i in range(8))


def _chunk(key, data, counter, flags):
    """Returns what finishes a chunk: a function from further flags to its chaining value."""
    blocks = [data[i:i + 64] for i in range(0, len(data), 64)] or [b""]
    value = key
    for i, block in enumerate(blocks):
        start = _CHUNK_START if i == 0 else 0
        if i == len(blocks) - 1:
            return lambda more: _compress(value, block, len(block), counter,
                                          flags | start | _CHUNK_END | more)
        value = _compress(value, block, 64, counter, flags | start)
    raise AssertionError("a chunk has a last block")


def _tree(key, data, counter, flags):
    if len(data) <= 1024:
        return _chunk(key, data, counter, flags)
    chunks = (len(data) + 1023) // 1024
    left = 1 << (chunks - 1).bit_length() - 1
    pair = (_tree(key, data[:left * 1024], counter, flags)(0)
            + _tree(key, data[left * 1024:], counter + left, flags)(0))
    block = struct.pack("<16I", *pair)
    return lambda more: _compress(key, block, 64, 0, flags | _PARENT | more)


def derive_key(context, material):
    """Returns the 32 bytes of BLAKE3's derive_key(context, material)."""
    key = _tree(_IV, context.encode(), 0, _DERIVE_KEY_CONTEXT)(_ROOT)
    return struct.pack("<8I", *_tree(key, material, 0, _DERIVE_KEY_MATERIAL)(_ROOT))
