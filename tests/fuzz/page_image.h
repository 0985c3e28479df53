// A page file as an input of a fuzz target, folded: of each superblock and page its first bytes
// only, where all that is not zero is, so that mutations hit something.
//
//     flags u8, 2 superblocks of kFoldedSlot bytes, pages of kFoldedPage bytes each
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "page/page_file.h"

namespace stele::fuzz {

inline constexpr uint8_t kSealSlots = 1;  // Their checksums are made right.
inline constexpr uint8_t kSealPages = 2;  // And those of pages, wherever one is referred to.

inline constexpr size_t kFoldedSlot = 512;
inline constexpr size_t kFoldedPage = 256;
inline constexpr uint32_t kFoldedPageSize = page::kPageSizeMin;
inline constexpr uint64_t kFoldedPagesMax = 64;

inline constexpr const char* kPageFilePath = "/fuzzed.pages";

[[nodiscard]] page::PageFileOptions page_file_options();

// Returns the input that unfold() makes this file of.
[[nodiscard]] std::vector<uint8_t> fold(uint8_t flags, ByteView file);

// Returns the file that an input stands for.
[[nodiscard]] std::vector<uint8_t> unfold(ByteView input);

}  // namespace stele::fuzz
