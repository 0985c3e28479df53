#include "cli/sha1.h"

#include <bit>
#include <cstddef>
#include <string>

namespace stele::cli {

namespace {

constexpr size_t kBlock = 64;
constexpr size_t kLengthSize = 8;

using State = std::array<uint32_t, 5>;

uint32_t load_big_endian(const char* bytes) {
  uint32_t word = 0;
  for (size_t i = 0; i < 4; ++i) word = word << 8 | static_cast<uint8_t>(bytes[i]);
  return word;
}

// The function and the constant of a step: RFC 3174, section 5.
uint32_t mix(size_t step, uint32_t b, uint32_t c, uint32_t d) {
  if (step < 20) return ((b & c) | (~b & d)) + 0x5A827999;
  if (step < 40) return (b ^ c ^ d) + 0x6ED9EBA1;
  if (step < 60) return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
  return (b ^ c ^ d) + 0xCA62C1D6;
}

void add_block(State& state, const char* block) {
  std::array<uint32_t, 80> words{};
  for (size_t i = 0; i < 16; ++i) words[i] = load_big_endian(block + 4 * i);
  for (size_t i = 16; i < words.size(); ++i) {
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (size_t i = 0; i < words.size(); ++i) {
    const uint32_t next = std::rotl(a, 5) + mix(i, b, c, d) + e + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  const State added = {a, b, c, d, e};
  for (size_t i = 0; i < state.size(); ++i) state[i] += added[i];
}

// Returns what is behind the last whole block, with the end mark and the length in bits.
std::string padded_rest(std::string_view bytes) {
  std::string rest(bytes.substr(bytes.size() / kBlock * kBlock));
  rest += '\x80';
  while (rest.size() % kBlock != kBlock - kLengthSize) rest += '\0';
  const uint64_t bits = uint64_t{bytes.size()} * 8;
  for (size_t i = 0; i < kLengthSize; ++i) {
    rest += static_cast<char>(static_cast<uint8_t>(bits >> (8 * (kLengthSize - 1 - i))));
  }
  return rest;
}

}  // namespace

Sha1Digest sha1(std::string_view bytes) {
  State state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  for (size_t at = 0; at + kBlock <= bytes.size(); at += kBlock) {
    add_block(state, bytes.data() + at);
  }
  const std::string rest = padded_rest(bytes);
  for (size_t at = 0; at < rest.size(); at += kBlock) add_block(state, rest.data() + at);

  Sha1Digest digest{};
  for (size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<uint8_t>(state[i / 4] >> (8 * (3 - i % 4)));
  }
  return digest;
}

}  // namespace stele::cli
