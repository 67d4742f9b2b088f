// Worlds for contact tests: a slab of its own, a scalar free flight, and the substep loop that
// batch/advance.cpp runs.
//
// The flight here is a stand-in that reads its inputs from rows of the test's own: what contacts do
// must not depend on how bodies fly between them, as long as thrust stays within the vehicle's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "contact/contact.hpp"
#include "contact/pose.hpp"
#include "core/hash.hpp"
#include "core/rng.hpp"
#include "scene/scene.hpp"
#include "state/slab.hpp"

namespace volery::contact::test {

/// Rows after the rigid ones: what acts on a body in the present window, and what cables report.
enum InputRow : int { kThrust = kNumRigidRows, kTorque, kTension = kTorque + 3, kNumTestRows };

struct RigConfig {
  SceneConfig scene;
  VehicleConfig vehicle;
  ContactConfig contact;
  int num_worlds = 1;
  int num_agents = 1;
  float rate_hz = 240;
  int substeps = 8;
  float gravity_mps2 = 9.80665F;
};

/// A vehicle of the size and mass of a Crazyflie, cylinder-shaped, restitution and friction 0.5.
inline VehicleConfig small_drone() {
  VehicleConfig config;
  config.name = "small";
  config.rotors.resize(4);
  const float arm = 0.028F;
  const float sx[4] = {1, -1, -1, 1};
  const float sy[4] = {-1, -1, 1, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    config.rotors[i].position_b_m = {sx[i] * arm, sy[i] * arm, 0};
    config.rotors[i].spin = i % 2 == 0 ? -1 : 1;
  }
  // about 2.2 times the weight, no ground effect: bounds that are tight for the inputs of the tests
  config.thrust_coefficient_n_s2 = 2.33e-8F;
  config.ground_effect_coefficient = 0;
  return config;
}

inline Primitive floor_plane() {
  Primitive plane;
  plane.kind = PrimitiveKind::kPlane;
  plane.name = "floor";
  return plane;
}

/// Memory, model and worker of one slab.
class Rig {
 public:
  explicit Rig(const RigConfig& config)
      : config_(with_cables(config)),
        vehicle_(config.vehicle),
        scene_(config.scene),
        model_(config_.contact, scene_, vehicle_, config.gravity_mps2, 1.0F / config.rate_hz,
               config.substeps),
        worker_(model_) {
    slab_.num_worlds = config.num_worlds;
    slab_.num_agents = config.num_agents;
    slab_.num_props = static_cast<int>(config.scene.props.size());
    slab_.agents = make_blocks(config.num_worlds * slab_.num_agents, agent_memory_);
    slab_.props = make_blocks(config.num_worlds * slab_.num_props, prop_memory_);
    headers_.resize(static_cast<std::size_t>(config.num_worlds));
    contacts_.resize(headers_.size());
    slab_.worlds = headers_.data();
    slab_.contacts = contacts_.data();
    skip_.assign(headers_.size(), 0);
  }

  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  [[nodiscard]] const Slab& slab() const noexcept { return slab_; }
  [[nodiscard]] const Vehicle& vehicle() const noexcept { return vehicle_; }
  [[nodiscard]] const ContactModel& model() const noexcept { return model_; }
  [[nodiscard]] ContactWorker& worker() noexcept { return worker_; }
  [[nodiscard]] float step_s() const noexcept { return 1.0F / config_.rate_hz; }
  [[nodiscard]] std::vector<std::uint8_t>& skip() noexcept { return skip_; }
  [[nodiscard]] Vec3 position(int body) const noexcept {
    return slab_.agents.vec3(body, kPosition);
  }
  [[nodiscard]] Vec3 velocity(int body) const noexcept {
    return slab_.agents.vec3(body, kVelocity);
  }

  void place(int body, Vec3 position_w_m, Vec3 velocity_w_mps = {},
             Quat quat_wb = {}) const noexcept {
    slab_.agents.set_vec3(body, kPosition, position_w_m);
    slab_.agents.set_vec3(body, kVelocity, velocity_w_mps);
    slab_.agents.set_quat(body, quat_wb);
  }

  /// One agent step, as batch/advance.cpp runs it.
  void run_window() {
    worker_.begin_window(slab_, skip_.data());
    for (int s = 0; s < config_.substeps && !worker_.nothing_near(); ++s) {
      velocities_of_copies(0);
      velocities(slab_.props, worker_.near_prop_blocks());
      extend(s);
      worker_.solve(slab_, s);
      for (int b = 0; b < worker_.near_agents().num_blocks; ++b) poses(worker_.near_agents(), b);
      poses(slab_.props, worker_.near_prop_blocks());
    }
    for (int b = 0; b < slab_.agents.num_blocks; ++b) {
      if (!worker_.is_copied(b)) fly(slab_.agents, b);
    }
    const auto near = worker_.near_prop_blocks();
    for (int b = 0; b < slab_.props.num_blocks; ++b) {
      if (std::find(near.begin(), near.end(), b) == near.end()) fly(slab_.props, b);
    }
    worker_.write_back(slab_.agents, 0, 0, slab_.agents.num_blocks);
    worker_.end_window(slab_);
  }

  void run(float seconds) {
    const int windows =
        static_cast<int>(seconds * config_.rate_hz / static_cast<float>(config_.substeps) + 0.5F);
    for (int i = 0; i < windows; ++i) run_window();
  }

  /// All state that lasts: rows of bodies, contact records, status.
  [[nodiscard]] std::uint64_t hash() const {
    Hasher hasher;
    for (int w = 0; w < slab_.num_worlds; ++w) hasher.add(hash_world(w));
    return hasher.digest();
  }
  [[nodiscard]] std::uint64_t hash_world(int world) const {
    Hasher hasher;
    for (int i = 0; i < slab_.num_bodies_per_world(); ++i) {
      const Slab::BodyRef ref = slab_.body(world, i);
      for (int r = 0; r < kNumRigidRows; ++r) hasher.add(ref.blocks->at(ref.body, r));
      hasher.add(ref.blocks->at(ref.body, kTension));
    }
    for (const ContactPair& pair : slab_.contacts[world].pairs) {
      hasher.add(pair.a);
      hasher.add(pair.b);
      hasher.add(pair.points, sizeof(ContactPoint) * pair.num_points);
    }
    hasher.add(slab_.worlds[world].status);
    return hasher.digest();
  }

 private:
  struct alignas(64) Line {
    float lane[kLanes] = {};
  };

  static RigConfig with_cables(RigConfig config) {
    config.contact.cables = {config.num_agents, kTension, kTension};
    return config;
  }

  static Blocks make_blocks(int num_bodies, std::vector<Line>& memory) {
    Blocks blocks;
    blocks.num_bodies = num_bodies;
    blocks.num_blocks = blocks_for(num_bodies);
    blocks.num_rows = kNumTestRows;
    memory.resize(static_cast<std::size_t>(blocks.num_blocks * blocks.num_rows));
    blocks.data = memory.empty() ? nullptr : memory.front().lane;
    for (int i = 0; i < blocks.num_blocks * kLanes; ++i) blocks.set_quat(i, {});
    return blocks;
  }

  template <class List>
  void velocities(const Blocks& blocks, const List& list) const {
    for (const int b : list) velocities(blocks, b);
  }
  template <class List>
  void poses(const Blocks& blocks, const List& list) const {
    for (const int b : list) poses(blocks, b);
  }

  // gravity, thrust along body z, torques; body rates held within 80 rad/s
  void velocities(const Blocks& blocks, int b) const {
    for (int i = b * kLanes; i < (b + 1) * kLanes && i < blocks.num_bodies; ++i) {
      if (blocks.at(i, kMode) != 0) continue;
      const Mat3 axes = rotation(blocks.quat(i));
      const float dt = step_s();
      Vec3 v = blocks.vec3(i, kVelocity) +
               axes.z * (blocks.at(i, kThrust) / config_.vehicle.mass_kg * dt);
      v.z -= config_.gravity_mps2 * dt;
      blocks.set_vec3(i, kVelocity, v);
      const auto& inertia = config_.vehicle.inertia_b_kgm2;
      const Vec3 torque = blocks.vec3(i, kTorque);
      Vec3 w = blocks.vec3(i, kOmega) +
               Vec3{torque.x / inertia[0], torque.y / inertia[1], torque.z / inertia[2]} * dt;
      const float fast = length(w);
      if (fast > 80) w = w * (80 / fast);
      blocks.set_vec3(i, kOmega, w);
    }
  }
  void poses(const Blocks& blocks, int b) const {
    for (int i = b * kLanes; i < (b + 1) * kLanes && i < blocks.num_bodies; ++i) {
      if (blocks.at(i, kMode) != 0) continue;
      blocks.set_vec3(i, kPosition,
                      blocks.vec3(i, kPosition) + blocks.vec3(i, kVelocity) * step_s());
      const Quat q = blocks.quat(i);
      blocks.set_quat(i, turned(q, rotation(q).to_world(blocks.vec3(i, kOmega)), step_s()));
    }
  }

  void velocities_of_copies(int first_block) {
    const Blocks& agents = worker_.near_agents();
    for (int b = first_block; b < agents.num_blocks; ++b) velocities(agents, b);
  }
  void extend(int substep) {
    for (;;) {
      const int agents = worker_.near_agents().num_blocks;
      const std::size_t props = worker_.near_prop_blocks().size();
      if (!worker_.extend(slab_, substep)) return;
      for (int b = agents; b < worker_.near_agents().num_blocks; ++b) {
        catch_up(worker_.near_agents(), b, substep);
      }
      for (std::size_t i = props; i < worker_.near_prop_blocks().size(); ++i) {
        catch_up(slab_.props, worker_.near_prop_blocks()[i], substep);
      }
    }
  }
  void catch_up(const Blocks& blocks, int b, int substep) const {
    for (int s = 0; s < substep; ++s) {
      velocities(blocks, b);
      poses(blocks, b);
    }
    velocities(blocks, b);
  }
  // a whole window without contacts
  void fly(const Blocks& blocks, int b) const {
    for (int s = 0; s < config_.substeps; ++s) {
      velocities(blocks, b);
      poses(blocks, b);
    }
  }

  RigConfig config_;
  Vehicle vehicle_;
  Scene scene_;
  ContactModel model_;
  ContactWorker worker_;
  Slab slab_;
  std::vector<Line> agent_memory_, prop_memory_;
  std::vector<WorldHeader> headers_;
  std::vector<WorldContacts> contacts_;
  std::vector<std::uint8_t> skip_;
};

}  // namespace volery::contact::test
