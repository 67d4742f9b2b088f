// The GL libraries of the system, looked up when the first picture is wanted. Nothing here links
// them: importing volery works on a machine that has none, and libepoxy, which ends the process
// where it finds none, is called only after they were found.
#pragma once

#include <string>

namespace volery::render {

/// A shared library, open for as long as the process runs: GL drivers do not survive unloading.
class Library {
 public:
  /// nullptr handle where the system does not have it.
  explicit Library(const char* soname);
  [[nodiscard]] bool found() const noexcept { return handle_ != nullptr; }
  /// The address of a function, nullptr where the library has none of that name.
  template <class Function>
  [[nodiscard]] Function function(const char* name) const {
    return reinterpret_cast<Function>(address(name));
  }

 private:
  [[nodiscard]] void* address(const char* name) const;
  void* handle_ = nullptr;
};

/// Throws Error (kState) naming the Debian package where the libraries that every backend needs
/// (libEGL.so.1; libOpenGL.so.0 or libGL.so.1) are missing.
void require_gl_libraries();

/// What the error of a missing library says.
[[nodiscard]] std::string missing_library(const char* soname, const char* package);

}  // namespace volery::render
