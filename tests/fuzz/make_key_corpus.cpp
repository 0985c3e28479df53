// Makes the corpus of the fuzz target of keys: make_key_corpus <directory>. To be run by hand when
// keys have got a new kind; the result is committed.
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "base/key_codec.h"
#include "fuzz/target.h"

namespace stele::fuzz {

// The driver, which is not in this program, asks for it.
uint64_t accepted() {
  return 0;
}

namespace {

void save(const std::string& directory, const std::string& name,
          std::initializer_list<KeyPart> parts) {
  const std::string path = directory + "/key/" + name;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream file(path, std::ios::binary);
  KeyWriter writer;
  for (const KeyPart& part : parts) require(writer.add(part).has_value(), "a part");
  file.put(0);
  file << as_text(writer.bytes());
  require(file.good(), "a file of the corpus");
}

void make(const std::string& directory) {
  const KeyPart null = {};
  const KeyPart last = {.kind = KeyKind::kNullLast};
  const KeyPart yes = {.kind = KeyKind::kBool, .integer = 1};
  const KeyPart text = {.kind = KeyKind::kText, .bytes = as_bytes(std::string_view("n\0rd", 4))};
  const KeyPart bytes = {.kind = KeyKind::kBytes, .bytes = as_bytes("\xff\xfe")};
  const KeyPart uuid = {.kind = KeyKind::kUuid, .bytes = as_bytes("0123456789abcdef")};
  const KeyPart large = {.kind = KeyKind::kUnsigned, .natural = UINT64_MAX};
  const KeyPart odd = {.kind = KeyKind::kInteger, .integer = -(int64_t{1} << 53) - 1};
  const KeyPart real = {.kind = KeyKind::kReal, .real = -0.1};
  const auto at = [](KeyKind kind) { return KeyPart{.kind = kind, .integer = 20'000}; };
  const auto turned = [](KeyPart part) {
    part.descending = true;
    return part;
  };
  save(directory, "empty", {});
  save(directory, "constants", {null, yes, last, turned(null), turned(last)});
  save(directory, "numbers", {large, odd, real, at(KeyKind::kInteger)});
  save(directory, "numbers-descending", {turned(large), turned(odd), turned(real)});
  save(directory, "text", {text, turned(text), bytes, turned(bytes), uuid, turned(uuid)});
  save(directory, "times",
       {at(KeyKind::kDate), at(KeyKind::kTime), at(KeyKind::kTimestamp),
        turned(at(KeyKind::kTimestamptz)), turned(at(KeyKind::kDate))});
}

}  // namespace
}  // namespace stele::fuzz

int main(int count, char** arguments) {
  if (count != 2) return 2;
  stele::fuzz::make(arguments[1]);
  return 0;
}
