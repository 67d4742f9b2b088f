// Buffers, vertex arrays and draws of the scene.
#include "render/painter.hpp"

#include <cstring>

#include "render/shaders.hpp"

namespace volery::render {
namespace {

// locations in kMeshVertex
constexpr GLuint kPosition = 0, kNormal = 1, kColor = 2, kVertexId = 3, kBodyPosition = 4,
                 kBodyScale = 5, kBodyQuat = 6, kBodyColor = 7, kBodyId = 8;

constexpr std::array<const char*, kOutputs> kDefines{
    "#define OUT_COLOR\n", "#define OUT_COLOR\n#define SHADOWS\n", "#define OUT_DEPTH\n",
    "#define OUT_ID\n", "#define OUT_MAP\n"};

void vertex_attributes() {
  constexpr GLsizei kStride = sizeof(MeshVertex);
  glEnableVertexAttribArray(kPosition);
  glVertexAttribPointer(kPosition, 3, GL_FLOAT, GL_FALSE, kStride,
                        offset(offsetof(MeshVertex, position_m)));
  glEnableVertexAttribArray(kNormal);
  glVertexAttribPointer(kNormal, 4, GL_BYTE, GL_TRUE, kStride,
                        offset(offsetof(MeshVertex, normal)));
  glEnableVertexAttribArray(kColor);
  glVertexAttribPointer(kColor, 4, GL_UNSIGNED_BYTE, GL_TRUE, kStride,
                        offset(offsetof(MeshVertex, color)));
  glEnableVertexAttribArray(kVertexId);
  glVertexAttribIPointer(kVertexId, 1, GL_UNSIGNED_INT, kStride, offset(offsetof(MeshVertex, id)));
}

void enable_instances(GLuint divisor) {
  for (GLuint attribute = kBodyPosition; attribute <= kBodyId; ++attribute) {
    glEnableVertexAttribArray(attribute);
    glVertexAttribDivisor(attribute, divisor);
  }
}

}  // namespace

Painter::Painter(const Bodies& bodies, const Statics& statics)
    : ground_(std::in_place, "ground", "", kGroundVertex, kGroundFragment),
      shadowed_ground_(std::in_place, "ground", "#define SHADOWS\n", kGroundVertex,
                       kGroundFragment),
      sky_(std::in_place, "sky", "", kSkyVertex, kSkyFragment),
      ground_height_(ground_->uniform("height")),
      shadowed_ground_height_(shadowed_ground_->uniform("height")),
      mesh_vertices_(make_buffer()),
      mesh_indices_(make_buffer()),
      static_vertices_(make_buffer()),
      static_indices_(make_buffer()),
      plane_vertices_(make_buffer()),
      instances_(make_buffer()),
      views_(make_buffer()),
      mesh_array_(make_vertex_array()),
      static_array_(make_vertex_array()),
      plane_array_(make_vertex_array()),
      point_array_(make_vertex_array()),
      empty_array_(make_vertex_array()) {
  for (std::size_t i = 0; i < kOutputs; ++i) {
    mesh_[i].emplace("mesh", kDefines[i], kMeshVertex, kMeshFragment);
    if (i != static_cast<std::size_t>(Output::kMap)) {
      point_[i].emplace("point", kDefines[i], kPointVertex, kPointFragment);
    }
  }
  // all meshes of bodies in one pair of buffers
  std::vector<MeshVertex> vertices;
  std::vector<std::uint32_t> indices;
  for (const Mesh& mesh : bodies.meshes()) {
    ranges_.push_back({indices.size(), static_cast<GLsizei>(mesh.indices.size()),
                       static_cast<GLint>(vertices.size())});
    vertices.insert(vertices.end(), mesh.vertices.begin(), mesh.vertices.end());
    indices.insert(indices.end(), mesh.indices.begin(), mesh.indices.end());
  }
  glBindVertexArray(mesh_array_.get());
  stream(GL_ARRAY_BUFFER, mesh_vertices_, std::span<const MeshVertex>(vertices));
  vertex_attributes();
  stream(GL_ELEMENT_ARRAY_BUFFER, mesh_indices_, std::span<const std::uint32_t>(indices));
  enable_instances(1);
  glBindVertexArray(static_array_.get());
  stream(GL_ARRAY_BUFFER, static_vertices_, std::span<const MeshVertex>(statics.vertices()));
  vertex_attributes();
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, static_indices_.get());
  glBindVertexArray(plane_array_.get());
  glBindBuffer(GL_ARRAY_BUFFER, plane_vertices_.get());
  vertex_attributes();
  glBindVertexArray(point_array_.get());
  enable_instances(0);
  glBindVertexArray(0);

  GLint alignment = 256;
  glGetIntegerv(GL_UNIFORM_BUFFER_OFFSET_ALIGNMENT, &alignment);
  const auto step = static_cast<std::size_t>(alignment);
  view_stride_ = (sizeof(ViewBlock) + step - 1) / step * step;
}

void Painter::upload(std::span<const ViewBlock> views, std::span<const Instance> instances,
                     std::span<const std::uint32_t> static_indices, const Mesh& planes) {
  std::vector<std::byte> blocks(view_stride_ * views.size());
  for (std::size_t i = 0; i < views.size(); ++i) {
    std::memcpy(blocks.data() + i * view_stride_, &views[i], sizeof(ViewBlock));
  }
  stream(GL_UNIFORM_BUFFER, views_, blocks.data(), blocks.size());
  stream(GL_ARRAY_BUFFER, instances_, instances);
  // planes are few: their triangles are written out vertex by vertex
  std::vector<MeshVertex> plane_vertices;
  for (const std::uint32_t index : planes.indices) {
    plane_vertices.push_back(planes.vertices[index]);
  }
  stream(GL_ARRAY_BUFFER, plane_vertices_, std::span<const MeshVertex>(plane_vertices));
  glBindVertexArray(static_array_.get());
  stream(GL_ELEMENT_ARRAY_BUFFER, static_indices_, static_indices);
  glBindVertexArray(0);
}

void Painter::bind_view(std::size_t view) const {
  glBindBufferRange(GL_UNIFORM_BUFFER, kViewBinding, views_.get(),
                    static_cast<GLintptr>(view * view_stride_), sizeof(ViewBlock));
}

void Painter::bind_instances(std::size_t first) const {
  constexpr GLsizei kStride = sizeof(Instance);
  const std::size_t at = first * sizeof(Instance);
  glBindBuffer(GL_ARRAY_BUFFER, instances_.get());
  glVertexAttribPointer(kBodyPosition, 3, GL_FLOAT, GL_FALSE, kStride,
                        offset(at + offsetof(Instance, position_rel_m)));
  glVertexAttribPointer(kBodyScale, 3, GL_FLOAT, GL_FALSE, kStride,
                        offset(at + offsetof(Instance, scale)));
  glVertexAttribPointer(kBodyQuat, 4, GL_SHORT, GL_TRUE, kStride,
                        offset(at + offsetof(Instance, quat_xyzw)));
  glVertexAttribPointer(kBodyColor, 4, GL_UNSIGNED_BYTE, GL_TRUE, kStride,
                        offset(at + offsetof(Instance, color)));
  glVertexAttribIPointer(kBodyId, 1, GL_UNSIGNED_INT, kStride, offset(at + offsetof(Instance, id)));
}

// Statics have no instance: the attributes of one are constants.
void Painter::place(Vec3 move_rel_m) const {
  glVertexAttrib3f(kBodyPosition, move_rel_m.x, move_rel_m.y, move_rel_m.z);
  glVertexAttrib3f(kBodyScale, 1, 1, 1);
  glVertexAttrib4f(kBodyQuat, 0, 0, 0, 1);
  glVertexAttrib4f(kBodyColor, 1, 1, 1, 1);
  glVertexAttribI1ui(kBodyId, 0);
}

void Painter::draw_solids(Output output, const Pass& pass, std::span<const Bucket> buckets) const {
  mesh_[static_cast<std::size_t>(output)]->use();
  if (pass.statics.closed + pass.statics.two_sided > 0) {
    glBindVertexArray(static_array_.get());
    place(pass.statics_rel_m);
    const auto draw = [](std::size_t first, std::size_t count) {
      glDrawElements(GL_TRIANGLES, static_cast<GLsizei>(count), GL_UNSIGNED_INT,
                     offset(first * sizeof(std::uint32_t)));
    };
    glEnable(GL_CULL_FACE);
    if (pass.statics.closed > 0) draw(pass.statics.first, pass.statics.closed);
    glDisable(GL_CULL_FACE);
    if (pass.statics.two_sided > 0) {
      draw(pass.statics.first + pass.statics.closed, pass.statics.two_sided);
    }
  }
  if (pass.plane_vertices > 0) {
    glBindVertexArray(plane_array_.get());
    place({});
    glDrawArrays(GL_TRIANGLES, static_cast<GLint>(pass.first_plane),
                 static_cast<GLsizei>(pass.plane_vertices));
  }
  glBindVertexArray(mesh_array_.get());
  for (const Bucket& bucket : buckets.subspan(pass.first_bucket, pass.num_buckets)) {
    if (bucket.mesh != Bucket::kPoints && !bucket.blended) draw_bucket(bucket);
  }
  glBindVertexArray(0);
}

void Painter::draw_blended(const Pass& pass, std::span<const Bucket> buckets) const {
  mesh_[static_cast<std::size_t>(Output::kColor)]->use();
  glBindVertexArray(mesh_array_.get());
  for (const Bucket& bucket : buckets.subspan(pass.first_bucket, pass.num_buckets)) {
    if (bucket.blended) draw_bucket(bucket);
  }
  glBindVertexArray(0);
}

void Painter::draw_bucket(const Bucket& bucket) const {
  bind_instances(bucket.first);
  const Range& range = ranges_[static_cast<std::size_t>(bucket.mesh)];
  if (!bucket.two_sided) glEnable(GL_CULL_FACE);
  glDrawElementsInstancedBaseVertex(GL_TRIANGLES, range.count, GL_UNSIGNED_INT,
                                    offset(range.first_index * sizeof(std::uint32_t)),
                                    static_cast<GLsizei>(bucket.count), range.base_vertex);
  glDisable(GL_CULL_FACE);
}

void Painter::draw_points(Output output, const Pass& pass, std::span<const Bucket> buckets) const {
  for (const Bucket& bucket : buckets.subspan(pass.first_bucket, pass.num_buckets)) {
    if (bucket.mesh != Bucket::kPoints) continue;
    point_[static_cast<std::size_t>(output)]->use();
    glBindVertexArray(point_array_.get());
    bind_instances(bucket.first);
    glEnable(GL_PROGRAM_POINT_SIZE);
    glDrawArrays(GL_POINTS, 0, static_cast<GLsizei>(bucket.count));
    glDisable(GL_PROGRAM_POINT_SIZE);
    glBindVertexArray(0);
  }
}

void Painter::draw_ground(bool shadowed, const Pass& pass) const {
  if (!pass.ground_rel_m) return;
  (shadowed ? shadowed_ground_ : ground_)->use();
  glUniform1f(shadowed ? shadowed_ground_height_ : ground_height_, *pass.ground_rel_m);
  glBindVertexArray(empty_array_.get());
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
  glBindVertexArray(0);
}

void Painter::draw_sky() const {
  sky_->use();
  glBindVertexArray(empty_array_.get());
  glDepthFunc(GL_LEQUAL);  // it lies in the far plane
  glDrawArrays(GL_TRIANGLES, 0, 3);
  glDepthFunc(GL_LESS);
  glBindVertexArray(0);
}

}  // namespace volery::render
