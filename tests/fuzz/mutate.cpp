// The changes of a mutation.
#include "fuzz/mutate.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/bytes.h"
#include "support/seed.h"

namespace stele::fuzz {

namespace {

using test::between;

constexpr size_t kInputMax = size_t{64} << 10;

constexpr std::array<uint64_t, 24> kInteresting = {0,
                                                   1,
                                                   2,
                                                   7,
                                                   8,
                                                   16,
                                                   39,
                                                   40,
                                                   88,
                                                   120,
                                                   255,
                                                   256,
                                                   512,
                                                   4096,
                                                   0x7fff,
                                                   0xffff,
                                                   0x10000,
                                                   0x7fffffff,
                                                   0x80000000,
                                                   0xffffffff,
                                                   0x100000000,
                                                   0x7fffffffffffffff,
                                                   0x8000000000000000,
                                                   0xffffffffffffffff};

// A part of an input, often of whole 8-byte units, as everything on disk is.
struct Piece {
  size_t begin;
  size_t size;
};

Piece some_piece(const Input& input, size_t size_max, std::mt19937_64& random) {
  if (input.empty()) return {0, 0};
  Piece piece = {between(random, 0, input.size() - 1), 0};
  const bool aligned = between(random, 0, 3) != 0;
  // Behind the byte of flags the units begin.
  if (aligned) piece.begin = std::min(piece.begin / kAlignment * kAlignment + 1, input.size());
  piece.size = between(random, 0, std::min(size_max, input.size() - piece.begin));
  if (aligned) piece.size = piece.size / kAlignment * kAlignment;
  return piece;
}

void flip_bit(Input& input, std::mt19937_64& random) {
  input[between(random, 0, input.size() - 1)] ^= static_cast<uint8_t>(1U << between(random, 0, 7));
}

void set_byte(Input& input, std::mt19937_64& random) {
  input[between(random, 0, input.size() - 1)] = static_cast<uint8_t>(random());
}

void set_integer(Input& input, std::mt19937_64& random) {
  uint64_t value = kInteresting[between(random, 0, kInteresting.size() - 1)];
  if (between(random, 0, 3) == 0) value += between(random, 0, 16) - 8;
  const size_t width = size_t{1} << between(random, 1, 3);
  if (input.size() <= width) return;
  const size_t unit = between(random, 0, (input.size() - 1 - width) / 2);
  std::memcpy(input.data() + 1 + 2 * unit, &value, width);
}

void add_to_integer(Input& input, std::mt19937_64& random) {
  if (input.size() <= 8) return;
  const size_t at = 1 + 4 * between(random, 0, (input.size() - 9) / 4);
  const uint64_t change = between(random, 0, 32) - 16;
  store_le(input.data() + at, load_le<uint64_t>(input.data() + at) + change);
}

void truncate(Input& input, std::mt19937_64& random) {
  input.resize(between(random, 1, input.size()));
}

void cut(Input& input, std::mt19937_64& random) {
  const Piece piece = some_piece(input, 512, random);
  const auto begin = input.begin() + static_cast<std::ptrdiff_t>(piece.begin);
  if (piece.size < input.size())
    input.erase(begin, begin + static_cast<std::ptrdiff_t>(piece.size));
}

void insert_zeros(Input& input, std::mt19937_64& random) {
  const Piece place = some_piece(input, 0, random);
  const size_t size = kAlignment * between(random, 1, 16);
  input.insert(input.begin() + static_cast<std::ptrdiff_t>(place.begin), size, uint8_t{0});
}

// Inserts a piece of another input, or writes it over what is there.
void splice(Input& input, const Input& other, std::mt19937_64& random) {
  const Piece from = some_piece(other, 4096, random);
  const Input bytes(other.begin() + static_cast<std::ptrdiff_t>(from.begin),
                    other.begin() + static_cast<std::ptrdiff_t>(from.begin + from.size));
  const size_t at = some_piece(input, 0, random).begin;
  if (between(random, 0, 1) == 0) {
    input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin(), bytes.end());
  } else {
    input.resize(std::max(input.size(), at + bytes.size()));
    std::ranges::copy(bytes, input.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

void change(Input& input, const std::vector<Input>& corpus, std::mt19937_64& random) {
  switch (between(random, 0, 11)) {
    case 0:
    case 1:
    case 2:
      return flip_bit(input, random);
    case 3:
      return set_byte(input, random);
    case 4:
    case 5:
    case 6:
      return set_integer(input, random);
    case 7:
      return add_to_integer(input, random);
    case 8:
      return truncate(input, random);
    case 9:
      return cut(input, random);
    case 10:
      return insert_zeros(input, random);
    default:
      return splice(input, corpus[between(random, 0, corpus.size() - 1)], random);
  }
}

}  // namespace

Input mutate(const std::vector<Input>& corpus, std::mt19937_64& random) {
  Input input = corpus[between(random, 0, corpus.size() - 1)];
  // Many changes at once are refused at the first; so mostly one or two.
  const uint64_t few = between(random, 1, 2);
  const uint64_t changes = between(random, 0, 3) == 0 ? between(random, 1, 8) : few;
  for (uint64_t i = 0; i < changes; ++i) {
    if (input.empty()) input.push_back(0);
    change(input, corpus, random);
  }
  if (input.size() > kInputMax) input.resize(kInputMax);
  return input;
}

}  // namespace stele::fuzz
