// Queries, cursors and lists of terms. Include <stele/stele.hpp>.
#pragma once

#include <stele/read.h>

#include <stele/detail/event.hpp>

namespace stele::inline v0 {

template <typename T>
struct Range {
  T from = {};  // Inclusive.
  T to = {};    // Exclusive.
};

// An item of a query: matches an event that has one of the values of every field it names, and all
// of the tags.
struct Item {
  std::vector<std::string_view> types = {};
  std::vector<std::string_view> categories = {};
  std::vector<std::string_view> tags = {};
  std::vector<std::string_view> entities = {};
  std::vector<std::string_view> entity_prefixes = {};
  std::vector<std::string_view> scopes = {};
  std::vector<Id> correlations = {};
  std::vector<Id> causations = {};
  std::optional<Range<std::int64_t>> time = {};
  std::optional<Range<std::uint64_t>> positions = {};
};

// A query matches an event that any of its items matches; without items, every event.
//
// Example:
//
//     stele::Query one({.types = {"OrderPlaced", "OrderPaid"}, .tags = {"customer:7"}});
//     stele::Query any_of_two({{.types = {"OrderPlaced"}}, {.entity_prefixes = {"invoice/"}}});
//     stele::Query step_by_step;
//     step_by_step.type("OrderPlaced").tag("customer:7").item().entity_prefix("invoice/");
class Query : public detail::Handle<stele_query, stele_query_close> {
 public:
  Query() : Handle(create()) {}
  Query(const Item& item) : Query() { add(item); }  // NOLINT(google-explicit-constructor)
  Query(std::initializer_list<Item> items) : Query() {
    for (const Item& item : items) add(item);
  }
  explicit Query(std::span<const Item> items) : Query() {
    for (const Item& item : items) add(item);
  }

  // Makes a query of its bytes.
  static Query decode(Bytes bytes) {
    stele_query* query = nullptr;
    detail::call(stele_query_decode, bytes.data(), bytes.size(), &query);
    return Query(Made{query});
  }
  [[nodiscard]] std::vector<std::uint8_t> encode() const {
    std::vector<std::uint8_t> bytes;
    detail::fill(bytes,
                 [&](std::uint8_t* data, std::size_t size, std::size_t* used, stele_error* error) {
                   return stele_query_encode(get(), data, size, used, error);
                 });
    return bytes;
  }

  // Adds an item.
  Query& add(const Item& it) {
    item();
    for (const auto value : it.types) type(value);
    for (const auto value : it.categories) category(value);
    for (const auto value : it.tags) tag(value);
    for (const auto value : it.entities) entity(value);
    for (const auto value : it.entity_prefixes) entity_prefix(value);
    for (const auto value : it.scopes) scope(value);
    for (const Id& id : it.correlations) correlation(id);
    for (const Id& id : it.causations) causation(id);
    if (it.time) time(it.time->from, it.time->to);
    if (it.positions) positions(it.positions->from, it.positions->to);
    return *this;
  }

  // Starts the next item; what follows adds to it.
  Query& item() { return with(stele_query_item); }
  Query& type(std::string_view text) { return with_text(stele_query_type, text); }
  Query& category(std::string_view text) { return with_text(stele_query_category, text); }
  Query& tag(std::string_view text) { return with_text(stele_query_tag, text); }
  Query& entity(std::string_view text) { return with_text(stele_query_entity, text); }
  Query& entity_prefix(std::string_view text) { return with_text(stele_query_entity_prefix, text); }
  Query& scope(std::string_view text) { return with_text(stele_query_scope, text); }
  Query& correlation(const Id& id) { return with(stele_query_correlation, id.data()); }
  Query& causation(const Id& id) { return with(stele_query_causation, id.data()); }
  Query& time(std::int64_t from, std::int64_t to) { return with(stele_query_time, from, to); }
  Query& positions(std::uint64_t from, std::uint64_t to) {
    return with(stele_query_positions, from, to);
  }

 private:
  // Not a pointer, which {.limit = 0} would be taken for where read() has to choose.
  struct Made {
    stele_query* handle;
  };
  explicit Query(Made made) : Handle(made.handle) {}

  static stele_query* create() {
    stele_query* query = nullptr;
    detail::call(stele_query_create, &query);
    return query;
  }
  template <typename Function, typename... Values>
  Query& with(Function function, Values... values) {
    detail::call(function, get(), values...);
    return *this;
  }
  template <typename Function>
  Query& with_text(Function function, std::string_view text) {
    return with(function, text.data(), text.size());
  }
};

struct ReadOptions {
  bool backward = false;
  std::optional<std::uint64_t> from = {};  // The first position looked at; without: the first or
                                           // the last there is.
  std::uint64_t limit = STELE_NO_LIMIT;
};

// Events one after the other, as of the moment when the read began: an input range. An Event lives
// until the next one is asked for. END is the end of the range; errors are thrown from ++ and
// next().
//
// Example:
//
//     stele::Cursor newest = db.read({.backward = true, .limit = 10});
//     while (std::optional<stele::Event> event = newest.next()) show(*event);
//     for (const stele::Event& event : db.read_stream("account-7")) apply(event);
class Cursor : public detail::Handle<stele_cursor, stele_cursor_close> {
 public:
  using value_type = Event;
  using Handle::Handle;

  // Nothing: there is no further event.
  [[nodiscard]] std::optional<Event> next() {
    auto view = detail::sized<stele_event>();
    if (detail::call(stele_cursor_next, get(), &view) != STELE_OK) return std::nullopt;
    return Event(view);
  }
  [[nodiscard]] auto begin() { return detail::NextIterator<Cursor>(this); }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }

  // What it reads as of, and how far it is.
  [[nodiscard]] stele_cursor_info info() const {
    auto info = detail::sized<stele_cursor_info>();
    detail::call(stele_cursor_info_get, get(), &info);
    return info;
  }
  // The position of the last event when the read began: a guard's `after`.
  [[nodiscard]] std::uint64_t head() const { return info().store_head; }
};

struct Term {
  std::string_view text;  // Lives as long as the Terms.
  std::uint64_t count;    // Events that have it, and where the first and the last one are.
  std::uint64_t first_position;
  std::uint64_t last_position;
};

// The terms of a kind, in bytewise order: an input range.
//
// Example:
//
//     for (const stele::Term& tag : db.terms(STELE_TERM_TAG, "customer:"))
//       std::cout << tag.text << ' ' << tag.count << '\n';
class Terms : public detail::Handle<stele_terms, stele_terms_close> {
 public:
  using value_type = Term;
  using Handle::Handle;

  [[nodiscard]] std::optional<Term> next() {
    auto term = detail::sized<stele_term>();
    if (detail::call(stele_terms_next, get(), &term) != STELE_OK) return std::nullopt;
    return Term{detail::view_of(term.text), term.count, term.first_position, term.last_position};
  }
  [[nodiscard]] auto begin() { return detail::NextIterator<Terms>(this); }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }
};

namespace detail {

// Calls `use` with the options as the C API has them.
inline stele_read_options c_options(const ReadOptions& options) {
  stele_read_options made;
  stele_read_options_init(&made);
  if (options.backward) made.flags |= STELE_READ_BACKWARD;
  if (options.from) made.flags |= STELE_READ_FROM;
  made.start = options.from.value_or(0);
  made.limit = options.limit;
  return made;
}

}  // namespace detail

}  // namespace stele::inline v0
