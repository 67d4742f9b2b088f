// Plain Bullet worlds that mirror a batch: set them to its bodies, then time how they step.
#pragma once

#include <span>

#include "contact/plain_bullet.hpp"
#include "scene/scene.hpp"
#include "volery/config.hpp"

namespace volery::bench {

class PlainTwin {
 public:
  /// `config` is that of a batch, every default filled in. Props are left out.
  explicit PlainTwin(const BatchConfig& config);

  /// State rows of all agents, [W][A][3 or 4]; each body gets the lift that carries its weight.
  /// Throws Error(kValue) for arrays of another size.
  void load(std::span<const float> position_w_m, std::span<const float> quat_wb_xyzw,
            std::span<const float> velocity_w_mps, std::span<const float> omega_b_radps);
  /// Seconds that some substeps of all worlds take.
  double step(int substeps);
  [[nodiscard]] double touching_share() const { return bullet_.touching_share(); }

 private:
  int num_worlds_, num_agents_;
  Vehicle vehicle_;
  Scene scene_;
  float gravity_mps2_;
  contact::PlainBullet bullet_;
};

}  // namespace volery::bench
