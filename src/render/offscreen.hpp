// Pictures without a window or display: a context of its own (EGL, surfaceless; software where
// there is no GPU) and a framebuffer. Nothing of GL is loaded before the first one is made.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "render/renderer.hpp"

namespace volery::render {

/// Which library makes the context: VOLERY_GL=auto|egl|glfw|off. auto takes egl; glfw needs a
/// display and the library libglfw.
enum class Backend : int { kAuto, kEgl, kGlfw, kOff };

/// What the environment asks for. Throws Error (kValue) for any other word.
[[nodiscard]] Backend backend_from_environment();

inline constexpr int kMaxImagePixels = 8192;  // of each side; the device may allow less

class Offscreen {
 public:
  /// Throws Error (kState) where there is no GL: says which library is missing and how to get it.
  Offscreen(const Stage& stage, Backend backend);
  ~Offscreen();
  Offscreen(const Offscreen&) = delete;
  Offscreen& operator=(const Offscreen&) = delete;

  // Any thread may call, one at a time. Rows run from the top of the picture down. Sizes must be in
  // [1, kMaxImagePixels]; anything else throws Error (kValue).

  /// out: [height][width][3]. `samples` > 1 smooths edges.
  void rgb(const Frame& frame, const Camera& camera, int width, int height,
           const RenderOptions& options, std::span<std::uint8_t> out, int samples = 4);
  /// out: [height][width], meters along the view axis; far_m of the camera where nothing is met.
  void depth(const Frame& frame, const Camera& camera, int width, int height, std::span<float> out);
  /// out: [height][width], 0: nothing, Body::id + 1, or kStaticId + index of the static.
  void segmentation(const Frame& frame, const Camera& camera, int width, int height,
                    std::span<std::uint32_t> out);

  // Many cameras in one frame, drawn into one atlas and read back at once: what agents see.
  // hidden[i]: index of the vehicle that camera i is mounted on and does not see, or -1.

  /// out: [n][height][width][3].
  void rgb_atlas(const Frame& frame, std::span<const Camera> cameras, std::span<const int> hidden,
                 int width, int height, std::span<std::uint8_t> out);
  /// out: [n][height][width] of meters.
  void depth_atlas(const Frame& frame, std::span<const Camera> cameras, std::span<const int> hidden,
                   int width, int height, std::span<float> out);
  /// out: [n][height][width] of ids.
  void segmentation_atlas(const Frame& frame, std::span<const Camera> cameras,
                          std::span<const int> hidden, int width, int height,
                          std::span<std::uint32_t> out);

  [[nodiscard]] const DrawStats& stats() const noexcept;
  [[nodiscard]] const std::string& device() const noexcept;
  [[nodiscard]] bool software() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace volery::render
