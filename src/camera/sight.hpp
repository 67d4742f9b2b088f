// What a camera may see: solids with ids and colors, and which of them fall into the picture where.
//
// Statics are prepared once and found through a tree; agents and props are placed anew for every
// picture of their world. What is left for a picture is a short list, nearest first, each with the
// rectangle of pixels that can show it, so that rays are tested against little else.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "camera/view.hpp"
#include "render/frame.hpp"
#include "scene/bvh.hpp"
#include "scene/shapes.hpp"

namespace volery::camera {

/// A static, prop, agent or cable that has an end. Rays meet its collision shape.
struct Solid {
  PrimitiveKind kind = PrimitiveKind::kSphere;
  // of the box around it that has its axes: a hull's or mesh's is that of the world
  Vec3 center_w_m, half_m;
  Vec3 axes_w[3];
  float reach_m = 0;                    // of the sphere about its center that holds it
  const scene::Shape* shape = nullptr;  // of hulls and meshes
  std::uint32_t id = 0;                 // what a segmentation image holds here
  render::Color color;
};

/// A static half space: in every picture, if anywhere.
struct Ground {
  scene::HalfSpace half_space;
  std::uint32_t id = 0;
  render::Color color;
};

/// A solid in a picture.
struct Sighted {
  const Solid* solid = nullptr;
  float nearest_m = 0;                // no ray meets it before
  int left = 0, top = 0;              // pixels whose rays can meet it,
  int right_end = 0, bottom_end = 0;  // the ends not among them
};

/// The static part of all worlds.
class Statics {
 public:
  /// Throws Error for geometry that cannot be, as Scene does.
  explicit Statics(const SceneConfig& config);
  Statics(const Statics&) = delete;
  Statics& operator=(const Statics&) = delete;

  [[nodiscard]] std::span<const Ground> grounds() const noexcept { return grounds_; }
  /// Appends the solids in the picture, in the order of the tree.
  void sight(const View& view, std::vector<Sighted>& out) const;

 private:
  std::vector<scene::Shape> shapes_;
  std::vector<Solid> solids_;
  std::vector<Ground> grounds_;
  scene::Bvh tree_;  // over solids_
};

/// Appends the solid if it can be in the picture.
void sight(const View& view, const Solid& solid, std::vector<Sighted>& out);

/// Nearest first, equals by their ids.
void sort_by_distance(std::vector<Sighted>& sighted);

/// What segmentation images hold: 0 is nothing.
[[nodiscard]] constexpr std::uint32_t agent_id(int agent) noexcept {
  return static_cast<std::uint32_t>(agent) + 1;
}
/// Props come after the agents of the world.
[[nodiscard]] constexpr std::uint32_t prop_id(int num_agents, int prop) noexcept {
  return static_cast<std::uint32_t>(num_agents + prop) + 1;
}

/// And cables after the props.
[[nodiscard]] constexpr std::uint32_t cable_id(int num_agents, int num_props, int cable) noexcept {
  return static_cast<std::uint32_t>(num_agents + num_props + cable) + 1;
}

}  // namespace volery::camera
