// recording: what it costs swarm64 to be recorded, and how fast the recording is verified.
//
// Repeats without and with a recorder take turns, from the same snapshot, and so does the replay:
// machines differ and so do minutes.
#include <unistd.h>

#include <filesystem>
#include <string>

#include "bench/cases.hpp"
#include "bench/swarm.hpp"
#include "io/player.hpp"
#include "io/recorder.hpp"
#include "volery/journal.hpp"

namespace volery::bench {

namespace {

// Folds the state and keeps nothing: what part of a recording's cost that is.
class FoldOnly final : public Journal {
 public:
  [[nodiscard]] bool wants_fold() const noexcept override { return true; }
};

// A file that goes when the case is done.
struct Scratch {
  std::filesystem::path path = std::filesystem::temp_directory_path() /
                               ("volery_bench_" + std::to_string(::getpid()) + ".vrec");
  Scratch() = default;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
};

}  // namespace

Result run_recording(const Options& options) {
  const BatchConfig config = talking_swarm_config(options);
  Environment env(config);
  const int steps = swarm_steps(options);
  const std::size_t row = env.batch.layout().action_count();
  env.reset();
  const std::vector<std::uint8_t> start = env.batch.snapshot({});
  const std::vector<float> actions = swarm_actions(env, steps);
  const auto timed = [&](const std::shared_ptr<Journal>& journal) {
    env.batch.restore(start, {});
    env.batch.attach(journal);
    const double seconds = seconds_of([&] {
      for (int step = 0; step < steps; ++step)
        env.step({actions.data() + static_cast<std::size_t>(step) * row, row});
    });
    // the end of a file is no step
    env.batch.attach(nullptr);
    return seconds / steps;
  };

  const Scratch file;
  std::vector<double> plain, folded, recorded, verified, lost;
  for (int r = 0; r < repeats_of(options); ++r) {
    plain.push_back(timed(nullptr));
    folded.push_back(timed(std::make_shared<FoldOnly>()));
    recorded.push_back(timed(std::make_shared<io::Recorder>(file.path)));
    lost.push_back(recorded.back() / plain.back() - 1);
    io::Player player(file.path, {.num_threads = options.threads, .terms = false});
    verified.push_back(seconds_of([&] { (void)player.verify(); }) / steps);
  }
  Result result;
  result.case_name = "recording";
  result.worlds = config.num_worlds;
  result.agents = config.num_agents;
  result.threads = config.num_threads;
  result.substeps = config.substeps();
  const double rows = env.num_rows();
  fill(result, recorded, rows);
  const double scale = 1e9 / rows;
  result.figures = {{"ns_per_agent_step_without", median(plain) * scale},
                    {"ns_per_agent_step_folded", median(folded) * scale},
                    {"ns_per_agent_step_verify", median(verified) * scale},
                    {"cost_share", median(lost)},
                    {"verify_over_live", median(plain) / median(verified)},
                    {"bytes_per_agent_step",
                     static_cast<double>(std::filesystem::file_size(file.path)) / (rows * steps)}};
  return result;
}

}  // namespace volery::bench
