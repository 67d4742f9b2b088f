// Contexts by EGL without any surface: a graphics card where there is one, else software.
//
// EGL is called through the functions that the library gives us and not through libepoxy, which
// ends the process where a function is missing.
#define EGL_NO_X11
#define MESA_EGL_NO_X11_HEADERS
#include <EGL/egl.h>
#include <EGL/eglext.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "render/context.hpp"
#include "render/libraries.hpp"
#include "volery/error.hpp"

namespace volery::render {
namespace {

/// The functions of EGL that we use.
struct Egl {
  Library library{"libEGL.so.1"};
#define VOLERY_EGL(name) decltype(&::egl##name) name = library.function<decltype(name)>("egl" #name)
  VOLERY_EGL(GetProcAddress);
  VOLERY_EGL(GetDisplay);
  VOLERY_EGL(GetError);
  VOLERY_EGL(Initialize);
  VOLERY_EGL(Terminate);
  VOLERY_EGL(QueryString);
  VOLERY_EGL(BindAPI);
  VOLERY_EGL(ChooseConfig);
  VOLERY_EGL(CreateContext);
  VOLERY_EGL(DestroyContext);
  VOLERY_EGL(CreatePbufferSurface);
  VOLERY_EGL(DestroySurface);
  VOLERY_EGL(MakeCurrent);
  VOLERY_EGL(GetCurrentContext);
  VOLERY_EGL(GetCurrentDisplay);
  VOLERY_EGL(GetCurrentSurface);
#undef VOLERY_EGL
  template <class Function>
  [[nodiscard]] Function extension(const char* name) const {
    return reinterpret_cast<Function>(GetProcAddress(name));
  }
};

// Whether a list of words between spaces has the word.
bool has(const char* list, std::string_view word) {
  std::string_view rest = list == nullptr ? "" : list;
  while (!rest.empty()) {
    const std::string_view first = rest.substr(0, rest.find(' '));
    if (first == word) return true;
    rest.remove_prefix(std::min(first.size() + 1, rest.size()));
  }
  return false;
}

/// An initialized display of a context; displays are shared by the process and stay.
struct Display {
  EGLDisplay handle = EGL_NO_DISPLAY;
  EGLContext context = EGL_NO_CONTEXT;
  EGLSurface surface = EGL_NO_SURFACE;
};

// A context of OpenGL 3.3 core on the display, or no context.
bool open(const Egl& egl, Display& display) {
  if (display.handle == EGL_NO_DISPLAY) return false;
  if (egl.Initialize(display.handle, nullptr, nullptr) != EGL_TRUE) return false;
  const bool bare =
      has(egl.QueryString(display.handle, EGL_EXTENSIONS), "EGL_KHR_surfaceless_context");
  if (egl.BindAPI(EGL_OPENGL_API) != EGL_TRUE) return false;
  const EGLint wanted[] = {EGL_SURFACE_TYPE, bare ? 0 : EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE,
                           EGL_OPENGL_BIT, EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  if (egl.ChooseConfig(display.handle, wanted, &config, 1, &count) != EGL_TRUE || count < 1) {
    return false;
  }
  const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION,
                            3,
                            EGL_CONTEXT_MINOR_VERSION,
                            3,
                            EGL_CONTEXT_OPENGL_PROFILE_MASK,
                            EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                            EGL_NONE};
  display.context = egl.CreateContext(display.handle, config, EGL_NO_CONTEXT, version);
  if (display.context == EGL_NO_CONTEXT) return false;
  if (!bare) {
    const EGLint size[] = {EGL_WIDTH, 1, EGL_HEIGHT, 1, EGL_NONE};
    display.surface = egl.CreatePbufferSurface(display.handle, config, size);
  }
  return true;
}

// Displays in the order in which they are tried: cards, then Mesa without a surface, then software
// devices, then whatever is the system's default.
std::vector<EGLDisplay> candidates(const Egl& egl) {
  std::vector<EGLDisplay> cards, others;
  const char* client = egl.QueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
  const auto get_display =
      egl.extension<PFNEGLGETPLATFORMDISPLAYEXTPROC>("eglGetPlatformDisplayEXT");
  if (get_display != nullptr && has(client, "EGL_MESA_platform_surfaceless")) {
    others.push_back(get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr));
  }
  const auto query_devices = egl.extension<PFNEGLQUERYDEVICESEXTPROC>("eglQueryDevicesEXT");
  const auto query_device =
      egl.extension<PFNEGLQUERYDEVICESTRINGEXTPROC>("eglQueryDeviceStringEXT");
  if (get_display != nullptr && query_devices != nullptr && query_device != nullptr &&
      has(client, "EGL_EXT_platform_device")) {
    std::array<EGLDeviceEXT, 16> devices{};
    EGLint count = 0;
    if (query_devices(static_cast<EGLint>(devices.size()), devices.data(), &count) != EGL_TRUE) {
      count = 0;
    }
    // Mesa's variable that asks for software; the driver would fail on a card then
    const bool software_asked = std::getenv("LIBGL_ALWAYS_SOFTWARE") != nullptr;
    for (EGLint i = 0; i < count; ++i) {
      EGLDeviceEXT device = devices[static_cast<std::size_t>(i)];
      const bool software = has(query_device(device, EGL_EXTENSIONS), "EGL_MESA_device_software");
      if (!software && software_asked) continue;
      (software ? others : cards).push_back(get_display(EGL_PLATFORM_DEVICE_EXT, device, nullptr));
    }
  }
  others.push_back(egl.GetDisplay(EGL_DEFAULT_DISPLAY));
  cards.insert(cards.end(), others.begin(), others.end());
  return cards;
}

class EglContext final : public Context {
 public:
  EglContext() {
    if (egl_.GetProcAddress == nullptr || egl_.Initialize == nullptr) {
      throw Error(ErrorKind::kState, missing_library("libEGL.so.1", "libegl1 libgl1-mesa-dri"));
    }
    // drivers look at their environment and devices while a display starts: one at a time
    static std::mutex starting;
    const std::scoped_lock lock(starting);
    for (EGLDisplay display : candidates(egl_)) {
      display_ = {display, EGL_NO_CONTEXT, EGL_NO_SURFACE};
      if (open(egl_, display_)) return;
    }
    throw Error(ErrorKind::kState,
                "no pictures: EGL has no driver with OpenGL 3.3; on Debian and Ubuntu: apt-get "
                "install libgl1-mesa-dri (software, needs no graphics card)");
  }
  ~EglContext() override {
    if (display_.surface != EGL_NO_SURFACE) egl_.DestroySurface(display_.handle, display_.surface);
    egl_.DestroyContext(display_.handle, display_.context);
  }

  void make_current() override {
    before_ = {egl_.GetCurrentDisplay(), egl_.GetCurrentContext(),
               egl_.GetCurrentSurface(EGL_DRAW)};
    egl_.BindAPI(EGL_OPENGL_API);  // of the thread, not of the process
    if (egl_.MakeCurrent(display_.handle, display_.surface, display_.surface, display_.context) !=
        EGL_TRUE) {
      throw Error(ErrorKind::kState,
                  "the GL context is in use by another thread, or this thread draws a window");
    }
  }
  void release() noexcept override {
    if (before_.context != EGL_NO_CONTEXT) {
      egl_.MakeCurrent(before_.handle, before_.surface, before_.surface, before_.context);
    } else {
      egl_.MakeCurrent(display_.handle, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    }
  }

 private:
  Egl egl_;
  Display display_;
  Display before_;
};

}  // namespace

std::unique_ptr<Context> make_egl_context() {
  return std::make_unique<EglContext>();
}

}  // namespace volery::render
