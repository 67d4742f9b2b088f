// From lanes to rows: what the sensors share. State lies as 16 lanes per number, observations as
// one row per agent; the kernels here transpose while they compute, once per instruction set.
#pragma once

#include "state/blocks.hpp"
#include "volery/sensor.hpp"

namespace volery::sense {

/// In which axes a vector is observed.
enum class Frame : int { kWorld, kBody };

/// The agents [first, last) of a block table; first is a multiple of 16.
struct AgentRange {
  const Blocks& blocks;
  int first = 0;
  int last = 0;
};

/// Copies `num_columns` state rows from `state_row` on.
void write_state(const AgentRange& agents, int state_row, int num_columns,
                 const ObservationRows& out) noexcept;

/// Position (3) and the rotation matrix body to world (9, row by row).
void write_pose(const AgentRange& agents, const ObservationRows& out) noexcept;

/// A vector of three state rows, less the own position where `relative`, in the frame asked for.
void write_vector(const AgentRange& agents, int state_row, bool relative, Frame frame,
                  const ObservationRows& out) noexcept;

/// Three columns x, y, z of a vector whose size has no bound: "velocity_x", ...
[[nodiscard]] std::vector<Column> vector_columns(const std::string& name, const std::string& unit,
                                                 Frame frame, const std::string& doc);

/// The `frame` field that several sensors have.
void describe_frame(FieldVisitor& v, Frame& frame, const char* doc);

/// Reads a sensor's own table into its config, then makes the changes that the context asks for;
/// `name` as in sensor_config.
template <class Config>
void load_into(Config& config, const SensorContext& context, const std::string& name) {
  const std::string path = "sensor_config." + name;
  load(config, context.config, path);
  for (const NumberEdit& edit : context.edits) apply_edit(config, edit, path + ".");
}

/// A sensor's config.
template <class Config>
[[nodiscard]] Config load_config(const SensorContext& context, const std::string& name) {
  Config config;
  load_into(config, context, name);
  return config;
}

/// config_rows of a sensor.
template <class Config>
[[nodiscard]] std::vector<FieldRow> rows_of() {
  Config config;
  return field_rows(config);
}

/// The config of sensors without options: any key is an error.
struct NoConfig {
  void describe(FieldVisitor&) {}
};

}  // namespace volery::sense
