// How failures reach Python: volery::Error by its kind, and short ways to throw one.
#pragma once

#include <string>

#include "volery/error.hpp"

namespace volery::bindings {

/// Makes Error arrive as ValueError, TypeError, RuntimeError, OSError or MemoryError. Called once,
/// when the module is imported.
void register_errors();

[[noreturn]] inline void throw_value(const std::string& message) {
  throw Error(ErrorKind::kValue, message);
}
[[noreturn]] inline void throw_type(const std::string& message) {
  throw Error(ErrorKind::kType, message);
}
[[noreturn]] inline void throw_state(const std::string& message) {
  throw Error(ErrorKind::kState, message);
}

}  // namespace volery::bindings
