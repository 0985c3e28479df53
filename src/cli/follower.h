// Looks again and again for new events of a database that other processes write.
//
//     writer    open ... append ... close          open ... append ... close
//     follower                           look  look                         look
//                                         `token `-- resumes there -----------^
//
// A database has one writer, and nobody reads beside it. So the follower looks when no writer is
// there: it opens the database for reading, takes what is behind its token, and closes it before
// it prints, so that a slow reader of its output keeps no writer waiting. The token names the
// history, too: one that is not the continuation of what was printed is an error.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/directory_mark.h"
#include "cli/filter_options.h"
#include "cli/handle.h"

namespace stele::cli {

struct FollowPlan {
  std::string database;
  FilterOptions filter;
  uint64_t after = 0;     // Begins behind this position ...
  bool from_now = false;  // ... or behind the last event there is at the first look.
};

class Follower {
 public:
  explicit Follower(FollowPlan plan);

  struct Look {
    uint64_t events = 0;
    std::string lines;  // Of these events, as `stele read` prints them.
    bool more = false;  // There are more already: look again at once.
  };

  // Takes the next events, `limit` at most. Throws a Busy while a writer has the database.
  [[nodiscard]] Look look(uint64_t limit);

  // False when no file has changed since the last look, so that there is nothing new to see.
  [[nodiscard]] bool may_have_news() const;

 private:
  [[nodiscard]] Subscription subscribe(const Database& database) const;

  FollowPlan plan_;
  Query query_;
  std::optional<std::array<uint8_t, STELE_TOKEN_SIZE>> token_;
  std::optional<DirectoryMark> seen_;  // What the files were when there was nothing left to see.
};

}  // namespace stele::cli
