// Idempotency keys: guard, section and recovery.
#include "events/keys.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace stele::events {

namespace {

// Returns "commit 7, events 10 to 12".
std::string place_of(const engine::Stamp& stamp) {
  const std::string commit = cat("commit ", stamp.tsn);
  if (stamp.event_count == 0) return cat(commit, ", without events");
  if (stamp.event_count == 1) return cat(commit, ", event ", stamp.first_position);
  return cat(commit, ", events ", stamp.first_position, " to ", stamp.last_position());
}

// Returns the size of the key, or 0 when this is no key section.
size_t sound_key_size(uint32_t count, ByteView section) {
  if (count != 1 || section.size() < kKeyBytesOffset) return 0;
  const size_t size = load_le<uint16_t>(section.data() + kKeySizeOffset);
  if (size > kKeySizeMax || section.size() != kKeyBytesOffset + align_up(size)) return 0;
  const bool zeros = is_zero(section.subspan(kKeySizeOffset + 2, kKeyDigestOffset - 2)) &&
                     is_zero(section.subspan(kKeyBytesOffset + size));
  return zeros ? size : 0;
}

}  // namespace

std::optional<Keys::Entry> Keys::find(std::string_view key, uint64_t tsn) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.stamp.tsn > tsn) return std::nullopt;
  return found->second;
}

bool Keys::add(std::string_view key, const Entry& entry) {
  const std::lock_guard lock(mutex_);
  return entries_.emplace(key, entry).second;
}

std::optional<engine::Objection> KeyGuard::check(const engine::Snapshot& /*held*/,
                                                 const engine::Snapshot& now) {
  const auto entry = keys_.find(use_.key, now.tsn);
  if (!entry) return std::nullopt;
  const engine::Stamp& stamp = entry->stamp;
  if (entry->batch == use_.batch) return engine::Objection{.tsn = stamp.tsn, .earlier = stamp};
  return engine::Objection{
      .code = Code::kKeyReused,
      .position = stamp.event_count == 0 ? 0 : stamp.first_position,
      .tsn = stamp.tsn,
      .message = cat("key ", quoted(use_.key), " was used for another batch: ", place_of(stamp))};
}

void KeyPart::encode(const engine::Stamp& /*stamp*/, ByteSpan into) {
  std::ranges::fill(into, uint8_t{0});
  store_le(into.data() + kKeySizeOffset, static_cast<uint16_t>(use_.key.size()));
  copy_bytes(into.data() + kKeyDigestOffset, use_.batch);
  copy_bytes(into.data() + kKeyBytesOffset, as_bytes(use_.key));
}

void KeyPart::apply_to_tail(const engine::Stamp& stamp, ByteSpan /*section*/,
                            uint64_t /*visible*/) {
  const bool is_new = keys_.add(use_.key, {.stamp = stamp, .batch = use_.batch});
  STELE_CHECK(is_new);
}

Status KeyParticipant::replay(const engine::Stamp& stamp, uint32_t count, ByteView section) {
  const size_t size = sound_key_size(count, section);
  if (size == 0) {
    return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": its key section is damaged"));
  }
  Keys::Entry entry = {.stamp = stamp, .batch = {}};
  std::copy_n(section.data() + kKeyDigestOffset, entry.batch.size(), entry.batch.begin());
  const std::string_view key = as_text(section.subspan(kKeyBytesOffset, size));
  if (!keys_.add(key, entry)) {
    return fail(Code::kCorrupt,
                cat("commit ", stamp.tsn, ": its key ", quoted(key), " was used before"));
  }
  return {};
}

}  // namespace stele::events
