// Idempotency keys: which commit each was used for, so that a batch sent again is committed once.
//
//     0        2               8                                40
//     +--------+---------------+--------------------------------+-----------------------+
//     |key size|     zeros     |  digest of the batch, 32 bytes | key, zeros up to a    |
//     |        |               |                                | multiple of 8         |
//     +--------+---------------+--------------------------------+-----------------------+
//
// Threads: one writer (the sequencer); readers at the newest snapshot or ahead of it.
// On disk: docs/format.md, "Key section".
#pragma once

#include <cstdint>
#include <functional>
#include <map>
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

// What keys have been used for.
class Keys {
 public:
  struct Entry {
    engine::Stamp stamp;
    Digest batch;
  };
  // Returns what the key was used for by a commit <= `tsn`.
  [[nodiscard]] std::optional<Entry> find(std::string_view key, uint64_t tsn) const;

  // Records a use. Returns false, and changes nothing, if the key has been used.
  [[nodiscard]] bool add(std::string_view key, const Entry& entry);

 private:
  mutable std::mutex mutex_;
  // A tree: nothing is rehashed under the sequencer's lock, and no choice of keys makes it slow.
  std::map<std::string, Entry, std::less<>> entries_;
};

// A key, and the digest of the batch that it is to stand for.
struct KeyUse {
  std::string key;
  Digest batch;
};

// Holds while the key is new. Objects with the earlier result when it stood for the same batch, and
// with KEY_REUSED when it stood for another.
class KeyGuard final : public engine::Guard {
 public:
  KeyGuard(const KeyUse& use, const Keys& keys) : use_(use), keys_(keys) {}
  std::optional<engine::Objection> check(const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  KeyUse use_;
  const Keys& keys_;
};

// The key section of one batch. Requires: a KeyGuard of the same key has passed.
class KeyPart final : public engine::Part {
 public:
  KeyPart(const KeyUse& use, Keys& keys) : use_(use), keys_(keys) {}

  engine::SectionKind kind() const override { return engine::SectionKind::kKey; }
  uint32_t count() const override { return 1; }
  uint64_t size() const override { return kKeyBytesOffset + align_up(use_.key.size()); }
  void encode(const engine::Stamp& stamp, ByteSpan into) override;
  void apply_to_tail(const engine::Stamp& stamp, ByteSpan section, uint64_t visible) override;
  std::optional<Digest> seal(ByteSpan /*section*/) override { return std::nullopt; }
  // What a batch asks for is not told by its key.
  bool is_stored_as(ByteView /*section*/) const override { return true; }

 private:
  KeyUse use_;
  Keys& keys_;
};

class KeyParticipant final : public engine::Participant {
 public:
  explicit KeyParticipant(Keys& keys) : keys_(keys) {}
  engine::SectionKind kind() const override { return engine::SectionKind::kKey; }
  Status replay(const engine::Stamp& stamp, uint32_t count, ByteView section) override;

 private:
  Keys& keys_;
};

}  // namespace stele::events
