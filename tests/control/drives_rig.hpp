// One block of rovers or particles with a controller bound to it.
#pragma once

#include <memory>
#include <vector>

#include "fleet.hpp"

namespace volery::test {

class Drives {
 public:
  Drives(const Vehicle& vehicle, const std::string& level_name, int rate_hz = 240)
      : vehicle_(vehicle) {
    declare_rigid_fields(table_);
    declare_flight_fields(table_, 4);
    push_ = table_.add({.name = "push_w_mps2", .width = 3});
    const int width = static_cast<int>(level(level_name).columns(vehicle).size());
    action_ = table_.add({.name = "action", .width = width});
    ControllerChoice choice{level(level_name), "", Value::Table{}, 1};
    controller_ =
        make_controller(choice, {vehicle_, 1.0F / static_cast<float>(rate_hz), action_, table_});
    memory_.resize(static_cast<std::size_t>(table_.num_rows()));
    blocks = {memory_.front().lane, 1, table_.num_rows(), kLanes};
    for (int i = 0; i < kLanes; ++i) {
      blocks.set_quat(i, {});
      blocks.at(i, kMotorsOn) = 1;
    }
  }
  void set_action(int body, const std::vector<float>& action) const {
    for (int i = 0; i < action_.width; ++i)
      blocks.at(body, action_.row + i) = action[static_cast<std::size_t>(i)];
  }
  void run_window() const {
    if (const auto kernel = controller_->window_kernel(); kernel != nullptr)
      kernel(controller_->constants(), blocks, 0, 1);
  }
  void run_tick() const { controller_->kernel()(controller_->constants(), blocks, 0, 1); }
  [[nodiscard]] float left(int body = 0) const { return blocks.at(body, kRotorRows); }
  [[nodiscard]] float right(int body = 0) const { return blocks.at(body, kRotorRows + 1); }
  [[nodiscard]] Vec3 push(int body = 0) const { return blocks.vec3(body, push_.row); }
  [[nodiscard]] int num_actions() const { return action_.width; }

  Blocks blocks;

 private:
  struct alignas(64) Line {
    float lane[kLanes] = {};
  };
  Vehicle vehicle_;
  FieldTable table_;
  FieldRef action_, push_;
  std::unique_ptr<Controller> controller_;
  std::vector<Line> memory_;
};

}  // namespace volery::test
