// What stands between two radios: static geometry and the bodies of other agents.
//
// Occlusion is hard (anything in between cuts the link) or attenuates path loss by a number of dB
// per wall and per body. It is symmetric: both directions of a link see the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "core/types.hpp"
#include "scene/scene.hpp"
#include "swarm/neighbors.hpp"

namespace volery::radio {

enum class OcclusionKind : int { kNone, kStatic, kBodies, kBoth };

struct OcclusionConfig {
  OcclusionKind kind = OcclusionKind::kNone;
  bool hard = true;   // anything in between cuts the link; else it attenuates
  float wall_db = 6;  // attenuation per wall
  float body_db = 1;  // and per body
  int max_count = 4;  // no more walls, nor bodies, are counted
  float body_radius_m = 0.1F;
  void describe(FieldVisitor& v);
};

/// Agents that may stand in the way of a link.
struct Bodies {
  const swarm::PackedAgent* agents = nullptr;  // of the world; those not present do not count
  const std::int32_t* candidates = nullptr;    // [num_candidates] world-local agents
  int num_candidates = 0;
};

/// Where static primitives touch or nearly do: there single rays may slip through.
class Seams {
 public:
  /// Finds the seams of a scene: O(primitives^2). Scenes with more than kMost have one everywhere.
  explicit Seams(const SceneConfig& scene);
  static constexpr std::size_t kMost = 64;
  /// Whether the segment may pass one. Cost: 1 ns per seam.
  [[nodiscard]] bool is_near(Vec3 a_w_m, Vec3 b_w_m) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return boxes_.size(); }

 private:
  struct Box {
    Vec3 low_w_m, high_w_m;
  };
  bool everywhere_ = false;
  std::vector<Box> boxes_;
};

/// Immutable.
class OcclusionModel {
 public:
  OcclusionModel() = default;
  /// `is_path_loss`: whether attenuation has something to attenuate. Throws Error, starting with
  /// `path`, where it has not. `scene`: that of later calls; without it each ray that meets nothing
  /// is tried twice.
  OcclusionModel(const OcclusionConfig& config, bool is_path_loss, const std::string& path,
                 const SceneConfig* scene = nullptr);

  [[nodiscard]] bool any() const noexcept { return statics_ || bodies_; }
  [[nodiscard]] bool is_hard() const noexcept { return hard_; }
  [[nodiscard]] bool counts_statics() const noexcept { return statics_; }
  [[nodiscard]] bool counts_bodies() const noexcept { return bodies_; }
  [[nodiscard]] float body_radius_m() const noexcept { return body_radius_m_; }

  /// Hard: whether anything is in between. `sender` and `receiver` themselves do not count.
  [[nodiscard]] bool is_blocked(const Scene& scene, Vec3 sender_w_m, Vec3 receiver_w_m,
                                const Bodies& others, int sender, int receiver) const noexcept;
  /// Attenuation, dB: each wall and body in between.
  [[nodiscard]] float loss_db(const Scene& scene, Vec3 sender_w_m, Vec3 receiver_w_m,
                              const Bodies& others, int sender, int receiver) const noexcept;

 private:
  [[nodiscard]] const Seams* seams() const noexcept { return seams_ ? &*seams_ : nullptr; }

  bool statics_ = false;
  bool bodies_ = false;
  bool hard_ = true;
  float wall_db_ = 0, body_db_ = 0;
  int max_count_ = 0;
  float body_radius_m_ = 0;
  std::optional<Seams> seams_;
};

/// Whether static geometry meets the segment between the points; an end inside a solid is met.
/// A seam between two primitives that touch, at a face or at an edge, does not leak: a ray that
/// meets nothing is tried again kSeam_m beside, where `seams` (if given) are near. Cost: a look-up
/// far from geometry, else one or two rays.
[[nodiscard]] bool is_walled(const Scene& scene, Vec3 a_w_m, Vec3 b_w_m,
                             const Seams* seams = nullptr) noexcept;
inline constexpr float kSeam_m = 1e-4F;
/// Walls on the segment, at most `most`: solids met one after the other. Gaps below kWallStep_m
/// merge; a mesh counts each of its surfaces that lie farther apart than that.
[[nodiscard]] int count_walls(const Scene& scene, Vec3 a_w_m, Vec3 b_w_m, int most,
                              const Seams* seams = nullptr) noexcept;
inline constexpr float kWallStep_m = 0.02F;
/// Bodies within radius_m of the segment, not counting those beyond its ends, at most `most`.
[[nodiscard]] int count_bodies(Vec3 a_w_m, Vec3 b_w_m, const Bodies& others, float radius_m,
                               int sender, int receiver, int most) noexcept;

}  // namespace volery::radio
