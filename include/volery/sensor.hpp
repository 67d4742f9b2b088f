// Sensors: groups of observation columns, one file each in src/sense/.
//
// A file src/sense/<name>.cpp defines `extern const SensorEntry sensor_<name>`. It declares its
// columns once; layout, spaces and docs follow from them.
//
// Sensing is a pure function of the state and may happen twice in a step (the last observation of
// an episode and the first of the next). So sensors with errors keep what they measured in rows of
// their own: start() begins them after a reset, advance() takes them on once per agent step, and
// sense() only copies.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "model/vehicle.hpp"
#include "scene/scene.hpp"
#include "state/message_rows.hpp"
#include "state/slab.hpp"
#include "swarm/neighbors.hpp"
#include "volery/column.hpp"

namespace volery {

class Teams;
class VehicleFleet;

/// What sensors read: one slab after physics and scoring.
struct SenseInput {
  const Slab& slab;
  const swarm::NeighborTable& neighbors;  // empty where no sensor asked for neighbors
  const Scene& scene;
  const Vehicle& vehicle;
};

/// Where a sensor writes: row `body` of the slab starts at data + body * stride; its own columns at
/// + first_column.
struct ObservationRows {
  float* data = nullptr;
  std::ptrdiff_t stride = 0;
  int first_column = 0;
  [[nodiscard]] float* row(int body) const noexcept { return data + body * stride + first_column; }
};

/// A ray that a range sensor casts, for pictures.
struct SensorBeam {
  Vec3 from_w_m;
  Vec3 direction_w;    // unit
  float range_m = 0;   // to what it meets, or how far it reaches
  bool meets = false;  // anything
};

/// A configured sensor. Immutable; one per batch.
class Sensor {
 public:
  virtual ~Sensor() = default;
  /// Its columns, in the order in which they are written.
  [[nodiscard]] virtual std::vector<Column> columns() const = 0;
  /// Shape of the group in a dict observation, e.g. {K, F}; empty for a plain vector.
  [[nodiscard]] virtual std::vector<int> shape() const { return {}; }
  /// How many neighbors, and how near (m), the sensor needs; 0 where none.
  [[nodiscard]] virtual swarm::NeighborQuery neighbor_query() const { return {}; }
  /// Writes the rows of agents [first_agent, last_agent) of the slab; first_agent is a multiple
  /// of 16.
  virtual void sense(const SenseInput& in, int first_agent, int last_agent,
                     const ObservationRows& out) const noexcept = 0;
  /// True where start() and advance() are to be called.
  [[nodiscard]] virtual bool has_memory() const noexcept { return false; }
  /// Begins agents [first_agent, last_agent), any of the slab, where they stand now: after a reset,
  /// a respawn, or a state written from outside. Draws are keyed by the header of their world, so
  /// that beginning twice gives the same bits. in.neighbors is empty.
  virtual void start(const SenseInput& /*in*/, int /*first_agent*/,
                     int /*last_agent*/) const noexcept {}
  /// Measures once per agent step: after physics, before scores and observations, while the header
  /// still counts the steps before this one. first_agent is a multiple of 16; in.neighbors is
  /// empty.
  virtual void advance(const SenseInput& /*in*/, int /*first_agent*/,
                       int /*last_agent*/) const noexcept {}

  /// Appends the rays that it would cast for an agent now, without errors. Never called in a step.
  virtual void beams(const SenseInput& /*in*/, int /*agent*/,
                     std::vector<SensorBeam>& /*out*/) const {}

  /// Numbers that stand for its errors, where they may differ between agents; empty: it has none.
  [[nodiscard]] virtual std::vector<float> error_constants() const { return {}; }
  /// From now on each agent has its own: declares rows for them, as many as error_constants() has.
  virtual FieldRef keep_errors_in_rows(FieldTable& /*fields*/) { return {}; }
};

struct SensorContext {
  const Vehicle& vehicle;
  const Scene& scene;
  FieldTable& fields;   // to look up or declare rows
  FieldRef action;      // rows of the clipped action, those of the radio apart
  FieldRef goal;        // goal_w_m, row -1 where the task has none
  const Value& config;  // the sensor's own table
  const std::vector<Column>& action_columns;
  int agent_rate_hz = 30;  // agent steps per second
  float gravity_mps2 = kGravityMps2;
  std::span<const NumberEdit> edits{};     // changes to the config, after the table
  const VehicleFleet* fleet = nullptr;     // all types of vehicles; null: `vehicle` alone
  const Teams* teams = nullptr;            // null: all are of one team
  std::span<const Column> task_columns{};  // what the task shows of itself
  FieldRef task_rows{};                    // and the rows that hold it
  MessageRows messages{};                  // of the radio, if there is one
  std::span<const Column> inbox_slot{};    // the columns of an inbox slot
};

struct SensorEntry {
  const char* name;
  const char* doc;
  std::unique_ptr<Sensor> (*make)(const SensorContext& context);
  /// The fields that its table takes, for docs.
  std::vector<FieldRow> (*config_rows)();
};

[[nodiscard]] const std::vector<const SensorEntry*>& sensor_entries();

}  // namespace volery
