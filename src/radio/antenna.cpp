#include "radio/antenna.hpp"

#include <cmath>

#include "core/math.hpp"

namespace volery::radio {

void AntennaConfig::describe(FieldVisitor& v) {
  v.choice("kind", kind, {"omni", "sector"}, "where an antenna radiates");
  v.field("azimuth_rad", azimuth_rad,
          {.unit = "rad",
           .low = -6.2831856,
           .high = 6.2831856,
           .doc = "sector: its middle, body frame, from x (forward) towards y (left)"});
  v.field("width_rad", width_rad,
          {.unit = "rad",
           .low = 0,
           .high = 6.2831856,
           .doc = "sector: full angle about the middle, seen from above the body"});
  v.field("elevation_rad", elevation_rad,
          {.unit = "rad",
           .low = 0,
           .high = 3.1415927410125732,
           .doc = "sector: full angle about the body's xy plane; pi: no limit"});
  v.field("receive", receive, {.doc = "sector: receivers hear through the same sector"});
}

AntennaModel::AntennaModel(const AntennaConfig& config)
    : omni_(config.kind == AntennaKind::kOmni),
      receive_(config.receive),
      middle_x_(cos(config.azimuth_rad)),
      middle_y_(sin(config.azimuth_rad)) {
  // whole angles have no edge that rounding could cut
  constexpr float kWhole = 0.99999F;
  constexpr float kEverywhere = -2;
  cos_half_width_ = config.width_rad >= 2 * kPi * kWhole ? kEverywhere : cos(config.width_rad / 2);
  const float sine = sin(config.elevation_rad / 2);
  sin2_half_elevation_ = config.elevation_rad >= kPi * kWhole ? 2 : sine * sine;
}

bool AntennaModel::covers(Quat quat_wb, Vec3 direction_w) const noexcept {
  if (omni_) return true;
  const Vec3 d = rotate_inverse(quat_wb, direction_w);
  const float level2 = d.x * d.x + d.y * d.y;
  const float along = d.x * middle_x_ + d.y * middle_y_;
  return along >= cos_half_width_ * std::sqrt(level2) &&
         d.z * d.z <= sin2_half_elevation_ * (level2 + d.z * d.z);
}

}  // namespace volery::radio
