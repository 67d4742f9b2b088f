// Runs to record, shared by the tests of recordings.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/rng.hpp"
#include "io/player.hpp"
#include "io/recorder.hpp"
#include "volery/batch.hpp"

namespace volery::io {

/// A file of this test alone, gone with it.
class TempFile {
 public:
  explicit TempFile(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              (name + "_" + std::to_string(::getpid()) + ".vrec")) {}
  ~TempFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  [[nodiscard]] std::vector<char> bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::vector<char>& bytes) const {
    std::ofstream(path_, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  std::filesystem::path path_;
};

/// A batch with its buffers, flown by actions at random.
struct Flown {
  explicit Flown(BatchConfig config) : batch(std::move(config)) {
    const Layout& layout = batch.layout();
    observation.resize(layout.observation_count());
    reward.resize(layout.num_rows());
    actions.resize(layout.action_count());
    flags = std::make_unique<bool[]>(2 * layout.num_rows());
    out = {.observation = observation.data(),
           .reward = reward.data(),
           .terminated = flags.get(),
           .truncated = flags.get() + layout.num_rows()};
  }
  void reset(std::uint64_t seed = 5) { batch.reset({.seed = seed}, out); }
  /// `spread` of a rotor action near 1 crashes within a second.
  void act(int step, float spread = 0.6F) {
    for (std::size_t i = 0; i < actions.size(); ++i) {
      Rng rng(7, 0, Stream::kAction, static_cast<std::uint32_t>(i),
              static_cast<std::uint32_t>(step));
      actions[i] = rng.uniform(-spread, spread);
    }
  }
  void step(int number) {
    act(number);
    batch.step(actions, out);
  }

  Batch batch;
  StepOutputs out;
  std::vector<float> observation, reward, actions;
  std::unique_ptr<bool[]> flags;
};

/// What a run looked like: the hash of the state at each position.
struct Seen {
  std::vector<std::uint64_t> hashes;
  void look(const Batch& batch) { hashes.push_back(batch.state_hash()); }
};

/// Records `steps` steps; `between(flown, step)` comes before each of them.
inline Seen record(const std::filesystem::path& path, const BatchConfig& config, int steps,
                   const std::function<void(Flown&, int)>& between = {},
                   const RecorderOptions& options = {}) {
  Flown flown(config);
  const auto recorder = std::make_shared<Recorder>(path, options);
  flown.batch.attach(recorder);
  Seen seen;
  flown.reset();
  for (int step = 0; step < steps; ++step) {
    if (step == 0) seen.look(flown.batch);
    if (between) between(flown, step);
    flown.step(step);
    seen.look(flown.batch);
  }
  flown.batch.attach(nullptr);
  return seen;
}

/// Plays it all, compares the hash at each position, and verifies.
inline void expect_replays(const std::filesystem::path& path, const Seen& seen,
                           const PlayerOptions& options = {}) {
  Player player(path, options);
  ASSERT_EQ(player.num_steps() + 1, seen.hashes.size());
  EXPECT_TRUE(player.complete()) << player.notice();
  for (std::size_t i = 0; i < seen.hashes.size(); ++i) {
    ASSERT_EQ(player.position(), i);
    ASSERT_EQ(player.batch().state_hash(), seen.hashes[i]) << "position " << i;
    ASSERT_EQ(player.step(), i + 1 < seen.hashes.size());
  }
  EXPECT_FALSE(player.difference().has_value()) << player.difference()->text();
  const auto difference = player.verify();
  EXPECT_FALSE(difference.has_value()) << difference->text();
}

}  // namespace volery::io
