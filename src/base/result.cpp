// The funnel through which every report of damaged bytes passes.
#include "base/result.h"

#include "base/text.h"

namespace stele {

std::unexpected<Error> corruption(const std::string& where, uint64_t offset,
                                  const std::string& reason) {
  return fail(
      Error(Code::kCorrupt, cat(where, ", byte ", offset, ": ", reason)).with_offset(offset));
}

}  // namespace stele
