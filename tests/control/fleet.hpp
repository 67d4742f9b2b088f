// Lane blocks with a controller bound to them, as a batch would set them up, and the closed loop of
// a controller with the plants of plant.hpp.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/vehicle.hpp"
#include "plant.hpp"
#include "state/blocks.hpp"
#include "volery/controller.hpp"

namespace volery::test {

inline const ControllerEntry& level(const std::string& name) {
  for (const ControllerEntry* entry : controller_entries()) {
    if (entry->name == name) return *entry;
  }
  throw std::runtime_error("no controller " + name);
}

/// Bodies in hover at the origin, with rows for one action level.
class Fleet {
 public:
  /// `laws` and `options` as in config.controller and config.controller_config; physics runs
  /// `substeps` times per control tick.
  Fleet(const Vehicle& vehicle, const std::string& level_name, int rate_hz, int num_bodies,
        const Value& laws = "", const Value& options = Value::Table{}, int substeps = 1)
      : vehicle_(vehicle), rate_hz_(rate_hz), substeps_(substeps) {
    declare_rigid_fields(table_);
    declare_flight_fields(table_, vehicle.num_rotors);
    const int width = static_cast<int>(level(level_name).columns(vehicle).size());
    action_ = table_.add({.name = "action", .width = width});
    const auto num_agents =
        laws.is<Value::Array>() ? static_cast<int>(laws.as<Value::Array>().size()) : 1;
    ControllerChoice choice{level(level_name), laws, options, num_agents};
    controller_ =
        make_controller(choice, {vehicle_, 1.0F / static_cast<float>(rate_hz), action_, table_});
    const int num_blocks = blocks_for(num_bodies);
    const std::size_t size = static_cast<std::size_t>(num_blocks) * table_.num_rows() * kLanes;
    memory_.assign(size + kLanes, 0.0F);
    void* start = memory_.data();
    std::size_t space = memory_.size() * sizeof(float);
    start = std::align(64, size * sizeof(float), start, space);
    blocks = {static_cast<float*>(start), num_blocks, table_.num_rows(), num_bodies};
    plants.resize(static_cast<std::size_t>(num_bodies));
    for (int lane = 0; lane < num_blocks * kLanes; ++lane) {
      blocks.set_quat(lane, {});
      blocks.at(lane, kMotorsOn) = 1;
    }
    for (Plant& plant : plants) {
      plant.speed.assign(static_cast<std::size_t>(vehicle.num_rotors), vehicle.hover_speed_radps);
    }
    write_state();
  }
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  void set_action(int body, const std::vector<float>& action) {
    if (static_cast<int>(action.size()) != action_.width) throw std::runtime_error("width");
    for (int i = 0; i < action_.width; ++i) {
      blocks.at(body, action_.row + i) = action[static_cast<std::size_t>(i)];
    }
  }
  [[nodiscard]] int num_actions() const { return action_.width; }
  [[nodiscard]] float command(int body, int rotor) const {
    return blocks.at(body, kRotorRows + rotor);
  }
  [[nodiscard]] const Controller& controller() const { return *controller_; }
  [[nodiscard]] const FieldTable& fields() const { return table_; }

  /// Copies the plants into the rows that controllers read.
  void write_state() const {
    const auto f = [](double v) { return static_cast<float>(v); };
    for (int i = 0; i < static_cast<int>(plants.size()); ++i) {
      const Plant& p = plants[static_cast<std::size_t>(i)];
      blocks.set_vec3(i, kPosition, {f(p.position_w.x), f(p.position_w.y), f(p.position_w.z)});
      blocks.set_vec3(i, kVelocity, {f(p.velocity_w.x), f(p.velocity_w.y), f(p.velocity_w.z)});
      blocks.set_vec3(i, kOmega, {f(p.omega_b.x), f(p.omega_b.y), f(p.omega_b.z)});
      blocks.set_quat(i, {f(p.quat.x), f(p.quat.y), f(p.quat.z), f(p.quat.w)});
      for (int r = 0; r < vehicle_.num_rotors; ++r) {
        blocks.at(i, kRotorRows + vehicle_.num_rotors + r) =
            f(p.speed[static_cast<std::size_t>(r)]);
      }
    }
  }

  /// The controller's part of an agent step's start and of a tick.
  void run_window() const {
    if (const auto kernel = controller_->window_kernel(); kernel != nullptr) {
      kernel(controller_->constants(), blocks, 0, blocks.num_blocks);
    }
  }
  void run_tick() const {
    controller_->kernel()(controller_->constants(), blocks, 0, blocks.num_blocks);
  }

  /// One control tick and the plant steps that take as long.
  void tick() {
    run_tick();
    std::vector<double> command(static_cast<std::size_t>(vehicle_.num_rotors));
    for (int i = 0; i < static_cast<int>(plants.size()); ++i) {
      for (int r = 0; r < vehicle_.num_rotors; ++r) {
        command[static_cast<std::size_t>(r)] = this->command(i, r);
      }
      for (int s = 0; s < substeps_; ++s) {
        plants[static_cast<std::size_t>(i)].step(vehicle_.config, command,
                                                 1.0 / (rate_hz_ * substeps_));
      }
    }
    write_state();
  }
  /// Flies for a time with agent steps of 1/30 s; each_tick(time_s) sees the state after each tick,
  /// each_step() sets actions before each agent step.
  template <class EachStep, class EachTick>
  void fly(double duration_s, EachStep&& each_step, EachTick&& each_tick) {
    const int ticks_per_step = std::max(1, rate_hz_ / 30);
    const int ticks = static_cast<int>(duration_s * rate_hz_);
    for (int t = 0; t < ticks; ++t) {
      if (t % ticks_per_step == 0) {
        each_step();
        run_window();
      }
      tick();
      each_tick(static_cast<double>(t + 1) / rate_hz_);
    }
  }
  template <class EachTick>
  void fly(double duration_s, EachTick&& each_tick) {
    fly(
        duration_s, [] {}, each_tick);
  }

  Blocks blocks;
  std::vector<Plant> plants;

 private:
  Vehicle vehicle_;
  int rate_hz_;
  int substeps_;
  FieldTable table_;
  FieldRef action_;
  std::unique_ptr<Controller> controller_;
  std::vector<float> memory_;
};

/// What a step response looks like, of a quantity that goes from 0 to `target`.
class StepResponse {
 public:
  StepResponse(double target, double band) : target_(target), band_(band) {}
  void add(double time_s, double value) {
    const double share = value / target_;
    if (share >= 0.9 && rise_s < 0) rise_s = time_s;
    overshoot = std::fmax(overshoot, share - 1);
    undershoot = std::fmax(undershoot, -share);
    if (std::fabs(share - 1) > band_) settle_s = time_s;
    last = share;
  }
  double rise_s = -1;     // first time at 90 %
  double overshoot = 0;   // beyond the target, share of it
  double undershoot = 0;  // the wrong way, share of it
  double settle_s = 0;    // last time outside the band
  double last = 0;        // in the end, share of the target

 private:
  double target_;
  double band_;
};

}  // namespace volery::test
