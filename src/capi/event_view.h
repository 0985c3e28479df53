// Fills the C API's stele_event from a record.
#pragma once

#include <stele/stele.h>

#include "events/record.h"

namespace stele::capi {

// Requires: check_out_struct(to).
void fill_event(const events::RecordView& record, stele_event* to);

}  // namespace stele::capi
