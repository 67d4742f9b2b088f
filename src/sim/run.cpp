// volery-sim run: a batch from a config file, flown by a scripted policy.
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "io/config_file.hpp"
#include "io/recorder.hpp"
#include "sim/commands.hpp"
#include "sim/progress.hpp"
#include "sim/summary.hpp"
#include "volery/batch.hpp"
#include "volery/error.hpp"
#include "volery/policy.hpp"

namespace volery::sim {

namespace {

struct RunArguments {
  std::string file, task, policy, recording;
  std::optional<int> worlds, agents, threads;
  std::optional<std::int64_t> seed;
  long steps = 0;
  std::vector<std::string> settings;
  bool json = false, stages = false;
};

double now_s() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

constexpr const char* kFooter =
    "The file is a batch config in TOML (task, num_agents, task_config, a [scene] table, ...); a\n"
    "scene file alone works too. Flags win over --set, which wins over the file.\n"
    "Examples:\n"
    "  volery-sim run --task formation --worlds 64\n"
    "  volery-sim run assets/scenes/room.toml --task formation --agents 16 --json\n"
    "  volery-sim run batch.toml --threads 2 --seed 7 --set task_config.spacing_m=0.6\n"
    "  volery-sim run --task flocking --steps 300 --record flock.vrec";

// file, then settings, then flags: the most particular wins
BatchConfig config_of(const RunArguments& arguments) {
  Value table = arguments.file.empty() ? Value() : io::read_config(arguments.file);
  for (const std::string& setting : arguments.settings) {
    table = merged(table, io::parse_setting(setting));
  }
  const auto set = [&table](const char* key, Value value) {
    table.table()[key] = std::move(value);
  };
  if (!arguments.task.empty()) set("task", arguments.task);
  if (arguments.worlds) set("num_worlds", *arguments.worlds);
  if (arguments.agents) set("num_agents", *arguments.agents);
  if (arguments.threads) set("num_threads", *arguments.threads);
  if (arguments.seed) set("seed", *arguments.seed);
  return batch_config(table);
}

// A recording takes the place of whatever has its name.
void refuse_config(const RunArguments& arguments) {
  std::error_code error;
  if (arguments.file.empty() ||
      !std::filesystem::equivalent(arguments.file, arguments.recording, error)) {
    return;
  }
  throw Error(ErrorKind::kValue,
              "--record " + arguments.recording + ": is the config; give it another name");
}

int run(const RunArguments& arguments) {
  Batch batch(config_of(arguments));
  const Layout& layout = batch.layout();
  const BatchConfig& config = batch.config();
  const std::unique_ptr<Policy> policy = batch.policy(arguments.policy);
  const long steps =
      arguments.steps > 0
          ? arguments.steps
          : static_cast<long>(config.episode_s * static_cast<float>(config.agent_rate_hz)) + 1;

  std::vector<float> observation(layout.observation_count()), reward(layout.num_rows());
  std::vector<float> action(layout.action_count());
  const auto terminated = std::make_unique<bool[]>(layout.num_rows());
  const auto truncated = std::make_unique<bool[]>(layout.num_rows());
  const StepOutputs out{.observation = observation.data(),
                        .reward = reward.data(),
                        .terminated = terminated.get(),
                        .truncated = truncated.get()};
  Summary summary(batch);
  std::shared_ptr<io::Recorder> recorder;
  if (!arguments.recording.empty()) {
    refuse_config(arguments);
    recorder = std::make_shared<io::Recorder>(arguments.recording);
    batch.attach(recorder);
  }
  batch.reset({}, out);
  if (arguments.stages) batch.time_stages(now_s);
  {
    Progress progress(steps);
    for (long step = 0; step < steps; ++step) {
      policy->act(observation.data(), layout.observation_size(), action.data(),
                  layout.action_size(), static_cast<int>(layout.num_rows()),
                  static_cast<std::uint64_t>(config.seed), static_cast<std::uint32_t>(step));
      const auto start = std::chrono::steady_clock::now();
      batch.step(action, out);
      summary.add(std::chrono::steady_clock::now() - start);
      progress.update(step + 1, std::to_string(batch.stats().episodes) + " episodes");
    }
  }
  if (recorder != nullptr) recorder->close();
  summary.print(arguments.json, arguments.stages);
  return kOk;
}

}  // namespace

void add_run(CLI::App& app, std::function<int()>& action) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command = app.add_subcommand("run", "Fly a batch of worlds with a scripted policy.");
  command->add_option("FILE", arguments->file, "config or scene, TOML; may be left out");
  command->add_option("--task", arguments->task, "task by name");
  command->add_option("--worlds", arguments->worlds, "number of worlds");
  command->add_option("--agents", arguments->agents, "agents per world");
  command->add_option("--steps", arguments->steps, "agent steps; one whole episode if left out")
      ->check(CLI::Range(1L, 1'000'000'000L));
  command->add_option("--threads", arguments->threads, "threads; 0: one per core");
  command->add_option("--seed", arguments->seed, "world i uses seed + i");
  command->add_option("--policy", arguments->policy, "the task's baseline if left out");
  command->add_option("--set", arguments->settings, "key=value of the config, e.g. episode_s=5")
      ->allow_extra_args(false);
  command
      ->add_option("--record", arguments->recording,
                   "a file to record to; `volery-sim replay` and `volery view` take it")
      ->check(CLI::Validator(
          [](std::string& text) { return std::string(text.empty() ? "must name a file" : ""); },
          ""));
  command->add_flag("--stages", arguments->stages, "what each stage of a step costs");
  command->add_flag("--json", arguments->json, "print one JSON object");
  command->footer(kFooter);
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace volery::sim
