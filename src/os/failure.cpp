// Errors of the operating system as errors of Stele.
#include "os/failure.h"

#include <cerrno>
#include <system_error>

#include "base/text.h"

namespace stele::os {

std::unexpected<Error> os_failure(const std::string& what, const std::string& path, int number) {
  Code code = Code::kIo;
  if (number == ENOSPC || number == EDQUOT || number == EFBIG) code = Code::kFull;
  if (number == ENOENT) code = Code::kNotFound;
  if (number == ENOMEM) code = Code::kNoMemory;
  const std::string reason = std::generic_category().message(number);
  return fail(Error(code, cat(what, " ", path, ": ", reason)).with_os_errno(number));
}

}  // namespace stele::os
