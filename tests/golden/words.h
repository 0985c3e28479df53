// A line of a script, word by word: how queries, events and options are written in one.
//
//     positions type:A tag:x or entity:e backward start=4 limit=2
//     event A{x,y} e "data" time=5 meta=k:v
//
// A word is separated by blanks, and may be quoted. name=value is an option, at any place.
#pragma once

#include <stele/stele.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace golden {

using Id = std::array<uint8_t, 16>;

// Scripts write ids as numbers: 7 is the UUID of zeros that ends in 07.
Id id_of(uint64_t number);
std::string id_text(const uint8_t* id);  // "-" for NULL, all hexadecimal digits for other UUIDs.

// A decimal number; "max" is UINT64_MAX. Throws std::string.
uint64_t number_of(std::string_view text);
int64_t signed_number_of(std::string_view text);

class Words {
 public:
  explicit Words(std::string_view line);

  // Takes the next word that is no option; throws std::string when there is none.
  std::string take(const char* what);
  std::string take_or(const std::string& otherwise);
  // Takes the option of this name.
  std::optional<std::string> option(const std::string& name);
  // Takes a word that stands alone, wherever it is.
  bool flag(const std::string& name);
  [[nodiscard]] bool empty() const { return words_.empty() && options_.empty(); }
  // Throws a std::string when something has not been taken.
  void done() const;
  [[nodiscard]] std::vector<std::string>& words() { return words_; }

 private:
  std::vector<std::string> words_;
  std::map<std::string, std::string> options_;
};

// Takes the words of a query: "all" is NULL, "none" has no items, "or" and "item" start an item.
// Stores the first status that is not OK.
struct QueryHandle {
  QueryHandle() = default;
  QueryHandle(const QueryHandle&) = delete;
  QueryHandle& operator=(const QueryHandle&) = delete;
  ~QueryHandle() { stele_query_close(query); }

  stele_query* query = nullptr;
};
stele_status take_query(Words& words, QueryHandle& query, stele_error* error);

// Takes start=, limit= and backward.
stele_read_options take_read_options(Words& words);

// Takes the words of an event and adds it to a batch.
stele_status take_event(Words& words, stele_batch* batch, stele_error* error);

}  // namespace golden
