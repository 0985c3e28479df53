// Says of a Result or Status whether it is what a test expects, and prints it when it is not.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::test {

inline std::string describe(const Error& error) {
  return "code " + std::to_string(static_cast<int>(error.code())) + ": " + error.message();
}

template <typename T>
::testing::AssertionResult succeeded(const Result<T>& result) {
  if (result) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << describe(result.error());
}

// True iff `result` is an error of this code whose message contains `text`.
template <typename T>
::testing::AssertionResult failed(const Result<T>& result, Code code, std::string_view text = "") {
  if (result) return ::testing::AssertionFailure() << "it succeeded";
  const Error& error = result.error();
  if (error.code() == code && error.message().find(text) != std::string::npos) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure()
         << describe(error) << "; expected code " << static_cast<int>(code) << ": ..." << text;
}

}  // namespace stele::test
