// What contacts and rows must be made for, over all that can be drawn of vehicles.
#include <algorithm>

#include "batch/drawn_field.hpp"
#include "contact/body_kind.hpp"

namespace volery::batch {

namespace {

float thrust_per_mass(const VehicleConfig& c) {
  return c.thrust_coefficient_n_s2 * c.max_rotor_speed_radps * c.max_rotor_speed_radps *
         contact::max_ground_effect(c.ground_effect_coefficient) / c.mass_kg;
}

float drag_per_mass(const VehicleConfig& c) {
  float sum = 0;
  for (std::size_t axis = 0; axis < 3; ++axis)
    sum += c.rotor_drag_b_kg[axis] + c.body_drag_b_kgpm[axis];
  return sum / c.mass_kg;
}

bool applies(const DrawnField& field, int type) {
  return field.target == DrawnTarget::kVehicle && (field.type < 0 || field.type == type);
}

// The vehicle with each range at that end where `number` is larger. As it rises or falls with each
// of them whatever the others are, this is its largest value.
template <class Number>
VehicleConfig largest(const std::vector<DrawnField>& fields, const Vehicle& nominal, int type,
                      Number&& number) {
  VehicleConfig most = nominal.config;
  for (const DrawnField& field : fields) {
    if (!applies(field, type)) continue;
    VehicleConfig low = most;
    VehicleConfig high = most;
    apply_edit(low, edit_of(field, field.low), "vehicle.");
    apply_edit(high, edit_of(field, field.high), "vehicle.");
    most = number(low) > number(high) ? low : high;
  }
  return most;
}

}  // namespace

std::vector<VehicleConfig> Randomization::draggiest(const VehicleFleet& fleet) const {
  std::vector<VehicleConfig> configs;
  for (int t = 0; t < fleet.num_types(); ++t)
    configs.push_back(
        largest(fields, fleet.types()[static_cast<std::size_t>(t)], t, drag_per_mass));
  return configs;
}

void Randomization::widen(contact::FlightReach& reach, const VehicleFleet& fleet) const {
  float thrust_gain = 1;
  float force_gain = 1;
  for (int t = 0; t < fleet.num_types(); ++t) {
    const Vehicle& type = fleet.types()[static_cast<std::size_t>(t)];
    const VehicleConfig strongest = largest(fields, type, t, thrust_per_mass);
    const VehicleConfig lightest =
        largest(fields, type, t, [](const VehicleConfig& c) { return 1 / c.mass_kg; });
    if (type.num_rotors > 0) {
      thrust_gain =
          std::max(thrust_gain, thrust_per_mass(strongest) / thrust_per_mass(type.config));
    }
    force_gain = std::max(force_gain, type.config.mass_kg / lightest.mass_kg);
    const auto push = [](const VehicleConfig& c) { return c.particle.max_acceleration_mps2; };
    if (type.kind() == VehicleKind::kParticle) {
      const VehicleConfig pushed = largest(fields, type, t, push);
      reach.drive_factor = std::max(reach.drive_factor, push(pushed) / push(type.config));
    }
  }
  reach.thrust_factor *= thrust_gain;
  reach.force_n *= force_gain;
}

void Randomization::check_vehicles(const VehicleFleet& fleet,
                                   const flight::FlightParams& params) const {
  for (const DrawnField& field : fields) {
    for (int t = 0; t < fleet.num_types(); ++t) {
      if (!applies(field, t)) continue;
      std::vector<std::vector<float>> folded;
      for (const float end : {field.low, field.high}) {
        labelled(field, [&] {
          VehicleConfig config = fleet.types()[static_cast<std::size_t>(t)].config;
          apply_edit(config, edit_of(field, end), "vehicle.");
          const Vehicle flyable(config);
          folded.push_back(params.lane_of_type(t));
          params.fold(flyable.config, t, folded.back().data());
        });
      }
      if (field.low != field.high && folded[0] == folded[1])
        refuse(field, "changes nothing in flight, with the effects that are on");
    }
  }
}

}  // namespace volery::batch
