// Operations on open files.
#include "sim/sim_file.h"

#include <cerrno>

#include "base/text.h"

namespace stele::sim {

namespace {

Status check_writable(bool writable, const std::string& path) {
  if (writable) return {};
  return fail(
      Error(Code::kIo, cat("write ", path, ": it is open for reading")).with_os_errno(EBADF));
}

}  // namespace

Result<size_t> SimFile::read_at(uint64_t offset, ByteSpan into) {
  auto turn = disk_.begin({.op = Op::kRead, .path = path_}, process_);
  if (!turn) return fail(std::move(turn).error());
  if (turn->failure) return fail(*turn->failure);
  return node_->content.read(offset, into);
}

Status SimFile::write_at(uint64_t offset, std::span<const ByteView> pieces) {
  uint64_t size = 0;
  for (const ByteView piece : pieces) size += piece.size();
  auto turn =
      disk_.begin({.op = Op::kWrite, .path = path_, .size = size, .offset = offset}, process_);
  if (!turn) return fail(std::move(turn).error());
  STELE_TRY(check_writable(writable_, path_));
  return disk_.end(*turn, disk_.write_locked(*turn, *node_, offset, pieces));
}

Status SimFile::sync(os::SyncSite site) {
  auto turn = disk_.begin({.op = Op::kSync, .path = path_, .site = site}, process_);
  if (!turn) return fail(std::move(turn).error());
  return disk_.end(*turn, disk_.sync_locked(*turn, *node_));
}

Status SimFile::resize(uint64_t size) {
  auto turn = disk_.begin({.op = Op::kResize, .path = path_, .size = size}, process_);
  if (!turn) return fail(std::move(turn).error());
  STELE_TRY(check_writable(writable_, path_));
  if (turn->failure) return disk_.end(*turn, fail(*turn->failure));
  node_->content.resize(size);
  return disk_.end(*turn, {});
}

Status SimFile::allocate(uint64_t size) {
  auto turn = disk_.begin({.op = Op::kResize, .path = path_, .size = size}, process_);
  if (!turn) return fail(std::move(turn).error());
  STELE_TRY(check_writable(writable_, path_));
  return disk_.end(*turn, disk_.allocate_locked(*turn, *node_));
}

Result<uint64_t> SimFile::size() {
  auto turn = disk_.begin({.op = Op::kRead, .path = path_}, process_);
  if (!turn) return fail(std::move(turn).error());
  return node_->content.size();
}

SimLock::~SimLock() {
  const std::lock_guard guard(disk_.mutex_);
  if (disk_.ended_ || disk_.process_ != process_) return;
  if (is_shared_) {
    disk_.readers_.erase(disk_.readers_.find(path_));
  } else {
    disk_.locked_.erase(path_);
  }
}

}  // namespace stele::sim
