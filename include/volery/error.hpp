// The one error type of the library.
//
// Thrown while something is being built, configured, reset or called wrongly; never from inside a
// step (a step flags the world in its Status instead). The bindings map the kind to the Python
// exception of the same meaning.
#pragma once

#include <stdexcept>
#include <string>

namespace volery {

enum class ErrorKind {
  kValue,   // a value out of range, an unknown name or key            Python: ValueError
  kType,    // a value of the wrong type or an array of the wrong dtype Python: TypeError
  kState,   // a call at the wrong time: before reset, after close      Python: RuntimeError
  kFile,    // a file that cannot be read or written                    Python: OSError
  kMemory,  // sizes that do not fit the machine                        Python: MemoryError
};

/// What went wrong, with path, value, allowed range and remedy in the message.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace volery
