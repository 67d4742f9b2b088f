// Domain randomisation: what config.randomize makes of a batch, and the draws of each episode.
//
// Two kinds of numbers differ. Those of agents (vehicle, start, delay, disturbance, faults) are
// drawn anew at each reset: the draw stands in the agent's row "randomized", and what follows from
// it in rows that flight, contacts and sensors read. Those that an object is built from (wind,
// task, the errors of a sensor) come in prepared sets: config.randomize_sets of them are built in
// advance, a Latin hypercube over the ranges, and an episode takes one. All draws are functions of
// (seed, episode, agent, range); the sets are functions of the ranges alone. So an episode has the
// same numbers in any batch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contact/contact.hpp"
#include "flight/flight.hpp"
#include "model/fleet.hpp"
#include "state/slab.hpp"
#include "volery/config.hpp"
#include "volery/randomize.hpp"

namespace volery::batch {

struct Setup;

/// What a range is about: the first word of its path.
enum class DrawnTarget : int {
  kVehicle,      // vehicle.*
  kCharge,       // flight.battery_soc
  kDelay,        // flight.command_delay_s
  kDisturbance,  // flight.disturbance.{force_w_n, torque_b_nm, force_std_n, torque_std_nm}
  kFault,        // flight.faults[i].{time_s, effectiveness, rotor}
  kState,        // state.*
  kSensor,       // sensor_config.<sensor>.*
  kWorld,        // wind.*, task_config.*, episode_s
};

/// A range as the batch was built for it.
struct DrawnField {
  RangeConfig config;
  std::string label;  // "config.randomize[2] (vehicle.mass_kg)", for messages
  DrawnTarget target = DrawnTarget::kVehicle;
  std::string path;         // what follows the first word; of sensors, what follows their name
  std::string owner;        // the sensor's name
  int type = -1;            // of vehicles that it is for; -1: all
  int row = -1;             // first of the rows that it writes (kState, kDisturbance)
  int count = 0;            // of them
  int fault = -1;           // which one, and which of its numbers
  int fault_part = -1;      // 0 time, 1 effectiveness, 2 rotor
  float nominal = 0;        // reported, and used, where a variant draws nothing
  float low = 0, high = 0;  // limits of all draws of this batch
};

/// A sensor whose agents take the errors of one of the prepared sets.
struct SensorSets {
  FieldRef rows;
  std::string sensor;
  bool per_world = false;
  std::vector<int> fields;                    // of it, in Randomization::fields
  std::vector<std::vector<float>> constants;  // [set][rows.width]
  std::vector<std::vector<float>> values;     // [set][fields]
};

/// The ranges of a variant: curricula change them.
struct VariantDraws {
  std::vector<std::optional<DrawnNumber>> numbers;  // per field of the batch; none: nominal
  std::vector<SensorSets> sensors;
  std::vector<std::uint32_t> worlds;             // prepared variants; empty: the variant itself
  std::vector<int> world_fields;                 // in Randomization::fields
  std::vector<std::vector<float>> world_values;  // [set][world_fields]
};

/// Everything about it that never changes after building.
class Randomization {
 public:
  Randomization() = default;
  /// Reads the ranges. Throws Error for paths that cannot be drawn, and values out of range.
  Randomization(const BatchConfig& config, const VehicleFleet& fleet);

  [[nodiscard]] bool any() const noexcept { return !fields.empty(); }
  [[nodiscard]] bool any(DrawnTarget target) const noexcept;

  /// Drag along body x and y may differ where it does not in the vehicle's file.
  [[nodiscard]] bool draws_lateral_drag() const noexcept;
  /// The flight config with room for all that can be drawn: rows, delays and limits follow from it.
  [[nodiscard]] flight::FlightConfig widest(flight::FlightConfig config) const;
  /// The wind of the config at the ends of its ranges that blow most.
  [[nodiscard]] flight::WindConfig strongest_wind(const BatchConfig& config, float step_s) const;
  /// Rows of agents that differ; after those of effects, before those of the task.
  void declare_motion_rows(FieldTable& table, flight::EffectRows& effects);
  /// Rows of what was drawn and of disturbances.
  void declare_rows(FieldTable& table);
  /// Finds the rows of state.* ranges among [0, end).
  void find_state_rows(const FieldTable& table, int end);
  /// What contacts must expect of vehicles that are lighter, stronger or draggier than their files.
  [[nodiscard]] std::vector<VehicleConfig> draggiest(const VehicleFleet& fleet) const;
  void widen(contact::FlightReach& reach, const VehicleFleet& fleet) const;
  /// Throws Error where a vehicle range makes no flyable vehicle, or changes nothing in flight.
  void check_vehicles(const VehicleFleet& fleet, const flight::FlightParams& params) const;

  std::vector<DrawnField> fields;
  FieldRef values;      // "randomized": what was drawn, one row per field
  int mass_row = -1;    // first MassRow
  int wrench_row = -1;  // 8: force, torque and their standard deviations

 private:
  void read_field(const BatchConfig& config, const VehicleFleet& fleet, std::size_t index);
  void read_flight_field(const BatchConfig& config, DrawnField& field) const;
};

/// A worker's copy of the vehicles, to change and fold.
struct VehicleScratch {
  VehicleConfig config;
  std::vector<float> nominal;               // of all numbers of `places`, in turn
  std::vector<std::vector<float*>> places;  // [field] none where it is not of this type
  std::vector<float> lane;                  // folded parameters
};
[[nodiscard]] std::vector<VehicleScratch> make_vehicle_scratch(const Setup& setup);

/// The draws of a variant, its prepared sets built. Throws Error, also for ranges beyond those that
/// the batch was built for.
[[nodiscard]] VariantDraws make_draws(Setup& setup, const BatchConfig& config);

/// The config of a sensor at the ends of its ranges.
[[nodiscard]] std::vector<NumberEdit> sensor_edits(const Randomization& plan,
                                                   const std::string& sensor, bool high);
/// Throws Error for ranges of sensors that are not there, or of what is no error of theirs.
void check_sensor_ranges(Setup& setup);

/// Which of a variant's prepared worlds an episode has; the variant itself where there are none.
[[nodiscard]] std::uint32_t draw_variant(const Setup& setup, const WorldHeader& header) noexcept;
/// Draws the numbers of all agents of a world that begins an episode, and what follows from them.
void draw_agents(const Setup& setup, const Slab& slab, int world,
                 std::vector<VehicleScratch>& scratch) noexcept;
/// Puts what was drawn for its start into the state of an agent that was just placed.
void apply_start(const Setup& setup, const Slab& slab, int body) noexcept;

}  // namespace volery::batch
