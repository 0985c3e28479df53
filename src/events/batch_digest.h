// The digest of a batch: what its caller asked for, and nothing that an attempt to commit it makes
// up. A retry that is built anew has the same digest.
//
//     0                8                16
//     +----------------+----------------+----------------------+--------------------------+
//     |     events     |    requests    | record, record ...   | request, request ...     |
//     +----------------+----------------+----------------------+--------------------------+
//
//     record  := as stored, with zeros for what the commit fills in and for an id made here
//     request := source size u16, zero u16 u32, previous u64, position u64, source bytes, zeros up
//                to a multiple of 8
//
// Guards are left out: a retry may carry a newer `after`.
// On disk: docs/format.md, "Key section".
#pragma once

#include "base/hash.h"

namespace stele::events {

class EventPart;
class TrackingPart;

// Time and memory: linear in the size of the batch.
[[nodiscard]] Digest batch_digest(const EventPart& events, const TrackingPart& tracking);

}  // namespace stele::events
