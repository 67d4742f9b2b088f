// Which backend makes the context.
#include "render/context.hpp"

#include <array>
#include <cstdlib>
#include <string>

#include "core/described.hpp"
#include "render/libraries.hpp"
#include "volery/error.hpp"

namespace volery::render {

Backend backend_from_environment() {
  const char* word = std::getenv("VOLERY_GL");
  if (word == nullptr || *word == '\0') return Backend::kAuto;
  const std::vector<std::string> names{"auto", "egl", "glfw", "off"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == word) return static_cast<Backend>(i);
  }
  throw Error(ErrorKind::kValue, std::string("VOLERY_GL = '") + word +
                                     "': must be auto, egl, glfw or off" +
                                     did_you_mean(word, names));
}

std::unique_ptr<Context> make_context(Backend backend) {
  if (backend == Backend::kOff) {
    throw Error(ErrorKind::kState,
                "pictures are switched off by VOLERY_GL = 'off'; unset it, or set it to auto");
  }
  require_gl_libraries();
  return backend == Backend::kGlfw ? make_glfw_context() : make_egl_context();
}

}  // namespace volery::render
