// swarm64 and giant: many drones in a world, with neighbors and collisions; swarm64 with a radio,
// and beside it without one.
#include "bench/swarm.hpp"

#include "bench/cases.hpp"
#include "core/rng.hpp"
#include "core/toml.hpp"
#include "volery/policy.hpp"
#include "volery/radio.hpp"

namespace volery::bench {

namespace {

constexpr double kCubicMetersPerDrone = 8;  // some 2 m from drone to drone

BatchConfig swarm_config(const Options& options, int worlds, int agents) {
  BatchConfig config;
  config.task = "hover";
  config.action = "velocity";
  config.sensors = {"pose", "velocity", "rates", "goal", "neighbors"};
  config.sensor_config = Value::Table{{"neighbors", Value::Table{{"count", Value(6)}}}};
  config.on_crash = "continue";
  config.num_worlds = options.worlds > 0 ? options.worlds : worlds;
  config.num_agents = agents;
  config.num_threads = options.threads;
  return config;
}

// One row of giant.
struct Giant {
  std::vector<double> seconds;  // per step
  double times_real_time = 0;
  double near_share = 0;
};

Giant measure_giant(const Options& options, int agents, bool with_neighbors) {
  BatchConfig config = swarm_config(options, 1, agents);
  if (!with_neighbors) {
    config.sensors.pop_back();
    config.sensor_config = Value::Table{};
  }
  config.scene = open_scene(agents, kCubicMetersPerDrone);
  config.episode_s = 1e5F;
  Environment env(config);
  // two sets of wished velocities that cancel, so that the density holds
  std::vector<float> there(env.batch.layout().action_count()), back(there.size());
  Rng rng(0, 0, Stream::kAction);
  for (std::size_t i = 0; i < there.size(); ++i) {
    there[i] = rng.uniform(-0.5F, 0.5F);
    back[i] = -there[i];
  }
  env.reset();
  int step = 0;
  Giant out;
  out.seconds = time_calls(options, [&] { env.step(++step % 2 == 0 ? there : back); });
  out.times_real_time =
      1.0 / env.batch.config().agent_rate_hz / median(out.seconds) * env.batch.num_worlds();
  out.near_share = env.batch.stats().near_share;
  return out;
}

// Eight numbers to those within 2 m, at this density some ten of whom half speak; some loss, in the
// next observation.
constexpr const char* kSwarmRadio =
    "payload.size = 8\nrange.range_m = [2]\nloss.probability = 0.1\ninbox.slots = 4\n";

// swarm64 with or without a radio.
struct Swarm {
  std::vector<double> seconds;  // per step
  double messages = 0;          // delivered, per agent and step
  BatchStats stats;
};

// Half of the agents say something in each step.
void add_messages(const Layout& layout, int step, std::span<float> actions) {
  const auto size = static_cast<std::size_t>(layout.action_size());
  for (std::size_t row = 0; row < layout.num_rows(); ++row) {
    Rng rng(1, 0, Stream::kAction, static_cast<std::uint32_t>(row),
            static_cast<std::uint32_t>(step));
    for (auto i = static_cast<std::size_t>(layout.num_controls); i < size; ++i)
      actions[row * size + i] = rng.uniform(-1, 1);
  }
}

double delivered(const Batch& batch) {
  const std::size_t counts = radio_count_names().size();
  std::vector<float> totals(batch.layout().num_rows() * counts);
  batch.state("radio_counts", totals);
  double sum = 0;
  for (std::size_t i = 0; i < totals.size(); i += counts) sum += static_cast<double>(totals[i]);
  return sum;
}

Swarm measure_swarm(const Options& options, const BatchConfig& config) {
  Environment env(config);
  const int steps = swarm_steps(options);
  const Layout& layout = env.batch.layout();
  env.reset();
  const std::vector<std::uint8_t> start = env.batch.snapshot({});
  const std::vector<float> actions = swarm_actions(env, steps);
  const std::size_t row = layout.action_count();

  Swarm out;
  for (int r = 0; r < repeats_of(options); ++r) {
    env.batch.restore(start, {});
    out.seconds.push_back(
        seconds_of([&] {
          for (int step = 0; step < steps; ++step)
            env.step({actions.data() + static_cast<std::size_t>(step) * row, row});
        }) /
        steps);
  }
  if (layout.inbox_slots > 0) out.messages = delivered(env.batch) / env.num_rows() / steps;
  out.stats = env.batch.stats();
  return out;
}

}  // namespace

BatchConfig mute_swarm_config(const Options& options) {
  BatchConfig config =
      swarm_config(options, options.quick ? 2 : 64, options.agents > 0 ? options.agents : 64);
  config.scene = open_scene(config.num_agents, 2);
  // every drone crosses the swarm to a place of its own
  config.task_config = Value::Table{{"goal", Value("random")}};
  return config;
}

BatchConfig talking_swarm_config(const Options& options) {
  BatchConfig config = mute_swarm_config(options);
  config.radio = parse_toml(kSwarmRadio, "swarm64");
  config.sensors.emplace_back("inbox");
  return config;
}

int swarm_steps(const Options& options) {
  return options.quick ? 8 : 150;
}

std::vector<float> swarm_actions(Environment& env, int steps) {
  const std::unique_ptr<Policy> baseline = env.batch.policy("");
  const Layout& layout = env.batch.layout();
  std::vector<float> recorded(layout.action_count() * static_cast<std::size_t>(steps));
  for (int step = 0; step < steps; ++step) {
    const std::span<float> actions(
        recorded.data() + static_cast<std::size_t>(step) * layout.action_count(),
        layout.action_count());
    baseline->act(env.observation().data(), layout.observation_size(), actions.data(),
                  layout.action_size(), static_cast<int>(layout.num_rows()), 0,
                  static_cast<std::uint32_t>(step));
    if (layout.inbox_slots > 0) add_messages(layout, step, actions);
    env.step(actions);
  }
  return recorded;
}

Result run_swarm64(const Options& options) {
  const BatchConfig config = talking_swarm_config(options);
  const Swarm mute = measure_swarm(options, mute_swarm_config(options));
  const Swarm talking = measure_swarm(options, config);

  Result result;
  result.case_name = "swarm64";
  result.worlds = config.num_worlds;
  result.agents = config.num_agents;
  result.threads = config.num_threads;
  result.substeps = config.substeps();
  const double rows = static_cast<double>(config.num_worlds) * config.num_agents;
  fill(result, talking.seconds, rows);
  result.figures = {{"near_share", talking.stats.near_share},
                    {"touching_share", talking.stats.touching_share},
                    {"messages_per_agent_step", talking.messages},
                    {"ns_per_agent_step_without_radio", median(mute.seconds) * 1e9 / rows}};
  return result;
}

Result run_giant(const Options& options) {
  std::vector<int> sizes{1'000, 10'000, 100'000, 1'000'000};
  if (options.quick) sizes = {100, 1'000};
  if (options.agents > 0) sizes = {options.agents};
  Result result;
  result.case_name = "giant";
  result.worlds = options.worlds > 0 ? options.worlds : 1;
  result.threads = options.threads;
  const BatchConfig rates;
  result.substeps = rates.substeps();
  for (const int agents : sizes) {
    Options repeats = options;
    // a step of a million drones is a long repeat by itself
    if (options.repeats == 0 && agents >= 1'000'000) repeats.repeats = kLeastRepeats;
    const double rows = static_cast<double>(agents) * result.worlds;
    const Giant plain = measure_giant(repeats, agents, false);
    const Giant seeing = measure_giant(repeats, agents, true);
    fill(result, plain.seconds, rows);
    result.agents = agents;
    result.rows.push_back({{"agents", agents},
                           {"ns_per_agent_substep", result.ns_per_agent_step / result.substeps},
                           {"times_real_time", plain.times_real_time},
                           {"near_share", plain.near_share},
                           {"ns_per_agent_substep_6_neighbors",
                            median(seeing.seconds) * 1e9 / rows / result.substeps},
                           {"times_real_time_6_neighbors", seeing.times_real_time}});
  }
  return result;
}

}  // namespace volery::bench
