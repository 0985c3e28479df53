// Idempotency keys: which commit each was used for, so that a batch sent again is committed once.
//
//     0        2               8                                40
//     +--------+---------------+--------------------------------+-----------------------+
//     |key size|     zeros     |  digest of the batch, 32 bytes | key, zeros up to a    |
//     |        |               |                                | multiple of 8         |
//     +--------+---------------+--------------------------------+-----------------------+
//
//     tree `keys`:  key := key
//                   value := TSN, digest of the batch
//
// Threads: one writer (the sequencer); readers at the newest snapshot or ahead of it.
// On disk: docs/format.md, "Key section", "Tree keys".
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "engine/batch.h"

namespace stele::events {

inline constexpr size_t kKeySizeMax = 255;
inline constexpr size_t kKeySizeOffset = 0;
inline constexpr size_t kKeyDigestOffset = kKeySizeOffset + 8;
inline constexpr size_t kKeyBytesOffset = kKeyDigestOffset + sizeof(Digest);
static_assert(kKeyBytesOffset == 40);

inline constexpr std::string_view kKeyTree = "keys";

// What keys have been used for by the commits of one chunk.
class Keys final : public engine::TailPart {
 public:
  [[nodiscard]] static Keys& of(const engine::Chunk& chunk) {
    return chunk.part<Keys>(engine::SectionKind::kKey);
  }

  struct Entry {
    engine::Stamp stamp;
    Digest batch;
  };
  // Returns what the key was used for by a commit <= `tsn`.
  [[nodiscard]] std::optional<Entry> find(std::string_view key, uint64_t tsn) const;

  [[nodiscard]] uint64_t bytes() const override { return bytes_.load(std::memory_order_relaxed); }

  using Entries = std::map<std::string, Entry, std::less<>>;
  // Requires: nobody writes.
  [[nodiscard]] const Entries& entries() const { return entries_; }

  // Records a use. Returns false, and changes nothing, if the key has been used.
  [[nodiscard]] bool add(std::string_view key, const Entry& entry);

 private:
  mutable std::mutex mutex_;
  // A tree: nothing is rehashed under the sequencer's lock, and no choice of keys makes it slow.
  Entries entries_;
  std::atomic<uint64_t> bytes_ = 0;
};

// Returns what the key was used for by a commit <= `tsn` of a view. Looks only at commits behind
// `from`.
[[nodiscard]] Result<std::optional<Keys::Entry>> find_key(const engine::View& view,
                                                          std::string_view key, uint64_t from,
                                                          uint64_t tsn);

// A key, and the digest of the batch that it is to stand for.
struct KeyUse {
  std::string key;
  Digest batch;
};

// Reads a key section. CORRUPT: it is damaged.
[[nodiscard]] Result<KeyUse> decode_key_section(const engine::Stamp& stamp, uint32_t count,
                                                ByteView section);

// Holds while the key is new. Objects with the earlier result when it stood for the same batch, and
// with KEY_REUSED when it stood for another.
class KeyGuard final : public engine::Guard {
 public:
  explicit KeyGuard(const KeyUse& use) : use_(use) {}
  std::optional<engine::Objection> check(const engine::View& view, const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  KeyUse use_;
};

// The key section of one batch. Requires: a KeyGuard of the same key has passed.
class KeyPart final : public engine::Part {
 public:
  explicit KeyPart(const KeyUse& use) : use_(use) {}

  engine::SectionKind kind() const override { return engine::SectionKind::kKey; }
  uint32_t count() const override { return 1; }
  uint64_t size() const override { return kKeyBytesOffset + align_up(use_.key.size()); }
  void encode(const engine::Stamp& stamp, ByteSpan into) override;
  Status look_up(const engine::View& /*view*/) override { return {}; }
  void apply_to_tail(const engine::View& view, const engine::Stamp& stamp, ByteSpan section,
                     uint64_t visible) override;
  std::optional<Digest> seal(ByteSpan /*section*/) override { return std::nullopt; }
  // What a batch asks for is not told by its key.
  bool is_stored_as(const engine::View& /*view*/, const engine::Stamp& /*stamp*/,
                    ByteView /*section*/) const override {
    return true;
  }

 private:
  KeyUse use_;
};

class KeyParticipant final : public engine::Participant {
 public:
  engine::SectionKind kind() const override { return engine::SectionKind::kKey; }
  std::unique_ptr<engine::TailPart> make_tail_part(
      const engine::Snapshot& /*before*/) const override {
    return std::make_unique<Keys>();
  }
  Status replay(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                ByteView section) override;
  Status checkpoint(page::PageWriter& writer, const engine::View& view,
                    engine::Roots& roots) override;
};

}  // namespace stele::events
