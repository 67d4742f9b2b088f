// recording: what it costs swarm64 to be recorded, and how fast the recording is verified.
//
// A shared machine changes its speed by a tenth and more from one second to the next, which is more
// than a recording costs. So the same steps are done in turns of a tenth of a second, alone, folded
// and recorded, and one recording lasts for all of its turns: what is measured is the middle of a
// long one, with its keyframes.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "bench/cases.hpp"
#include "bench/swarm.hpp"
#include "io/player.hpp"
#include "io/recorder.hpp"
#include "volery/journal.hpp"

namespace volery::bench {

namespace {

// Through all steps, in a repeat: twice is a keyframe long.
constexpr int kPasses = 2;

// Folds the state and keeps nothing: what part of a recording's cost that is.
class FoldOnly final : public Journal {
 public:
  [[nodiscard]] bool wants_fold() const noexcept override { return true; }
};

// Hands steps on, and nothing else: a recorder goes on with a batch that is restored between turns.
class StepsOnly final : public Journal {
 public:
  StepsOnly(std::shared_ptr<Journal> to, const Batch& batch) : to_(std::move(to)) {
    to_->attached(batch);
  }
  [[nodiscard]] bool wants_fold() const noexcept override { return to_->wants_fold(); }
  void step(const Batch& batch, std::span<const float> actions, const StepOutputs& out) override {
    to_->step(batch, actions, out);
  }

 private:
  std::shared_ptr<Journal> to_;
};

// A file that goes when the case is done.
struct Scratch {
  std::filesystem::path path;
  explicit Scratch(const std::string& name)
      : path(std::filesystem::temp_directory_path() /
             ("volery_bench_" + std::to_string(::getpid()) + "_" + name + ".vrec")) {}
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
};

// The steps of swarm64, cut into turns that begin where they always begin.
class Turns {
 public:
  explicit Turns(const Options& options)
      : env_(talking_swarm_config(options)), num_steps_(swarm_steps(options)) {
    env_.reset();
    const std::vector<std::uint8_t> start = env_.batch.snapshot({});
    actions_ = swarm_actions(env_, num_steps_);
    env_.batch.restore(start, {});
    for (int turn = 0; turn * kTurnSteps < num_steps_; ++turn) {
      starts_.push_back(env_.batch.snapshot({}));
      run(turn);
    }
  }

  [[nodiscard]] const Environment& env() const { return env_; }
  [[nodiscard]] int num_steps() const { return num_steps_; }
  [[nodiscard]] int num_turns() const { return static_cast<int>(starts_.size()); }

  /// All of them, recorded to a file that can be replayed.
  void record(const std::filesystem::path& path) {
    env_.batch.restore(starts_.front(), {});
    env_.batch.attach(std::make_shared<io::Recorder>(path));
    for (int turn = 0; turn < num_turns(); ++turn) run(turn);
    env_.batch.attach(nullptr);
  }

  [[nodiscard]] double seconds(int turn, const std::shared_ptr<Journal>& journal) {
    env_.batch.restore(starts_[static_cast<std::size_t>(turn)], {});
    env_.batch.attach(journal);
    const double seconds = seconds_of([&] { run(turn); });
    env_.batch.attach(nullptr);
    // what is left to pack is not for the next to wait for
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return seconds;
  }

 private:
  static constexpr int kTurnSteps = 50;

  void run(int turn) {
    const std::size_t row = env_.batch.layout().action_count();
    const int last = std::min((turn + 1) * kTurnSteps, num_steps_);
    for (int step = turn * kTurnSteps; step < last; ++step)
      env_.step({actions_.data() + static_cast<std::size_t>(step) * row, row});
  }

  Environment env_;
  int num_steps_;
  std::vector<float> actions_;
  std::vector<std::vector<std::uint8_t>> starts_;
};

}  // namespace

Result run_recording(const Options& options) {
  Turns turns(options);
  const Scratch whole("whole"), file("turns");
  turns.record(whole.path);
  const auto recorder = std::make_shared<io::Recorder>(file.path);
  const std::array<std::shared_ptr<Journal>, 3> journals{
      nullptr, std::make_shared<FoldOnly>(),
      std::make_shared<StepsOnly>(recorder, turns.env().batch)};

  std::vector<double> plain, folded, recorded, verified, fold_share, share, verify_share;
  for (int r = 0; r < repeats_of(options); ++r) {
    std::array<double, 3> seconds{};
    for (int turn = 0; turn < kPasses * turns.num_turns(); ++turn) {
      for (std::size_t i = 0; i < journals.size(); ++i) {
        const std::size_t which = (i + static_cast<std::size_t>(turn)) % journals.size();
        seconds[which] += turns.seconds(turn % turns.num_turns(), journals[which]);
      }
    }
    io::Player player(whole.path, {.num_threads = options.threads, .terms = false});
    verified.push_back(seconds_of([&] { (void)player.verify(); }) / turns.num_steps());
    for (double& s : seconds) s /= kPasses * turns.num_steps();
    plain.push_back(seconds[0]);
    folded.push_back(seconds[1]);
    recorded.push_back(seconds[2]);
    fold_share.push_back(seconds[1] / seconds[0] - 1);
    share.push_back(seconds[2] / seconds[0] - 1);
    verify_share.push_back(seconds[0] / verified.back());
  }
  recorder->close();

  const BatchConfig& config = turns.env().batch.config();
  Result result;
  result.case_name = "recording";
  result.worlds = config.num_worlds;
  result.agents = config.num_agents;
  result.threads = config.num_threads;
  result.substeps = config.substeps();
  const double rows = turns.env().num_rows();
  fill(result, recorded, rows);
  const double scale = 1e9 / rows;
  result.figures = {
      {"ns_per_agent_step_without", median(plain) * scale},
      {"ns_per_agent_step_folded", median(folded) * scale},
      {"ns_per_agent_step_verify", median(verified) * scale},
      {"fold_cost_share", median(fold_share)},
      {"cost_share", median(share)},
      {"verify_over_live", median(verify_share)},
      {"bytes_per_agent_step", static_cast<double>(std::filesystem::file_size(file.path)) /
                                   (rows * static_cast<double>(recorder->num_steps()))}};
  return result;
}

}  // namespace volery::bench
