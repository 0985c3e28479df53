// A disk in memory that loses, tears, refuses and forgets, as a real one may, but when a test says.
//
// It is an os::FileSystem. Paths are absolute; "/" exists and its own name needs no sync. What was
// written and not synced is in the page cache only (sim_node.h says what becomes of it).
//
// Processes: files and locks belong to the process that opened them. A power failure or a kill ends
// it: its files answer an error, and so does everything else until reboot(). After that the same
// object serves the next process, while files and locks of the old one go on failing and cannot
// harm it. Calls by path cannot be told apart: whatever makes them must be gone before the reboot.
//
// Operations that can change the disk are numbered from 1: creations, writes, resizes, syncs,
// renames, removals. A test can end the process at any of them, or let any of them fail.
//
// Threads: any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "os/file.h"
#include "sim/dice.h"
#include "sim/sim_node.h"

namespace stele::sim {

enum class Op : uint8_t {
  kCreate,
  kMakeDirectory,
  kWrite,
  kResize,  // Also an allocation, and the emptying of a file that is opened for creation.
  kSync,
  kSyncDirectory,
  kRename,
  kRemove,
  // From here on not numbered: they change nothing.
  kOpen,
  kRead,
  kList,
};
[[nodiscard]] std::string_view name_of(Op op);

// One operation, as a hook sees it.
struct Moment {
  uint64_t number = 0;  // 0: not numbered.
  Op op = Op::kOpen;
  std::string path = {};                  // Of a rename: the old name.
  std::string target = {};                // Of a rename: the new name.
  std::optional<os::SyncSite> site = {};  // Of a sync.
  uint64_t size = 0;                      // Bytes of a write; the size that a file is to have.
  uint64_t offset = 0;                    // Of a write.
};
[[nodiscard]] std::string describe(const Moment& moment);

enum class Death : uint8_t {
  kPowerFailure,
  kKill,  // The page cache survives, and remains unsynced.
};
enum class Side : uint8_t {
  kBefore,  // The operation does not happen.
  kInside,  // It happens in part: some of a write, any part of a sync.
  kAfter,   // It happens, but the process does not learn of it.
};

// Lets operations of one kind fail.
struct Fault {
  Op op = Op::kSync;
  uint64_t nth = 1;  // The first to fail, counted from when the fault was added.
  bool for_ever = false;
  int error_number = 5;        // EIO. ENOSPC gives FULL.
  std::string path_part = {};  // Counts only operations on a path that contains this.
};

class SimDisk final : public os::FileSystem {
 public:
  // All that a disk and its page cache hold. Value-like: two disks of one image share nothing.
  struct Image {
    std::shared_ptr<const SimNode> root;
  };

  explicit SimDisk(uint64_t seed);
  SimDisk(uint64_t seed, const Image& image);

  // ---- Ends of a process. ----

  // Ends the process now. Requires: none has ended since the last reboot().
  void end_process(Death death);
  // Ends the process at the numbered operation.
  void end_process_at(uint64_t number, Side side, Death death);
  // Ends the process at the nth operation from now.
  void end_process_in(uint64_t nth, Side side, Death death);
  // Ends the process at the nth operation of this kind from now. The last plan made counts.
  void end_process_at_next(Op op, uint64_t nth, Side side, Death death);
  // Forgets such plans.
  void let_live();
  // The moment at which end_process_at struck, if it did since the last reboot().
  [[nodiscard]] std::optional<Moment> ended_at() const;
  [[nodiscard]] bool ended() const;
  // Lets the next process in.
  void reboot();

  // ---- Faults. ----

  void add_fault(const Fault& fault);
  void clear_faults();
  // How many operations failed by a fault, or for want of room, since clear_faults().
  [[nodiscard]] uint64_t faults_hit() const;
  // Writes and allocations fail with FULL where all files together would take more bytes. Of a
  // write what fits is written, of an allocation nothing.
  void set_capacity(uint64_t bytes);
  // From now on syncs of this site succeed and do nothing.
  void elide(os::SyncSite site);
  // Flips a bit of a file, on the disk and in the cache.
  void flip(const std::string& path, uint64_t offset, unsigned bit);

  // ---- Looking at it. ----

  // Called before each operation, numbered or not, without a lock of the disk. It may wait.
  using Hook = std::function<void(const Moment&)>;
  void set_hook(Hook hook);
  [[nodiscard]] uint64_t operations() const { return operations_.load(); }
  // How often each sync was reached, elided or not.
  [[nodiscard]] uint64_t reached(os::SyncSite site) const;
  [[nodiscard]] Image image() const;
  // Makes a directory that was always there.
  void furnish(const std::string& path);
  // The bytes of a file in the cache, and on the disk; nothing where its name is not there.
  [[nodiscard]] std::optional<std::vector<uint8_t>> cached(const std::string& path) const;
  [[nodiscard]] std::optional<std::vector<uint8_t>> durable(const std::string& path) const;
  [[nodiscard]] uint64_t bytes() const;

  // ---- os::FileSystem ----

  Result<std::unique_ptr<os::File>> open(const std::string& path, os::OpenFor purpose) override;
  Result<os::FileKind> kind(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Status create_directory(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_directory(const std::string& path, os::SyncSite site) override;
  Result<std::unique_ptr<os::DirectoryLock>> lock(const std::string& path) override;
  Result<std::unique_ptr<os::DirectoryLock>> lock_for_reading(const std::string& path) override;

 private:
  friend class SimFile;
  friend class SimLock;

  // An operation that has begun and holds the disk.
  struct Turn {
    std::unique_lock<std::mutex> lock;
    Moment moment;
    Death death = Death::kPowerFailure;
    bool ends_inside = false;  // It happens in part, then the process ends.
    bool ends_after = false;
    std::optional<Error> failure;  // It fails by a fault.
  };
  struct PlannedEnd {
    Side side;
    Death death;
    std::optional<Op> op;  // Counts only these.
    uint64_t left;         // It is the one that counts this down to 0.
  };
  struct ActiveFault {
    Fault fault;
    uint64_t seen = 0;
  };

  // Calls the hook, counts, and decides what happens. An error: the process has ended.
  Result<Turn> begin(Moment moment, uint64_t process);
  // Ends the process if it was to end at this operation.
  Status end(Turn& turn, Status result);
  void end_locked(Death death);
  // True iff a planned end is due at this operation.
  bool is_end(const Moment& moment);
  [[nodiscard]] std::optional<Error> fault_for(const Moment& moment);
  [[nodiscard]] uint64_t process() const;
  Dice new_dice() { return Dice(seed_, ++decisions_); }

  // All of these need the lock.
  [[nodiscard]] NodePointer find(const std::string& path) const;
  [[nodiscard]] uint64_t total() const;
  Status write_locked(Turn& turn, SimNode& node, uint64_t offset, std::span<const ByteView> pieces);
  Status allocate_locked(Turn& turn, SimNode& node);
  Status sync_locked(Turn& turn, SimNode& node);

  uint64_t seed_;
  mutable std::mutex mutex_;
  NodePointer root_;
  std::set<std::string> locked_;        // Exclusively.
  std::multiset<std::string> readers_;  // A path once for each shared lock; none of locked_.
  Hook hook_;
  uint64_t process_ = 1;
  bool ended_ = false;
  std::optional<Moment> ended_at_;
  std::optional<PlannedEnd> planned_end_;
  std::vector<ActiveFault> faults_;
  uint64_t faults_hit_ = 0;
  uint64_t capacity_ = UINT64_MAX;
  uint64_t decisions_ = 0;
  std::array<bool, os::kSyncSiteCount> elided_ = {};
  std::array<uint64_t, os::kSyncSiteCount> reached_ = {};
  std::atomic<uint64_t> operations_ = 0;
};

}  // namespace stele::sim
