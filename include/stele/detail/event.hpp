// Events, as they are given and as they are read. Include <stele/stele.hpp>.
#pragma once

#include <stele/event.h>

#include <stele/detail/base.hpp>

namespace stele::inline v0 {

struct Metadata {
  std::string_view key = {};
  Bytes value = {};
};

// An event to append. What it names is borrowed: keep it until the event is in a batch, or write
// the event where it is passed on.
//
// Example:
//
//     db.append({.type = "BookSold", .data = R"({"price": 12})", .tags = {"book:dune"}});
struct NewEvent {
  std::string_view type = {};
  std::string_view entity = {};  // Empty: without.
  std::string_view scope = {};   // Empty: without.
  Bytes data = {};
  std::vector<std::string_view> tags = {};
  std::vector<Metadata> metadata = {};
  std::optional<Id> id = {};  // Without: a version 7 UUID is made.
  std::optional<Id> correlation_id = {};
  std::optional<Id> causation_id = {};
  std::optional<std::int64_t> time = {};  // Microseconds. Without: that of the commit.
};

namespace detail {

inline std::string_view tag_at(const stele_event& view, std::uint32_t index) {
  stele_text tag = {nullptr, 0};
  stele_event_tag(&view, index, &tag);
  return view_of(tag);
}

inline Metadata metadata_at(const stele_event& view, std::uint32_t index) {
  stele_metadata pair = {};
  stele_event_metadata(&view, index, &pair);
  return {view_of(pair.key), Bytes(pair.value)};
}

inline std::optional<Id> id_of(const std::uint8_t* id) {
  if (id == nullptr) return std::nullopt;
  Id copy;
  std::memcpy(copy.data(), id, copy.size());
  return copy;
}

inline const std::uint8_t* data_of(const std::optional<Id>& id) {
  return id ? id->data() : nullptr;
}

}  // namespace detail

class EventCopy;

// An event read. It points into memory of the cursor or subscription that it was read from and
// lives until that moves on; copy() keeps it.
//
// Example:
//
//     for (const stele::Event& event : db.read()) {
//       std::cout << event.position() << ' ' << event.type() << '\n';
//       for (std::string_view tag : event.tags()) std::cout << "  " << tag << '\n';
//     }
class Event {
 public:
  explicit Event(const stele_event& view) : view_(view) {}

  [[nodiscard]] std::uint64_t position() const { return view_.position; }
  [[nodiscard]] std::uint64_t tsn() const { return view_.tsn; }
  [[nodiscard]] std::int64_t recorded() const { return view_.recorded; }
  [[nodiscard]] std::int64_t time() const { return view_.time; }
  [[nodiscard]] std::uint64_t sequence() const { return view_.sequence; }
  [[nodiscard]] Id id() const { return *detail::id_of(view_.id); }
  [[nodiscard]] std::optional<Id> correlation_id() const {
    return detail::id_of(view_.correlation_id);
  }
  [[nodiscard]] std::optional<Id> causation_id() const { return detail::id_of(view_.causation_id); }
  [[nodiscard]] Bytes hash() const { return {view_.hash, 32}; }
  [[nodiscard]] std::string_view type() const { return detail::view_of(view_.event_type); }
  [[nodiscard]] std::string_view entity() const { return detail::view_of(view_.entity); }
  [[nodiscard]] std::string_view scope() const { return detail::view_of(view_.scope); }
  [[nodiscard]] Bytes data() const { return view_.data; }
  [[nodiscard]] std::string_view text() const { return data().text(); }
  [[nodiscard]] Bytes record() const { return view_.record; }  // As encoded.

  // In bytewise order.
  using Tags = detail::Indexed<stele_event, std::string_view, detail::tag_at>;
  [[nodiscard]] Tags tags() const { return {view_, view_.tag_count}; }
  [[nodiscard]] bool has_tag(std::string_view wanted) const {
    for (const std::string_view tag : tags()) {
      if (tag == wanted) return true;
    }
    return false;
  }

  // In the order they were given.
  using Pairs = detail::Indexed<stele_event, Metadata, detail::metadata_at>;
  [[nodiscard]] Pairs metadata() const { return {view_, view_.metadata_count}; }
  [[nodiscard]] std::optional<Bytes> metadata(std::string_view key) const {
    for (const Metadata& pair : metadata()) {
      if (pair.key == key) return pair.value;
    }
    return std::nullopt;
  }

  [[nodiscard]] EventCopy copy() const;
  [[nodiscard]] const stele_event& c_event() const { return view_; }

 private:
  stele_event view_;
};

namespace detail {

inline stele_event decode(Bytes record) {
  auto view = sized<stele_event>();
  call(stele_event_decode, record.data(), record.size(), &view);
  return view;
}

// Passes an event to `use` as the C API has it; that lives as long as the call.
template <typename Use>
auto with_c_event(const NewEvent& event, const Use& use) {
  std::vector<stele_text> tags;
  tags.reserve(event.tags.size());
  for (const std::string_view tag : event.tags) tags.push_back(text_of(tag));
  std::vector<stele_metadata> pairs;
  pairs.reserve(event.metadata.size());
  for (const Metadata& pair : event.metadata) {
    pairs.push_back({text_of(pair.key), pair.value.c_bytes()});
  }
  auto input = sized<stele_new_event>();
  input.has_time = event.time.has_value() ? 1 : 0;
  input.time = event.time.value_or(0);
  input.event_type = text_of(event.type);
  input.entity = text_of(event.entity);
  input.scope = text_of(event.scope);
  input.data = event.data.c_bytes();
  input.tags = tags.data();
  input.tag_count = tags.size();
  input.metadata = pairs.data();
  input.metadata_count = pairs.size();
  input.id = data_of(event.id);
  input.correlation_id = data_of(event.correlation_id);
  input.causation_id = data_of(event.causation_id);
  return use(input);
}

}  // namespace detail

// An event with memory of its own.
class EventCopy : public Event {
 public:
  // Throws CORRUPT when `record` is not the record of one event.
  explicit EventCopy(std::vector<std::uint8_t> record)
      : Event(detail::decode(record)), record_(std::move(record)) {}
  EventCopy(EventCopy&&) noexcept = default;
  EventCopy& operator=(EventCopy&&) noexcept = default;
  EventCopy(const EventCopy&) = delete;
  EventCopy& operator=(const EventCopy&) = delete;
  ~EventCopy() = default;

 private:
  std::vector<std::uint8_t> record_;  // What the event points into; a move keeps its place.
};

inline EventCopy Event::copy() const {
  return EventCopy({record().begin(), record().end()});
}

}  // namespace stele::inline v0
