// Which backend makes the context.
#include "render/context.hpp"

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

#include "core/described.hpp"
#include "render/libraries.hpp"
#include "volery/error.hpp"

namespace volery::render {
namespace {

// Which process this is: the name of its folder, since forks share everything else.
std::string process_name() {
  std::error_code none;
  return std::filesystem::read_symlink("/proc/self", none).string();
}

/// The process that made the first context.
struct FirstProcess {
  std::mutex mutex;
  std::string name;
};
FirstProcess& first_process() {
  static FirstProcess first;
  return first;
}

void refuse_fork() {
  if (!forked_from_gl()) return;
  throw Error(ErrorKind::kState,
              "pictures were made before this process was forked, and GL drivers do not survive "
              "that; start such processes by 'spawn' or 'forkserver', or before the first picture");
}

}  // namespace

bool forked_from_gl() {
  FirstProcess& first = first_process();
  const std::scoped_lock lock(first.mutex);
  return !first.name.empty() && first.name != process_name();
}

Current::Current(Context& context) : context_(context) {
  refuse_fork();
  context_.make_current();
}

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
  refuse_fork();
  require_gl_libraries();
  {
    FirstProcess& first = first_process();
    const std::scoped_lock lock(first.mutex);
    first.name = process_name();
  }
  return backend == Backend::kGlfw ? make_glfw_context() : make_egl_context();
}

}  // namespace volery::render
