// The history that can still be read of a damaged database, commit by commit.
//
//     stored     its frame is whole; or its value in the tree of commits and all of its events are
//     rebuilt    its events are there, from the first to the last: what they say is all there was,
//                but for an idempotency key and tracking marks, which their trees may still have
//     lost       neither; then a stand-in can be had, in which what is left of it has its place
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "db/log_salvage.h"
#include "db/meta.h"
#include "db/page_salvage.h"
#include "events/ids.h"
#include "events/keys.h"
#include "events/tracking.h"

namespace stele::db {

// Returns who a database is, and how it is: from stele.meta, or if that is damaged from its other
// files. CORRUPT: none of them says it.
[[nodiscard]] Result<Meta> find_meta(os::FileSystem& files, const std::string& directory);

// The type of the events that stand in for those that are lost.
inline constexpr std::string_view kLostType = "stele.lost";

class Salvage {
 public:
  Salvage(const os::Environment& environment, const std::string& path, const Meta& meta);

  // Looks at about `budget` more bytes. Returns false when everything was looked at.
  Result<bool> scan(uint64_t budget);
  [[nodiscard]] uint64_t bytes_done() const;
  [[nodiscard]] uint64_t bytes_total() const;
  [[nodiscard]] uint64_t pages_damaged() const { return pages_->pages_damaged(); }
  [[nodiscard]] uint64_t log_damaged() const { return log_.damaged(); }
  [[nodiscard]] const std::optional<Error>& page_file_damage() const { return pages_->damage(); }

  // The rest requires that everything was looked at. --------------------------------------------

  // The last commit that is known to have been durable.
  [[nodiscard]] uint64_t durable_tsn() const;

  struct Found {
    std::vector<uint8_t> payload;  // Of its frame.
    bool is_rebuilt = false;       // Its roots are zeros.
    bool is_merged = false;        // So they are, but nothing of it was lost.
    bool is_logged = false;        // It is as the log has it: with its rows, which trees leave out.
    uint64_t events_lost = 0;      // Of a stand-in: that others stand in for.
  };
  // Returns commit `tsn`, whose first position must be `first`; nothing: it is lost.
  std::optional<Found> commit(uint64_t tsn, uint64_t first);
  // Returns what the log has of a commit, if that is whole.
  std::optional<std::vector<uint8_t>> logged(uint64_t tsn) { return log_.commit(tsn); }
  [[nodiscard]] const PageSalvage& pages() const { return *pages_; }
  // Returns the commits without times that `tsn` is one of, if it is.
  std::optional<engine::CommitEntry> untimed(uint64_t tsn);
  // Returns what takes the place of a lost commit, recorded at `recorded` unless it is known;
  // nothing: it is lost, and nothing behind it is known.
  Result<std::optional<Found>> stand_in(uint64_t tsn, uint64_t first, int64_t recorded);

 private:
  // What the trees of keys and marks say of one commit.
  struct Extras {
    std::optional<events::KeyUse> key;
    events::TrackingPart marks;
  };
  struct Extent {
    uint64_t end = 0;  // The position behind its last one.
    int64_t recorded = 0;
  };

  void load_extras();
  void add_extra(std::string_view tree, ByteView key, ByteView value);
  std::optional<Found> stored_in_trees(uint64_t tsn, uint64_t first);
  std::optional<Found> rebuilt(uint64_t tsn, uint64_t first);
  // Returns the first position of a commit, 0 if it is not known.
  uint64_t first_position_of(uint64_t tsn);
  // Finds out what positions a lost commit had, of which nothing but events may be known.
  std::optional<Extent> extent_of(uint64_t tsn, uint64_t first, int64_t recorded);
  Status append_lost(std::vector<uint8_t>& section);
  // Puts a payload together. `rest` is the sections that are there already, without their header.
  std::vector<uint8_t> put_together(const engine::Stamp& stamp, ByteView events,
                                    std::span<const uint8_t> rest, uint32_t rest_count);
  void append_extras(const engine::Stamp& stamp, std::vector<uint8_t>& payload, uint32_t& sections);

  os::Environment environment_;
  page::PageCache cache_;
  std::unique_ptr<PageSalvage> pages_;
  LogSalvage log_;
  bool are_pages_done_ = false;
  events::IdClock id_clock_;
  events::IdSource ids_;
  std::map<uint64_t, Extras> extras_;  // Of commits that the trees of commits has lost.
};

}  // namespace stele::db
