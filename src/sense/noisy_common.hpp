// Sensors that measure with errors, at their own rate, late and not always.
//
// What is measured is held in rows of the state (held_common.hpp), so that sensing copies it; a
// lost sample leaves the one before it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sense/error_common.hpp"
#include "sense/held_common.hpp"
#include "sense/rows_common.hpp"

namespace volery::sense {

/// Most columns of such a sensor.
inline constexpr int kMaxNoisyColumns = 16;

class NoisySensor : public Sensor {
 public:
  /// `columns` are the measured numbers, one per channel of `errors` unless finish() makes them;
  /// `fresh` adds a column that tells whether they arrived in this step.
  NoisySensor(FieldTable& fields, const std::string& sensor, std::vector<Column> columns,
              const std::vector<ChannelErrors>& errors, const Timing& timing, bool fresh);

  [[nodiscard]] std::vector<Column> columns() const override { return columns_; }
  [[nodiscard]] bool has_memory() const noexcept override { return true; }
  void start(const SenseInput& in, int first_agent, int last_agent) const noexcept override;
  void advance(const SenseInput& in, int first_agent, int last_agent) const noexcept override;
  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override;
  [[nodiscard]] std::vector<float> error_constants() const override;
  FieldRef keep_errors_in_rows(FieldTable& fields) override;

 protected:
  /// The lanes of a block that a sample is taken of.
  struct Lanes {
    int block = 0;
    bool starting = false;  // nothing happened before: begin what depends on the last sample
    const float* active;    // [16] 1 for lanes to measure, else 0
    [[nodiscard]] int agent(int lane) const noexcept { return block * kLanes + lane; }
  };
  /// The truth of the active lanes: tile[channel][16]. What other lanes get is ignored.
  virtual void measure(const SenseInput& in, const Lanes& lanes, float* tile) const noexcept = 0;
  /// Turns channels with their errors into columns, in place, where the two are not the same.
  virtual void finish(const SenseInput& /*in*/, const Lanes& /*lanes*/,
                      float* /*tile*/) const noexcept {}

  [[nodiscard]] const Timing& timing() const noexcept { return timing_; }

 private:
  void take(const SenseInput& in, const Lanes& lanes, const LaneKeys& keys) const noexcept;
  void advance_block(const SenseInput& in, int block) const noexcept;

  std::string name_;
  std::vector<Column> columns_;
  Timing timing_;
  ErrorModel errors_;
  int dropout_row_ = -1;  // of agents that have their own; -1: all have that of timing_
  std::uint32_t first_draw_ = 0;
  int num_columns_ = 0;  // without `fresh`
  std::optional<HeldRows> held_;
};

/// A sensor whose truth is a function of one agent: measure(in, agent, lane) writes number c to
/// lane[c * 16]. Where it has finish(in, agent, lane), that turns channels into columns.
template <class Truth>
class AgentwiseSensor final : public NoisySensor {
 public:
  AgentwiseSensor(const Truth& truth, FieldTable& fields, const std::string& sensor,
                  std::vector<Column> columns, const std::vector<ChannelErrors>& errors,
                  const Timing& timing, bool fresh = false)
      : NoisySensor(fields, sensor, std::move(columns), errors, timing, fresh), truth_(truth) {}

 protected:
  void measure(const SenseInput& in, const Lanes& lanes, float* tile) const noexcept override {
    for (int l = 0; l < kLanes; ++l) {
      if (lanes.active[l] != 0) truth_.measure(in, lanes.agent(l), tile + l);
    }
  }
  void finish(const SenseInput& in, const Lanes& lanes, float* tile) const noexcept override {
    if constexpr (requires { truth_.finish(in, 0, tile); }) {
      for (int l = 0; l < kLanes; ++l) {
        if (lanes.active[l] != 0) truth_.finish(in, lanes.agent(l), tile + l);
      }
    }
  }

 private:
  Truth truth_;
};

/// A sensor's config where `preset` chooses the defaults of the other keys: `of(preset)` gives
/// them.
template <class Config, class Preset>
[[nodiscard]] Config load_with_preset(const SensorContext& context, const std::string& name,
                                      Preset&& of) {
  Config config;
  load(config, context.config, "sensor_config." + name);
  Config chosen = of(config.preset);
  load_into(chosen, context, name);
  return chosen;
}

}  // namespace volery::sense
