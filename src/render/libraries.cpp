// Shared libraries that are there or not.
#include "render/libraries.hpp"

#include <dlfcn.h>

#include "volery/error.hpp"

namespace volery::render {

Library::Library(const char* soname) : handle_(dlopen(soname, RTLD_NOW | RTLD_GLOBAL)) {}

void* Library::address(const char* name) const {
  return handle_ == nullptr ? nullptr : dlsym(handle_, name);
}

std::string missing_library(const char* soname, const char* package) {
  return std::string("no pictures: the library ") + soname +
         " is missing; on Debian and Ubuntu: apt-get install " + package;
}

void require_gl_libraries() {
  if (!Library("libEGL.so.1").found()) {
    throw Error(ErrorKind::kState, missing_library("libEGL.so.1", "libegl1 libgl1-mesa-dri"));
  }
  if (!Library("libOpenGL.so.0").found() && !Library("libGL.so.1").found()) {
    throw Error(ErrorKind::kState, missing_library("libOpenGL.so.0", "libopengl0 libgl1-mesa-dri"));
  }
}

}  // namespace volery::render
