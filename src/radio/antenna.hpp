// Antennas that radiate into a sector of the body frame (x forward, y left, z up).
#pragma once

#include <string>

#include "core/described.hpp"
#include "core/types.hpp"

namespace volery::radio {

enum class AntennaKind : int { kOmni, kSector };

struct AntennaConfig {
  AntennaKind kind = AntennaKind::kOmni;
  float azimuth_rad = 0;             // of the sector's middle, from body x towards body y
  float width_rad = 1.5707964F;      // full angle about it
  float elevation_rad = 3.1415927F;  // full angle about the body's xy plane
  bool receive = false;              // the receiver hears through the same sector
  void describe(FieldVisitor& v);
};

/// Immutable.
class AntennaModel {
 public:
  AntennaModel() = default;
  explicit AntennaModel(const AntennaConfig& config);

  [[nodiscard]] bool is_omni() const noexcept { return omni_; }
  /// Whether the receiver's orientation counts too.
  [[nodiscard]] bool is_receive() const noexcept { return receive_; }
  /// Whether the sector of a body with this attitude holds the direction (any length, world frame).
  /// No angle is computed: about 10 ns.
  [[nodiscard]] bool covers(Quat quat_wb, Vec3 direction_w) const noexcept;
  /// Both ends of a link; `offset_w_m` leads from the sender to the receiver.
  [[nodiscard]] bool connects(Quat sender_wb, Quat receiver_wb, Vec3 offset_w_m) const noexcept {
    return omni_ || (covers(sender_wb, offset_w_m) &&
                     (!receive_ || covers(receiver_wb, Vec3{} - offset_w_m)));
  }

 private:
  bool omni_ = true;
  bool receive_ = false;
  float middle_x_ = 1, middle_y_ = 0;  // unit vector of the azimuth
  float cos_half_width_ = -1;
  float sin2_half_elevation_ = 1;
};

}  // namespace volery::radio
