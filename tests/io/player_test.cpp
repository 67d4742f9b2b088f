#include "io/player.hpp"

#include <gtest/gtest.h>

#include "core/toml.hpp"
#include "tests/io/recording_rig.hpp"

namespace volery::io {
namespace {

BatchConfig config_from(const char* toml) {
  return batch_config(parse_toml(toml, "test"));
}

// Everything that a run may hold: contacts, wind, radio, props, ranges.
const char* const kRuns[] = {
    "task = 'hover'\nnum_worlds = 5\nepisode_s = 1.0\n",
    "task = 'hover'\nnum_worlds = 3\nnum_agents = 4\nautoreset = 'same_step'\nepisode_s = 0.7\n",
    "task = 'hover'\nnum_worlds = 2\nnum_agents = 9\non_crash = 'respawn'\nepisode_s = 2\n"
    "[wind]\nmean_w_mps = [3.0, 1.0, 0.0]\nturbulence = 'light'\n",
    "task = 'formation'\nnum_agents = 7\nseed = 11\n",
    "task = 'formation'\nnum_worlds = 2\nnum_agents = 6\n[radio]\nbase = 'flock'\n",
    "task = 'transport'\nnum_worlds = 2\n",
    "task = 'transport_slung'\nnum_worlds = 2\n",
    "task = 'gates'\n",
    "task = 'search_relay'\n",
    "task = 'flocking'\nnum_agents = 20\n",
    "task = 'hover'\nnum_worlds = 4\n[[randomize]]\nfield = 'vehicle.mass_kg'\nrange = [0.9, 1.1]\n"
    "how = 'scale'\n",
};

class Runs : public testing::TestWithParam<const char*> {};

TEST_P(Runs, ReplayToTheBit) {
  const TempFile file("runs");
  const Seen seen = record(file.path(), config_from(GetParam()), 90);
  expect_replays(file.path(), seen);
}

TEST_P(Runs, ReplayOnTwoThreadsWithTrace) {
  const TempFile file("runs_two");
  const Seen seen = record(file.path(), config_from(GetParam()), 60);
  expect_replays(file.path(), seen, {.num_threads = 2, .trace = true});
}

INSTANTIATE_TEST_SUITE_P(Player, Runs, testing::ValuesIn(kRuns));

}  // namespace
}  // namespace volery::io
