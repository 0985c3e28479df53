// Plays a script and compares what it prints with what stands beneath each command.
//
//   golden_driver SCRIPT...      UPDATE_GOLDEN=1 in the environment rewrites the scripts
//
// A line that begins with '>' is a command; '#' begins a comment, and an empty line stands for
// itself. All other lines are output.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "golden/player.h"

namespace golden {
namespace {

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw "cannot be read: " + path;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// Returns the script as it should be.
std::vector<std::string> replay(const std::vector<std::string>& script, const std::string& home) {
  Player player(home);
  std::vector<std::string> lines;
  for (size_t i = 0; i < script.size(); ++i) {
    const std::string& line = script[i];
    if (line.empty() || line.starts_with('#')) lines.push_back(line);
    if (!line.starts_with('>')) continue;
    lines.push_back(line);
    try {
      for (std::string& said : lines_of(player.play(line.substr(1)))) lines.push_back(said);
    } catch (const std::string& wrong) {
      throw "line " + std::to_string(i + 1) + ": " + wrong;
    }
  }
  return lines;
}

bool same(const std::vector<std::string>& script, const std::vector<std::string>& played) {
  std::string command;
  for (size_t i = 0; i < std::max(script.size(), played.size()); ++i) {
    const std::string expected = i < script.size() ? script[i] : "(the end)";
    const std::string got = i < played.size() ? played[i] : "(the end)";
    if (got.starts_with('>')) command = got;
    if (expected == got) continue;
    std::fprintf(stderr, "line %zu, after %s\n  expected: %s\n       got: %s\n", i + 1,
                 command.c_str(), expected.c_str(), got.c_str());
    return false;
  }
  return true;
}

bool run(const std::string& path) {
  std::string home = std::filesystem::temp_directory_path() / "stele-golden-XXXXXX";
  if (::mkdtemp(home.data()) == nullptr) throw std::string("no temporary directory");
  bool fine = false;
  try {
    const std::vector<std::string> script = read_lines(path);
    const std::vector<std::string> played = replay(script, home);
    const char* update = std::getenv("UPDATE_GOLDEN");
    if (update != nullptr && std::string(update) == "1") {
      std::ofstream file(path);
      for (const std::string& line : played) file << line << '\n';
      fine = true;
    } else {
      fine = same(script, played);
    }
  } catch (const std::string& wrong) {
    std::fprintf(stderr, "%s\n", wrong.c_str());
  }
  std::filesystem::remove_all(home);
  if (!fine) std::fprintf(stderr, "in %s\n", path.c_str());
  return fine && stele_live_handles() == 0;
}

}  // namespace
}  // namespace golden

int main(int count, char** arguments) {
  bool fine = count > 1;
  for (int i = 1; i < count; ++i) fine = golden::run(arguments[i]) && fine;
  return fine ? 0 : 1;
}
