// Whose camera is which, and which pictures are due.
#pragma once

#include <cstdint>
#include <vector>

#include "camera/bodies.hpp"
#include "camera/rig.hpp"
#include "camera/view.hpp"
#include "model/fleet.hpp"
#include "volery/batch.hpp"

namespace volery::camera {

/// The camera of each agent that a rig's options choose.
class Lenses {
 public:
  /// Throws Error, see Rig.
  Lenses(const VehicleFleet& fleet, const RigOptions& options);

  [[nodiscard]] bool has(int agent) const noexcept { return of(agent).has; }
  [[nodiscard]] const CameraSpec& spec(int agent) const noexcept { return of(agent).spec; }
  [[nodiscard]] const Mount& mount(int agent) const noexcept { return of(agent).mount; }
  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }
  [[nodiscard]] float far_m() const noexcept { return far_m_; }

 private:
  struct Lens {
    bool has = false;
    CameraSpec spec;
    Mount mount;
  };
  [[nodiscard]] const Lens& of(int agent) const noexcept {
    return types_[static_cast<std::size_t>(agent) % types_.size()];
  }

  std::vector<Lens> types_;  // as those of the fleet
  int width_ = 0, height_ = 0;
  float far_m_ = 0;
};

/// What to do about each picture, decided anew at every read.
class Plan {
 public:
  enum class What : std::uint8_t { kBlank, kTake, kHold };

  Plan(const Batch& batch, const Lenses& lenses);

  /// Whether some camera is slower than the agents' steps.
  [[nodiscard]] bool holds() const noexcept { return holds_; }
  void make(const Batch& batch, const Bodies& bodies, bool refresh);
  [[nodiscard]] What of(int image) const noexcept { return what_[static_cast<std::size_t>(image)]; }
  [[nodiscard]] const WorldClock& clock(int world) const noexcept {
    return clocks_[static_cast<std::size_t>(world)];
  }

 private:
  /// When a picture was taken.
  struct Taken {
    bool ever = false;  // since its agent was last without
    std::uint64_t seed = 0;
    std::uint32_t episode = 0;
    std::uint32_t step = 0;
  };
  [[nodiscard]] bool is_due(const Taken& last, const WorldClock& now, float rate_hz) const noexcept;

  const Lenses& lenses_;
  double agent_rate_hz_ = 0;
  int num_agents_ = 0;
  bool holds_ = false;
  std::vector<WorldClock> clocks_;  // [W]
  std::vector<Taken> taken_;        // [W][A]
  std::vector<What> what_;          // [W][A]
};

}  // namespace volery::camera
