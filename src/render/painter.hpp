// Draws bodies, statics, ground and sky of prepared views. Knows buffers and shaders; what is in
// them was decided by Bodies, Statics and View.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "render/bodies.hpp"
#include "render/gl.hpp"
#include "render/look.hpp"
#include "render/statics.hpp"

namespace volery::render {

/// What is written for a pixel.
enum class Output : int { kColor, kShadowedColor, kDepth, kId, kMap };
inline constexpr int kOutputs = 5;

/// One view of a picture: ranges of the buffers that upload() took.
struct Pass {
  std::size_t view = 0;  // index of its ViewBlock
  StaticRange statics;
  std::size_t first_bucket = 0, num_buckets = 0;
  Vec3 statics_rel_m;  // origin of the statics, relative to the eye
  std::size_t first_plane = 0, plane_vertices = 0;
  std::optional<float> ground_rel_m;  // height of the ground, relative to the eye
};

class Painter {
 public:
  Painter(const Bodies& bodies, const Statics& statics);

  /// Puts everything of all views of a picture on the GPU.
  void upload(std::span<const ViewBlock> views, std::span<const Instance> instances,
              std::span<const std::uint32_t> static_indices, const Mesh& planes);
  /// Makes the shaders read the block of a view.
  void bind_view(std::size_t view) const;
  /// Statics, planes, meshes of bodies; points apart, since their edges mix with what is behind.
  void draw_solids(Output output, const Pass& pass, std::span<const Bucket> buckets) const;
  void draw_points(Output output, const Pass& pass, std::span<const Bucket> buckets) const;
  /// What lets light through: color only.
  void draw_blended(const Pass& pass, std::span<const Bucket> buckets) const;
  void draw_ground(bool shadowed, const Pass& pass) const;
  void draw_sky() const;

 private:
  struct Range {
    std::size_t first_index = 0;
    GLsizei count = 0;
    GLint base_vertex = 0;
  };
  void bind_instances(std::size_t first) const;
  void draw_bucket(const Bucket& bucket) const;
  void place(Vec3 move_rel_m) const;

  std::array<std::optional<Program>, kOutputs> mesh_, point_;
  std::optional<Program> ground_, shadowed_ground_, sky_;
  GLint ground_height_ = -1, shadowed_ground_height_ = -1;
  std::vector<Range> ranges_;
  Buffer mesh_vertices_, mesh_indices_, static_vertices_, static_indices_, plane_vertices_;
  Buffer instances_, views_;
  VertexArray mesh_array_, static_array_, plane_array_, point_array_, empty_array_;
  std::size_t view_stride_ = 0;
};

}  // namespace volery::render
