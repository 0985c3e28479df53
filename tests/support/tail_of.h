// What lies behind a database: its tail, while it has made no checkpoint, and its commits.
#pragma once

#include "db/database.h"
#include "events/tail.h"

namespace stele::test {

// Requires: there was no checkpoint, and there will be none while the reference is used.
inline events::Tail& tail_of(const db::Database& database) {
  return events::Tail::of(database.views().current()->active());
}

// Returns the chained root of a commit. Requires: it is visible, and can be read.
inline Digest root_of(const db::Database& database, uint64_t tsn) {
  return engine::commit_info(*database.views().current(), tsn)->chained_root;
}

}  // namespace stele::test
