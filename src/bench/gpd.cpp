// gpd: the environments of gym-pybullet-drones in double precision, one-drone hover worlds.
#include <memory>
#include <vector>

#include "bench/cases.hpp"
#include "bench/timing.hpp"
#include "core/rng.hpp"
#include "volery/gpd.hpp"

namespace volery::bench {

namespace {

/// A batch with its arrays, stepped with the same actions over and over.
class Hovering {
 public:
  Hovering(const Options& options, GpdPhysics physics, GpdAction action)
      : batch_(GpdConfig{.physics = physics,
                         .action = action,
                         .num_worlds = options.worlds > 0 ? options.worlds : 1024,
                         .num_threads = options.threads}),
        flags_(std::make_unique<bool[]>(2 * worlds())) {
    actions_.resize(worlds() * static_cast<std::size_t>(batch_.action_size()));
    observation_.resize(worlds() * static_cast<std::size_t>(batch_.observation_size()));
    reward_.resize(worlds());
    // motors within 5 % of hover; targets around the one of the task
    Rng rng(0, 0, Stream::kAction);
    for (std::size_t i = 0; i < actions_.size(); ++i) {
      actions_[i] = static_cast<double>(rng.uniform(-1, 1));
      if (action == GpdAction::kPid && i % 3 == 2) actions_[i] = 1;
    }
    batch_.reset({}, outputs());
  }

  [[nodiscard]] std::size_t worlds() const { return static_cast<std::size_t>(batch_.num_worlds()); }
  void step() { batch_.step(actions_, outputs()); }

 private:
  [[nodiscard]] GpdOutputs outputs() {
    GpdOutputs out;
    out.observation = observation_.data();
    out.reward = reward_.data();
    out.terminated = flags_.get();
    out.truncated = flags_.get() + worlds();
    return out;
  }

  GpdBatch batch_;
  std::vector<double> actions_, reward_;
  std::vector<float> observation_;
  std::unique_ptr<bool[]> flags_;
};

}  // namespace

Result run_gpd(const Options& options) {
  Result result;
  result.case_name = "gpd";
  result.agents = 1;
  result.threads = options.threads;
  result.substeps = 8;
  const auto time = [&](GpdPhysics physics, GpdAction action) {
    Hovering hovering(options, physics, action);
    result.worlds = static_cast<int>(hovering.worlds());
    const std::vector<double> seconds = time_calls(options, [&] { hovering.step(); });
    fill(result, seconds, static_cast<double>(hovering.worlds()));
    return result.ns_per_agent_step;
  };
  const double air = time(GpdPhysics::kPybGndDragDw, GpdAction::kRpm);
  const double dyn = time(GpdPhysics::kDyn, GpdAction::kRpm);
  const double pid = time(GpdPhysics::kPyb, GpdAction::kPid);
  time(GpdPhysics::kPyb, GpdAction::kRpm);
  result.figures = {{"ns_per_agent_step_pyb_gnd_drag_dw", air},
                    {"ns_per_agent_step_dyn", dyn},
                    {"ns_per_agent_step_pid", pid}};
  return result;
}

}  // namespace volery::bench
