// What the tests of pictures share: stages, frames, and the pictures kept in tests/render/golden.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "render/offscreen.hpp"
#include "volery/error.hpp"

namespace volery::render::testing {

/// Whether a machine that cannot make pictures is an error: on the build server it would hide that
/// nothing is tested.
inline bool must_have_gl() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string(ci) == "true";
}

/// A renderer without a window; empty, with a skipped or failed test, where there is no GL.
inline std::unique_ptr<Offscreen> offscreen(const Stage& stage, Backend backend = Backend::kEgl) {
  try {
    return std::make_unique<Offscreen>(stage, backend);
  } catch (const Error& error) {
    if (must_have_gl()) ADD_FAILURE() << error.what();
    return nullptr;
  }
}
#define VOLERY_NEEDS(renderer) \
  if (!(renderer)) GTEST_SKIP() << "this machine has no GL: libegl1 libopengl0 libgl1-mesa-dri"

inline constexpr Color kSky{0x56, 0xB4, 0xE9}, kOrange{0xE6, 0x9F, 0x00}, kPink{0xCC, 0x79, 0xA7};

inline Stage stage_of(const char* scene, const std::vector<const char*>& vehicles) {
  Stage stage;
  stage.scene = load_scene(Value(scene));
  for (const char* name : vehicles) stage.vehicles.push_back(load_vehicle(Value(name)));
  return stage;
}

inline Body body_at(Vec3 position_w_m, std::uint32_t id = 0, Color color = kSky) {
  Body body;
  body.position_w_m = position_w_m;
  body.color = color;
  body.id = id;
  body.rotor_speed_radps = 2000;
  return body;
}

inline Primitive box(Vec3 center, Vec3 size) {
  Primitive primitive;
  primitive.position_w_m = {center.x, center.y, center.z};
  primitive.size_m = {size.x, size.y, size.z};
  return primitive;
}

struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;
  [[nodiscard]] Color at(int x, int y) const {
    const std::size_t i = 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                               static_cast<std::size_t>(x));
    return {rgb[i], rgb[i + 1], rgb[i + 2]};
  }
};

inline Picture take(Offscreen& renderer, const Frame& frame, const Camera& camera, int width,
                    int height, const RenderOptions& options = {}) {
  Picture picture{width, height, {}};
  picture.rgb.resize(3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  renderer.rgb(frame, camera, width, height, options, picture.rgb);
  return picture;
}

/// Compares with golden/<name>.png, or writes it where VOLERY_RENEW_GOLDEN is set.
void expect_golden(const Picture& picture, const std::string& name);

}  // namespace volery::render::testing
