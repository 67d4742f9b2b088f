// The shaders' sources. Positions are relative to the eye, in world axes; colors are linear light
// until the last line of a fragment shader.
#pragma once

#include <string_view>

namespace volery::render {

/// In front of every shader: the block View (render/view_block.hpp) and what all of them share.
extern const std::string_view kViewSource;

/// Triangles: statics as they are, or instanced bodies. Defines: OUT_COLOR (with or without
/// SHADOWS), OUT_DEPTH, OUT_ID or none of them for a depth map.
extern const std::string_view kMeshVertex, kMeshFragment;
/// Vehicles of a few pixels. The same defines.
extern const std::string_view kPointVertex, kPointFragment;
/// The level ground with its grid, and the sky behind everything.
extern const std::string_view kGroundVertex, kGroundFragment;
extern const std::string_view kSkyVertex, kSkyFragment;
/// Quads with a shape in them: soft shadows, rotors that blur, marks. SHAPE: its number.
extern const std::string_view kMarkVertex, kMarkFragment;
/// Lines as ribbons of constant width in pixels (or one pixel, THIN), and text.
extern const std::string_view kLineVertex, kLineFragment;
extern const std::string_view kTextVertex, kTextFragment;
/// Solids of several samples (roots of light), laid over the picture. SAMPLES: how many.
extern const std::string_view kSmoothVertex, kSmoothFragment;
/// The map of how many vehicles are where.
extern const std::string_view kDensityVertex, kDensityFragment;

}  // namespace volery::render
