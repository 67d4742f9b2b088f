// From lines, marks, trails and the state of bodies to the quads and lines of a view.
#pragma once

#include <vector>

#include "render/bodies.hpp"
#include "render/quads.hpp"
#include "render/renderer.hpp"
#include "scene/scene.hpp"

namespace volery::render {

/// What is drawn over the solids, in this order.
struct Gathered {
  std::vector<Quad> shadows;          // on the ground, under everything
  std::vector<Quad> rotors;           // discs that let light through
  std::vector<LineInstance> lines;    // trails, then lines
  std::vector<LineVertex> thin;       // trails where there are too many for the above
  std::vector<Quad> marks;            // hidden behind what is in front of them
  std::vector<Quad> rings;            // never hidden: what is selected, hovered or at fault
  std::vector<LineInstance> stems;    // from the selected ones to the ground
  std::vector<Instance> balls;        // marks that are spheres and let light through
  std::vector<Instance> solid_balls;  // and those that do not

  void clear();
};

/// Trail segments from which on a software rasterizer gets lines of one pixel.
inline constexpr std::size_t kMostRibbons = 4000;

/// Shadows, rotors, and what sets bodies apart, in the colors of the options' theme.
void gather_bodies(const Frame& frame, const View& view, const Bodies& bodies, const Scene& scene,
                   const RenderOptions& options, bool sun_shadows, Gathered& out);
void gather_lines(const Frame& frame, const View& view, float scale, bool software, Gathered& out);
void gather_marks(const Frame& frame, const View& view, float scale, Gathered& out);

/// How dark the shadow of something this high above the ground is: 1 on it, 0 from 10 m on.
[[nodiscard]] float shadow_share(float height_m) noexcept;

}  // namespace volery::render
