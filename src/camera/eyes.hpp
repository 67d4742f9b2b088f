// The GL backend of a rig: the renderer's pictures, all cameras of a world in one atlas.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "camera/bodies.hpp"
#include "camera/plan.hpp"
#include "camera/rig.hpp"
#include "render/offscreen.hpp"

namespace volery::camera {

class Eyes {
 public:
  /// Throws Error (kState) where there is no GL.
  explicit Eyes(const Batch& batch);

  [[nodiscard]] const std::string& device() const noexcept { return offscreen_.device(); }
  /// Whether the CPU draws.
  [[nodiscard]] bool software() const noexcept { return offscreen_.software(); }

  /// Takes pictures of the named agents of a world, one after another into `out`.
  void take(const Bodies& bodies, const Lenses& lenses, int world, std::span<const int> agents,
            const Images& out);

 private:
  render::Offscreen offscreen_;
  render::Frame frame_;
  std::vector<render::Camera> cameras_;
  std::vector<int> hidden_, vehicle_of_agent_;
};

}  // namespace volery::camera
