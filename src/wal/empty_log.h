// Makes the log of a database whose commits are all elsewhere: one segment without a frame, whose
// header says which commit comes next.
//
// It is the second segment of a log whose first one is not needed any more.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "os/file.h"
#include "wal/segment.h"

namespace stele::wal {

// Makes it in `directory`, and brings it to stable storage. `salt` is by chance. Requires: there is
// no other segment, first_tsn > 1.
[[nodiscard]] Status make_empty_log(os::FileSystem& files, const std::string& directory,
                                    const Uuid& uuid, uint64_t first_tsn, uint64_t salt);

}  // namespace stele::wal
