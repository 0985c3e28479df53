// Takes the request apart and draws.
#include "db/inspect.h"

#include <charconv>
#include <vector>

#include "base/text.h"
#include "db/leaf_kind.h"
#include "tree/draw.h"
#include "tree/key.h"

namespace stele::db {

namespace {

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    // The last word of a path is a key, which may hold spaces.
    if (words.size() == 2 && words[0] == "path") {
      words.push_back(text);
      break;
    }
  }
  return words;
}

Result<uint64_t> number_of(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(Code::kInvalid, cat(quoted(text), " is not a number"));
  }
  return number;
}

Result<std::string> bytes_of_hex(std::string_view digits) {
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    uint8_t byte = 0;
    const std::string_view two = digits.substr(i, 2);
    const auto [end, error] = std::from_chars(two.data(), two.data() + two.size(), byte, 16);
    if (two.size() != 2 || error != std::errc() || end != two.data() + 2) {
      return fail(Code::kInvalid,
                  cat(quoted(digits), " is not an even number of hexadecimal digits"));
    }
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

Result<std::string> key_of(std::string_view name, std::string_view text) {
  if (leaf_kind(name) == tree::LeafKind::kDense) {
    const auto number = number_of(text);
    if (!number) return fail(number.error());
    return std::string(as_text(tree::key_of(*number)));
  }
  if (text.starts_with("0x")) return bytes_of_hex(text.substr(2));
  return std::string(text);
}

std::string draw_file(const engine::Trees& trees) {
  const page::State& state = *trees.state;
  const page::PageFileStats stats = trees.file->stats();
  std::string text = cat(trees.file->path(), "\n  generation ", state.generation,
                         ", everything up to commit ", state.applied_tsn, "\n  ", state.page_count,
                         " pages of ", trees.file->page_size(), " bytes, ", stats.free_pages,
                         " free, ", stats.waiting_pages, " free when nobody needs them\n");
  if (state.free_list) text += cat("  free list: page ", state.free_list.number, "\n");
  for (const auto& [name, root] : state.roots) {
    text += cat("  tree ", name, ": ", root.entries, root.entries == 1 ? " entry, " : " entries, ");
    text += root.height == 0
                ? std::string("empty\n")
                : cat("root page ", root.page.number, ", height ", uint64_t{root.height}, "\n");
  }
  return text;
}

Result<std::string> draw_free(const engine::Trees& trees) {
  std::string text = cat("free list of generation ", trees.state->generation, ", ",
                         trees.state->free_pages, " pages\n");
  STELE_TRY(trees.file->for_each_free(
      *trees.state,
      [&](const page::FreeExtent& extent) -> Status {
        text += cat("  page ", extent.first);
        if (extent.count > 1) text += cat(" to ", extent.first + extent.count - 1);
        text += cat(", freed by generation ", extent.generation, "\n");
        return {};
      },
      [&](uint64_t number) -> Status {
        text += cat("  -- list page ", number, "\n");
        return {};
      }));
  return text;
}

}  // namespace

Result<std::string> inspect(const Database& database, std::string_view what) {
  const engine::ViewPtr view = database.views().current();
  const engine::Trees& trees = *view->trees;
  if (trees.state == nullptr) return fail(Code::kNotFound, "there was no checkpoint yet");
  const auto words = words_of(what);
  if (words.empty()) return draw_file(trees);
  if (words[0] == "free" && words.size() == 1) return draw_free(trees);
  if (words[0] == "page" && words.size() == 2) {
    const auto number = number_of(words[1]);
    if (!number) return fail(number.error());
    if (*number >= trees.state->page_count) {
      return fail(Code::kInvalid,
                  cat("there is no page ", *number, ", the file has ", trees.state->page_count));
    }
    return tree::draw_page(*trees.file, *number);
  }
  if (words[0] == "path" && words.size() == 3) {
    const auto root = trees.state->roots.find(words[1]);
    if (root == trees.state->roots.end()) {
      return fail(Code::kInvalid, cat("there is no tree ", quoted(words[1])));
    }
    const auto key = key_of(words[1], words[2]);
    if (!key) return fail(key.error());
    return tree::draw_path(*trees.file, root->second, as_bytes(*key));
  }
  return fail(Code::kInvalid, cat(quoted(what), " is none of: free, page NUMBER, path TREE KEY"));
}

}  // namespace stele::db
