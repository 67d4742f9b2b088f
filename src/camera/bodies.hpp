// The moving part of all worlds: agents and props as pictures show them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "camera/sight.hpp"
#include "render/frame.hpp"
#include "scene/cable.hpp"
#include "volery/batch.hpp"

namespace volery::camera {

/// Cables have no thickness in a scene; these are as thick as those that carry loads of 1 kg.
inline constexpr float kCableRadius_m = 0.0015F;

class Bodies {
 public:
  explicit Bodies(const Batch& batch);

  /// Copies where everything is. Not while a step runs.
  void read(const Batch& batch);

  [[nodiscard]] bool is_alive(int world, int agent) const noexcept;
  [[nodiscard]] Vec3 position_w_m(int world, int agent) const noexcept;
  [[nodiscard]] Quat quat_wb(int world, int agent) const noexcept;

  /// Makes solids of the bodies of a world that are there: agents, props, cables. Worlds may be
  /// placed at the same time by several threads.
  void place(int world);
  /// What was placed, without gaps.
  [[nodiscard]] std::span<const Solid> solids(int world) const noexcept;
  /// Null for an agent that is absent or nowhere finite.
  [[nodiscard]] const Solid* solid_of(int world, int agent) const noexcept;

  /// The same bodies for the renderer, and which of its vehicles each agent is, or -1.
  void compose(int world, render::Frame& out, std::vector<int>& vehicle_of_agent) const;

 private:
  /// A shape fixed to a body.
  struct Shape {
    PrimitiveKind kind = PrimitiveKind::kSphere;
    Vec3 half_m, offset_b_m;
  };
  [[nodiscard]] Solid solid_at(const Shape& shape, Vec3 position_w_m, Quat quat_wb) const noexcept;
  [[nodiscard]] bool prop_is_there(int world, int prop) const noexcept;
  /// Where an end of a cable is; false where what it is tied to is not there.
  bool find_end(int world, const CableEnd& end, Vec3& at_w_m) const noexcept;
  /// Both ends of a cable; false where one is not there, or both are in one place.
  bool find_cable(int world, const Cable& cable, Vec3& from_w_m, Vec3& to_w_m) const noexcept;
  [[nodiscard]] std::size_t num_solids() const noexcept {
    return static_cast<std::size_t>(num_agents_ + num_props_) + cables_.size();
  }

  int num_agents_ = 0, num_props_ = 0;
  std::vector<Cable> cables_;          // of each world
  std::vector<Shape> agent_shapes_;    // [A]
  std::vector<Shape> prop_shapes_;     // [P]
  std::vector<render::Color> colors_;  // [A]
  std::vector<std::uint16_t> types_;   // [A] index of the vehicle
  int num_rotor_rows_ = 0;
  // state, [W][A or P][width]
  std::vector<float> position_, quat_, alive_, mode_, rotor_speed_;
  std::vector<float> prop_position_, prop_quat_, prop_mode_;
  // [W][A + P + cables], and how many of each world are in use
  std::vector<Solid> solids_;
  std::vector<int> count_;
  std::vector<int> solid_index_;  // [W][A] of an agent among the solids of its world, or -1
};

}  // namespace volery::camera
