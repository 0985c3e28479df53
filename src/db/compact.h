// Makes the page file of a database as small as what is in it, while commits go on.
//
// Pages at the end of the file are written again into free ones before them, some in each step,
// tree after tree; each step is a generation of its own, with the same content, so that a crash
// loses nothing. The file shrinks by what is free at its end. Passes go on until at most a
// twentieth of it is free, or one has gained nothing: then readers, or a value larger than all free
// pages, hold the rest.
//
// Threads: one at a time; a step waits for a checkpoint, and a checkpoint for a step.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "db/database.h"

namespace stele::db {

class Compact {
 public:
  // Makes a checkpoint first. READ_ONLY: the database was opened so.
  static Result<std::unique_ptr<Compact>> start(std::shared_ptr<Database> database);

  // Moves about a mebibyte. Returns false when there is nothing left to gain. FULL: no room for the
  // copies; what was done stays done.
  Result<bool> step();

  [[nodiscard]] uint64_t bytes_before() const { return bytes_before_; }  // Of the file.
  [[nodiscard]] uint64_t bytes_now() const;
  [[nodiscard]] uint64_t bytes_live() const;  // What all pages that are not free take.
  [[nodiscard]] uint64_t pages_moved() const { return pages_moved_; }
  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }

 private:
  explicit Compact(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  [[nodiscard]] uint64_t live_pages() const;
  [[nodiscard]] bool is_small() const;
  void begin_pass();
  // Moves pages of the trees from the place on where the last step ended.
  Result<page::Roots> move(page::PageWriter& writer, const page::State& state);

  std::shared_ptr<Database> database_;
  uint64_t bytes_before_ = 0;
  uint64_t pages_moved_ = 0;
  uint64_t boundary_ = 0;          // Of this pass.
  uint64_t size_at_pass_ = 0;      // Bytes of the file when it began.
  uint64_t idle_generations_ = 0;  // Made only so that freed pages can be used.
  std::string tree_;               // The tree of this pass that comes next ...
  std::vector<uint8_t> key_;       // ... and from where on.
  bool is_pass_done_ = false;
  bool done_ = false;
};

}  // namespace stele::db
