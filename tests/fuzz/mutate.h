// Makes an input of a fuzz target out of those of its corpus.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace stele::fuzz {

using Input = std::vector<uint8_t>;

// Returns one of the corpus after 1 to 8 changes: flipped bits, other bytes, interesting integers,
// pieces cut out, doubled, or taken from another input. Requires: the corpus is not empty.
[[nodiscard]] Input mutate(const std::vector<Input>& corpus, std::mt19937_64& random);

}  // namespace stele::fuzz
