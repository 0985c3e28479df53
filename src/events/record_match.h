// The plain definition of a match: one record against a query, without any index.
#pragma once

#include "events/query.h"
#include "events/record.h"

namespace stele::events {

[[nodiscard]] bool matches(const QueryItem& item, const RecordView& record);
[[nodiscard]] bool matches(const Query& query, const RecordView& record);

}  // namespace stele::events
