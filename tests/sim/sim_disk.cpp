// Turns, faults, ends of processes, and the operations on names.
#include "sim/sim_disk.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "sim/sim_file.h"

namespace stele::sim {

namespace {

std::unexpected<Error> os_failure(const Moment& moment, int number) {
  Code code = Code::kIo;
  if (number == ENOSPC) code = Code::kFull;
  if (number == ENOENT) code = Code::kNotFound;
  const std::string reason = std::generic_category().message(number);
  return fail(
      Error(code, cat(name_of(moment.op), " ", moment.path, ": ", reason)).with_os_errno(number));
}

bool is_numbered(Op op) {
  return op < Op::kOpen;
}

std::string name_in(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::string_view name_of(Op op) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "create", "create directory", "write", "resize", "sync", "sync directory",
      "rename", "remove",           "open",  "read",   "list"};
  return kNames[static_cast<size_t>(op)];
}

std::string describe(const Moment& moment) {
  std::string text = cat("operation ", moment.number, ", ", name_of(moment.op), " ", moment.path);
  if (!moment.target.empty()) text += cat(" to ", moment.target);
  if (moment.op == Op::kWrite) text += cat(", ", moment.size, " bytes");
  if (moment.site) text += cat(" (", os::kSyncSiteNames[static_cast<size_t>(*moment.site)], ")");
  return text;
}

SimDisk::SimDisk(uint64_t seed) : seed_(seed), root_(std::make_shared<SimNode>(true)) {}

SimDisk::SimDisk(uint64_t seed, const Image& image) : seed_(seed) {
  std::map<const SimNode*, NodePointer> copies;
  root_ = copy_tree(std::make_shared<SimNode>(*image.root), copies);
}

SimDisk::Image SimDisk::image() const {
  const std::lock_guard guard(mutex_);
  std::map<const SimNode*, NodePointer> copies;
  return {copy_tree(root_, copies)};
}

// ---- Ends of a process. ----

void SimDisk::end_locked(Death death) {
  ended_ = true;
  planned_end_.reset();
  locked_.clear();
  readers_.clear();
  if (death == Death::kKill) return;
  Dice dice = new_dice();
  const Mood mood = Mood::any(dice);
  lose_tree(*root_, mood, dice);
}

void SimDisk::end_process(Death death) {
  const std::lock_guard guard(mutex_);
  STELE_CHECK(!ended_);
  end_locked(death);
}

void SimDisk::end_process_at(uint64_t number, Side side, Death death) {
  const std::lock_guard guard(mutex_);
  STELE_CHECK(number > operations_);
  planned_end_ = {side, death, std::nullopt, number - operations_};
}

void SimDisk::end_process_in(uint64_t nth, Side side, Death death) {
  const std::lock_guard guard(mutex_);
  planned_end_ = {side, death, std::nullopt, nth};
}

void SimDisk::end_process_at_next(Op op, uint64_t nth, Side side, Death death) {
  const std::lock_guard guard(mutex_);
  planned_end_ = {side, death, op, nth};
}

void SimDisk::let_live() {
  const std::lock_guard guard(mutex_);
  planned_end_.reset();
}

bool SimDisk::is_end(const Moment& moment) {
  if (!planned_end_ || moment.number == 0) return false;
  if (planned_end_->op && *planned_end_->op != moment.op) return false;
  return --planned_end_->left == 0;
}

std::optional<Moment> SimDisk::ended_at() const {
  const std::lock_guard guard(mutex_);
  return ended_at_;
}

bool SimDisk::ended() const {
  const std::lock_guard guard(mutex_);
  return ended_;
}

void SimDisk::reboot() {
  const std::lock_guard guard(mutex_);
  ended_ = false;
  ended_at_.reset();
  ++process_;
}

uint64_t SimDisk::process() const {
  const std::lock_guard guard(mutex_);
  return process_;
}

// ---- Faults. ----

void SimDisk::add_fault(const Fault& fault) {
  const std::lock_guard guard(mutex_);
  faults_.push_back({fault});
}

void SimDisk::clear_faults() {
  const std::lock_guard guard(mutex_);
  faults_.clear();
  faults_hit_ = 0;
}

uint64_t SimDisk::faults_hit() const {
  const std::lock_guard guard(mutex_);
  return faults_hit_;
}

std::optional<Error> SimDisk::fault_for(const Moment& moment) {
  std::optional<Error> failure;
  for (ActiveFault& active : faults_) {
    if (active.fault.op != moment.op) continue;
    if (moment.path.find(active.fault.path_part) == std::string::npos) continue;
    ++active.seen;
    const bool hits =
        active.fault.for_ever ? active.seen >= active.fault.nth : active.seen == active.fault.nth;
    if (!hits) continue;
    ++faults_hit_;
    failure = os_failure(moment, active.fault.error_number).error();
  }
  return failure;
}

void SimDisk::set_capacity(uint64_t bytes) {
  const std::lock_guard guard(mutex_);
  capacity_ = bytes;
}

void SimDisk::elide(os::SyncSite site) {
  const std::lock_guard guard(mutex_);
  elided_[static_cast<size_t>(site)] = true;
}

void SimDisk::flip(const std::string& path, uint64_t offset, unsigned bit) {
  const std::lock_guard guard(mutex_);
  const NodePointer node = find(path);
  STELE_CHECK(node != nullptr);
  node->content.flip(offset, bit);
}

// ---- Looking at it. ----

void SimDisk::set_hook(Hook hook) {
  const std::lock_guard guard(mutex_);
  hook_ = std::move(hook);
}

uint64_t SimDisk::reached(os::SyncSite site) const {
  const std::lock_guard guard(mutex_);
  return reached_[static_cast<size_t>(site)];
}

void SimDisk::furnish(const std::string& path) {
  const std::lock_guard guard(mutex_);
  const NodePointer parent = find(os::parent_of(path));
  STELE_CHECK(parent != nullptr);
  parent->names.add(name_in(path), std::make_shared<SimNode>(true));
  parent->names.sync();
}

std::optional<std::vector<uint8_t>> SimDisk::cached(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  const NodePointer node = find(path);
  if (node == nullptr) return std::nullopt;
  const ByteView bytes = node->content.cached();
  return std::vector<uint8_t>(bytes.begin(), bytes.end());
}

std::optional<std::vector<uint8_t>> SimDisk::durable(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  NodePointer node = root_;
  for (size_t at = 1; node != nullptr && at < path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const auto found = node->names.durable().find(path.substr(at, end - at));
    node = found == node->names.durable().end() ? nullptr : found->second;
    at = end + 1;
  }
  if (node == nullptr) return std::nullopt;
  const ByteView bytes = node->content.durable();
  return std::vector<uint8_t>(bytes.begin(), bytes.end());
}

uint64_t SimDisk::bytes() const {
  const std::lock_guard guard(mutex_);
  return total();
}

uint64_t SimDisk::total() const {
  uint64_t sum = 0;
  std::vector<const SimNode*> left = {root_.get()};
  while (!left.empty()) {
    const SimNode* node = left.back();
    left.pop_back();
    sum += node->content.size();
    for (const auto& [name, child] : node->names.cached()) left.push_back(child.get());
  }
  return sum;
}

NodePointer SimDisk::find(const std::string& path) const {
  STELE_CHECK(path.starts_with('/'));
  NodePointer node = root_;
  for (size_t at = 1; node != nullptr && at < path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    node = node->names.find(path.substr(at, end - at));
    at = end + 1;
  }
  return node;
}

// ---- Turns. ----

Result<SimDisk::Turn> SimDisk::begin(Moment moment, uint64_t process) {
  const auto has_ended = [&] {
    return fail(Code::kIo, cat(name_of(moment.op), " ", moment.path, ": the process has died"));
  };
  std::unique_lock lock(mutex_);
  if (ended_ || process != process_) return has_ended();
  if (is_numbered(moment.op)) moment.number = ++operations_;
  if (hook_) {
    const Hook hook = hook_;
    lock.unlock();
    hook(moment);
    lock.lock();
    if (ended_ || process != process_) return has_ended();
  }
  if (moment.site) ++reached_[static_cast<size_t>(*moment.site)];
  Turn turn;
  if (is_end(moment)) {
    ended_at_ = moment;
    const PlannedEnd planned = *planned_end_;
    if (planned.side == Side::kBefore) {
      end_locked(planned.death);
      return has_ended();
    }
    turn.death = planned.death;
    turn.ends_inside = planned.side == Side::kInside;
    turn.ends_after = planned.side == Side::kAfter;
  }
  turn.failure = fault_for(moment);
  turn.moment = std::move(moment);
  turn.lock = std::move(lock);
  return turn;
}

Status SimDisk::end(Turn& turn, Status result) {
  if (!turn.ends_inside && !turn.ends_after) return result;
  end_locked(turn.death);
  return fail(Code::kIo, cat(describe(turn.moment), ": the process has died"));
}

Status SimDisk::write_locked(Turn& turn, SimNode& node, uint64_t offset,
                             std::span<const ByteView> pieces) {
  uint64_t left = turn.moment.size;
  if (turn.failure || turn.ends_inside) left = new_dice().between(0, left);
  const uint64_t others = total() - node.content.size();
  const uint64_t room = capacity_ > others ? capacity_ - others : 0;
  const bool full = offset + left > std::max(room, node.content.size());
  if (full) left = room > offset ? room - offset : 0;
  for (const ByteView piece : pieces) {
    const ByteView part = piece.first(std::min<uint64_t>(piece.size(), left));
    node.content.write(offset, part);
    offset += part.size();
    left -= part.size();
  }
  if (turn.failure) return fail(*turn.failure);
  if (full) {
    ++faults_hit_;
    return os_failure(turn.moment, ENOSPC);
  }
  return {};
}

Status SimDisk::allocate_locked(Turn& turn, SimNode& node) {
  if (turn.failure) return fail(*turn.failure);
  const uint64_t size = turn.moment.size;
  if (size <= node.content.size()) return {};  // What is there has its room.
  const uint64_t others = total() - node.content.size();
  if (others > capacity_ || size > capacity_ - others) {
    ++faults_hit_;
    return os_failure(turn.moment, ENOSPC);
  }
  node.content.resize(size);
  return {};
}

Status SimDisk::sync_locked(Turn& turn, SimNode& node) {
  if (elided_[static_cast<size_t>(*turn.moment.site)]) return {};
  if (turn.failure) {
    Dice dice = new_dice();
    if (!node.is_directory) node.content.fail_sync(Mood::any(dice), dice);
    return fail(*turn.failure);
  }
  if (turn.ends_inside) return {};  // Any part of what is pending survives, as of a sync.
  node.is_directory ? node.names.sync() : node.content.sync();
  return {};
}

// ---- os::FileSystem ----

Result<std::unique_ptr<os::File>> SimDisk::open(const std::string& path, os::OpenFor purpose) {
  const uint64_t now = process();
  const bool creating = purpose == os::OpenFor::kCreating;
  Op op = Op::kOpen;
  if (creating) {
    const std::lock_guard guard(mutex_);
    const NodePointer there = find(path);
    if (there == nullptr) op = Op::kCreate;
    if (there != nullptr && there->content.size() != 0) op = Op::kResize;
  }
  auto turn = begin({.op = op, .path = path}, now);
  if (!turn) return fail(std::move(turn).error());
  NodePointer node = find(path);
  if (turn->failure) return fail(end(*turn, fail(*turn->failure)).error());
  if (node == nullptr) {
    const NodePointer parent = find(os::parent_of(path));
    if (op != Op::kCreate || parent == nullptr) {
      return fail(end(*turn, os_failure(turn->moment, ENOENT)).error());
    }
    node = std::make_shared<SimNode>(false);
    parent->names.add(name_in(path), node);
  }
  if (node->is_directory) return os_failure(turn->moment, EISDIR);
  if (op == Op::kResize) node->content.resize(0);
  STELE_TRY(end(*turn, {}));
  return std::make_unique<SimFile>(*this, now, node, path, purpose != os::OpenFor::kReading);
}

Result<os::FileKind> SimDisk::kind(const std::string& path) {
  auto turn = begin({.op = Op::kList, .path = path}, process());
  if (!turn) return fail(std::move(turn).error());
  if (turn->failure) return fail(*turn->failure);
  const NodePointer node = find(path);
  if (node == nullptr) return os::FileKind::kMissing;
  return node->is_directory ? os::FileKind::kDirectory : os::FileKind::kFile;
}

Result<std::vector<std::string>> SimDisk::list(const std::string& path) {
  auto turn = begin({.op = Op::kList, .path = path}, process());
  if (!turn) return fail(std::move(turn).error());
  if (turn->failure) return fail(*turn->failure);
  const NodePointer node = find(path);
  if (node == nullptr) return os_failure(turn->moment, ENOENT);
  if (!node->is_directory) return os_failure(turn->moment, ENOTDIR);
  std::vector<std::string> names;
  for (const auto& [name, child] : node->names.cached()) names.push_back(name);
  return names;
}

Status SimDisk::create_directory(const std::string& path) {
  auto turn = begin({.op = Op::kMakeDirectory, .path = path}, process());
  if (!turn) return fail(std::move(turn).error());
  if (turn->failure) return end(*turn, fail(*turn->failure));
  const NodePointer parent = find(os::parent_of(path));
  if (parent == nullptr) return end(*turn, os_failure(turn->moment, ENOENT));
  if (find(path) != nullptr) return end(*turn, os_failure(turn->moment, EEXIST));
  parent->names.add(name_in(path), std::make_shared<SimNode>(true));
  return end(*turn, {});
}

Status SimDisk::rename(const std::string& from, const std::string& to) {
  auto turn = begin({.op = Op::kRename, .path = from, .target = to}, process());
  if (!turn) return fail(std::move(turn).error());
  if (turn->failure) return end(*turn, fail(*turn->failure));
  // Nothing in Stele moves a file to another directory; that would need a change of two.
  STELE_CHECK(os::parent_of(from) == os::parent_of(to));
  const NodePointer parent = find(os::parent_of(from));
  if (find(from) == nullptr) return end(*turn, os_failure(turn->moment, ENOENT));
  parent->names.rename(name_in(from), name_in(to));
  return end(*turn, {});
}

Status SimDisk::remove(const std::string& path) {
  auto turn = begin({.op = Op::kRemove, .path = path}, process());
  if (!turn) return fail(std::move(turn).error());
  if (turn->failure) return end(*turn, fail(*turn->failure));
  if (find(path) == nullptr) return end(*turn, os_failure(turn->moment, ENOENT));
  find(os::parent_of(path))->names.remove(name_in(path));
  return end(*turn, {});
}

Status SimDisk::sync_directory(const std::string& path, os::SyncSite site) {
  auto turn = begin({.op = Op::kSyncDirectory, .path = path, .site = site}, process());
  if (!turn) return fail(std::move(turn).error());
  const NodePointer node = find(path);
  if (node == nullptr) return end(*turn, os_failure(turn->moment, ENOENT));
  return end(*turn, sync_locked(*turn, *node));
}

Result<std::unique_ptr<os::DirectoryLock>> SimDisk::lock(const std::string& path) {
  const uint64_t now = process();
  bool creates = false;
  {
    const std::lock_guard guard(mutex_);
    creates = find(path) == nullptr;
  }
  auto turn = begin({.op = creates ? Op::kCreate : Op::kOpen, .path = path}, now);
  if (!turn) return fail(std::move(turn).error());
  if (turn->failure) return fail(end(*turn, fail(*turn->failure)).error());
  if (find(path) == nullptr) {
    const NodePointer parent = find(os::parent_of(path));
    if (parent == nullptr) return fail(end(*turn, os_failure(turn->moment, ENOENT)).error());
    parent->names.add(name_in(path), std::make_shared<SimNode>(false));
  }
  STELE_TRY(end(*turn, {}));
  if (readers_.contains(path)) return fail(Code::kBusy, cat(path, " is locked by a reader"));
  if (!locked_.insert(path).second) return fail(Code::kBusy, cat(path, " is locked"));
  return std::make_unique<SimLock>(*this, now, path, /*is_shared=*/false);
}

Result<std::unique_ptr<os::DirectoryLock>> SimDisk::lock_for_reading(const std::string& path) {
  const uint64_t now = process();
  auto turn = begin({.op = Op::kOpen, .path = path}, now);
  if (!turn) return fail(std::move(turn).error());
  if (turn->failure) return fail(*turn->failure);
  if (find(path) == nullptr) return std::make_unique<os::DirectoryLock>();
  if (locked_.contains(path)) return fail(Code::kBusy, cat(path, " is locked"));
  readers_.insert(path);
  return std::make_unique<SimLock>(*this, now, path, /*is_shared=*/true);
}

}  // namespace stele::sim
