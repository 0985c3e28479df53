// Version, status names and the count of handles.
#include <stele/stele.h>

#include "capi/handle_table.h"

#define STELE_TEXT_OF(number) #number
#define STELE_TEXT_OF_VALUE(number) STELE_TEXT_OF(number)

extern "C" {

const char* stele_version(void) {
  return STELE_TEXT_OF_VALUE(STELE_VERSION_MAJOR) "." STELE_TEXT_OF_VALUE(
      STELE_VERSION_MINOR) "." STELE_TEXT_OF_VALUE(STELE_VERSION_PATCH);
}

uint32_t stele_version_number(void) {
  return STELE_VERSION_NUMBER;
}

const char* stele_status_name(stele_status status) {
  switch (status) {
    case STELE_OK:
      return "OK";
    case STELE_CONFLICT:
      return "CONFLICT";
    case STELE_NOT_FOUND:
      return "NOT_FOUND";
    case STELE_END:
      return "END";
    case STELE_TIMEOUT:
      return "TIMEOUT";
    case STELE_EXISTS:
      return "EXISTS";
    case STELE_KEY_REUSED:
      return "KEY_REUSED";
    case STELE_NOT_YET:
      return "NOT_YET";
    case STELE_BUFFER_TOO_SMALL:
      return "BUFFER_TOO_SMALL";
    case STELE_INVALID:
      return "INVALID";
    case STELE_IO:
      return "IO";
    case STELE_FULL:
      return "FULL";
    case STELE_CORRUPT:
      return "CORRUPT";
    case STELE_BUSY:
      return "BUSY";
    case STELE_READ_ONLY:
      return "READ_ONLY";
    case STELE_TOO_OLD:
      return "TOO_OLD";
    case STELE_TOO_LARGE:
      return "TOO_LARGE";
    case STELE_UNSUPPORTED:
      return "UNSUPPORTED";
    case STELE_OUTCOME_UNKNOWN:
      return "OUTCOME_UNKNOWN";
    case STELE_NO_MEMORY:
      return "NO_MEMORY";
    case STELE_CLOSED:
      return "CLOSED";
    case STELE_INTERNAL:
      return "INTERNAL";
  }
  return "UNKNOWN";
}

uint64_t stele_live_handles(void) {
  return stele::capi::HandleTable::instance().live();
}

}  // extern "C"
