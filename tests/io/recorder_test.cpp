#include "io/recorder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>

#include "io/pose_writer.hpp"
#include "tests/io/recording_rig.hpp"

namespace volery::io {
namespace {

BatchConfig small(int worlds = 3, int agents = 2) {
  BatchConfig config;
  config.num_worlds = worlds;
  config.num_agents = agents;
  config.episode_s = 1;
  return config;
}

ErrorKind kind_of(const std::function<void()>& call, std::string* message) {
  try {
    call();
  } catch (const Error& error) {
    *message = error.what();
    return error.kind();
  }
  ADD_FAILURE() << "nothing was refused";
  return ErrorKind::kMemory;
}

TEST(Recorder, ChangesNoResult) {
  Flown alone(small(4, 3));
  Flown recorded(small(4, 3));
  const TempFile file("changes");
  recorded.batch.attach(std::make_shared<Recorder>(file.path(), RecorderOptions{.poses_hz = 10}));
  alone.reset();
  recorded.reset();
  for (int step = 0; step < 60; ++step) {
    alone.step(step);
    recorded.step(step);
    ASSERT_EQ(alone.batch.state_hash(), recorded.batch.state_hash()) << step;
    ASSERT_EQ(alone.observation, recorded.observation);
  }
}

TEST(Recorder, WritesTheSameOnAnyNumberOfThreads) {
  // chunks that close by the clock would be cut elsewhere
  const RecorderOptions options{.chunk_s = 1e9};
  std::vector<EventChunk> chunks[2];
  for (const int threads : {1, 2}) {
    BatchConfig config = small(40, 3);
    config.slab_agents = 16;
    config.num_threads = threads;
    const TempFile path("threads");
    (void)record(path.path(), config, 40, {}, options);
    RecordingFile file(path.path());
    for (const ChunkPlace& place : file.chunks()) {
      if (place.head.kind != ChunkKind::kEvents) continue;
      chunks[threads - 1].emplace_back();
      file.read(place, chunks[threads - 1].back());
    }
  }
  ASSERT_EQ(chunks[0].size(), chunks[1].size());
  ASSERT_FALSE(chunks[0].empty());
  for (std::size_t i = 0; i < chunks[0].size(); ++i) {
    EXPECT_EQ(chunks[0][i].events, chunks[1][i].events);
    EXPECT_EQ(chunks[0][i].folds, chunks[1][i].folds);
    EXPECT_EQ(chunks[0][i].actions, chunks[1][i].actions);
    EXPECT_EQ(chunks[0][i].marks, chunks[1][i].marks);
  }
}

TEST(Recorder, RefusesAFileThatCannotBeWritten) {
  Flown flown(small());
  std::string message;
  EXPECT_EQ(
      kind_of([&] { flown.batch.attach(std::make_shared<Recorder>("/no/such/folder/a.vrec")); },
              &message),
      ErrorKind::kFile);
  EXPECT_NE(message.find("/no/such/folder/a.vrec: cannot be written"), std::string::npos)
      << message;
  // and the batch goes on
  flown.reset();
  flown.step(0);
}

TEST(Recorder, RefusesASecondBatch) {
  const TempFile file("second");
  Flown one(small());
  Flown two(small());
  const auto recorder = std::make_shared<Recorder>(file.path());
  one.batch.attach(recorder);
  std::string message;
  EXPECT_EQ(kind_of([&] { two.batch.attach(recorder); }, &message), ErrorKind::kState);
  EXPECT_NE(message.find("one batch"), std::string::npos) << message;
}

// Files may grow to this many bytes while it lives, as on a disk that fills up.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

// Steps until the call says that the disk is full, or `most` times; how often it said so.
int errors_in(Flown& flown, int most, std::string* message) {
  int errors = 0;
  for (int step = 0; step < most; ++step) {
    try {
      flown.step(step);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kFile);
      *message = error.what();
      ++errors;
    }
  }
  return errors;
}

TEST(Recorder, SaysOnceThatTheDiskIsFullAndLetsTheBatchGoOn) {
  const TempFile file("full");
  Flown flown(small(16, 4));
  Flown alone(small(16, 4));
  flown.batch.attach(std::make_shared<Recorder>(file.path(), RecorderOptions{.chunk_steps = 4}));
  flown.reset();
  alone.reset();
  std::string message;
  {
    const FullDisk full(60'000);
    EXPECT_EQ(errors_in(flown, 300, &message), 1);
  }
  EXPECT_NE(message.find("writing failed"), std::string::npos) << message;
  EXPECT_NE(message.find("the recording ends after step"), std::string::npos) << message;
  for (int step = 0; step < 300; ++step) alone.step(step);
  EXPECT_EQ(flown.batch.state_hash(), alone.batch.state_hash());
  flown.batch.attach(nullptr);
  // what was written before can be played
  Player player(file.path());
  EXPECT_FALSE(player.complete());
  EXPECT_GT(player.num_steps(), 0U);
  EXPECT_FALSE(player.verify().has_value());
}

TEST(Recorder, TellsWhoWantsToKnowInsteadOfThrowing) {
  const TempFile file("told");
  Flown flown(small(16, 4));
  std::vector<std::string> told;
  flown.batch.attach(std::make_shared<Recorder>(
      file.path(), RecorderOptions{.chunk_steps = 4, .on_failure = [&](const std::string& why) {
                                     told.push_back(why);
                                   }}));
  flown.reset();
  std::string message;
  {
    const FullDisk full(60'000);
    EXPECT_EQ(errors_in(flown, 300, &message), 0);
  }
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told.front().find("writing failed"), std::string::npos) << told.front();
}

TEST(Recorder, LeavesAReadableFileWhenItIsKilled) {
  const TempFile file("killed");
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    Flown flown(small());
    flown.batch.attach(std::make_shared<Recorder>(file.path(), RecorderOptions{.chunk_steps = 8}));
    flown.reset();
    for (int step = 0;; ++step) {
      flown.step(step);
      if (step == 100 && write(ready[1], "x", 1) != 1) _exit(1);
    }
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  close(ready[0]);
  close(ready[1]);

  Player player(file.path());
  EXPECT_FALSE(player.complete());
  EXPECT_FALSE(player.notice().empty());
  // at most what waits for the thread that writes is lost
  EXPECT_GE(player.num_steps(), 100U - 8U * 6U);
  EXPECT_FALSE(player.verify().has_value());
  EXPECT_EQ(player.position(), player.num_steps());
}

TEST(Recorder, ClosesByItselfAndEndsWhenItIsDetached) {
  const TempFile file("close");
  Flown flown(small());
  const auto recorder = std::make_shared<Recorder>(file.path());
  flown.batch.attach(recorder);
  flown.reset();
  for (int step = 0; step < 10; ++step) flown.step(step);
  EXPECT_EQ(recorder->num_steps(), 10U);
  recorder->close();
  EXPECT_TRUE(recorder->closed());
  recorder->close();
  flown.step(10);
  EXPECT_EQ(recorder->num_steps(), 10U);
  flown.batch.attach(nullptr);
  EXPECT_EQ(Player(file.path()).num_steps(), 10U);
}

TEST(Recorder, StoresPosesForPlayersThatDoNotSimulate) {
  const TempFile file("poses");
  Flown flown(small(2, 3));
  flown.batch.attach(std::make_shared<Recorder>(file.path(), RecorderOptions{.poses_hz = 10}));
  flown.reset();
  const int every = flown.batch.config().agent_rate_hz / 10;
  std::vector<float> positions(2 * 3 * 3);
  std::vector<std::vector<float>> seen;
  for (int step = 0; step < 31; ++step) {
    flown.step(step);
    if ((step + 1) % every != 0) continue;
    flown.batch.state("position_w_m", positions);
    seen.push_back(positions);
  }
  flown.batch.attach(nullptr);
  RecordingFile recording(file.path());
  EXPECT_EQ(recording.header().poses_hz, 10);
  const Poses poses = read_poses(recording);
  ASSERT_EQ(poses.steps.size(), seen.size());
  ASSERT_EQ(poses.position_w_m.size(), seen.size() * positions.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(poses.steps[i], (i + 1) * static_cast<std::size_t>(every));
    const auto* at = poses.position_w_m.data() + i * positions.size();
    EXPECT_EQ(std::vector<float>(at, at + positions.size()), seen[i]);
  }
  EXPECT_EQ(poses.quat_wb_xyzw.size(), seen.size() * 2 * 3 * 4);
  EXPECT_EQ(poses.alive.size(), seen.size() * 2 * 3);
  EXPECT_EQ(poses.goal_w_m.size(), seen.size() * 2 * 3 * 3);
}

}  // namespace
}  // namespace volery::io
