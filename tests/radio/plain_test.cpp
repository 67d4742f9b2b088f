// The short way of plain radios against the long one, which a trace asks for: same bits in every
// row of every agent.
#include "radio/plain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <string>

#include "radio_world.hpp"

namespace volery::radio {
namespace {

using testing::RadioWorld;

struct Case {
  const char* name;
  const char* toml;
  int num_agents = 21;  // so that blocks hold two worlds
  float side_m = 6;
  bool writes = true, sends = true;  // which parts take the short way
};

const Case kCases[] = {
    {"Numbers", "range.range_m = [3]\nloss.probability = 0.3\n"},
    {"WithoutLoss", "range.range_m = [3]\n"},
    {"PartOfAVector", "range.range_m = [3]\nloss.probability = 0.3\npayload.size = 5\n"},
    {"OneSlot", "range.range_m = [3]\nloss.probability = 0.3\npayload.size = 1\ninbox.slots = 1\n"},
    {"Quantized", "range.range_m = [3]\npayload.quantize_bits = 3\npayload.size = 6\n"},
    {"NamedSenders", "range.range_m = [3]\naddress.anonymous = false\n"},
    {"OnlyTheDistance", "range.range_m = [3]\ninbox.bearing = false\n"},
    {"OnlyTheBearing", "range.range_m = [3]\ninbox.range = false\n"},
    {"NeitherOfThem", "range.range_m = [3]\ninbox.range = false\ninbox.bearing = false\n"},
    {"Energy", "range.range_m = [3]\nenergy.tx_j_per_byte = 0.1\nenergy.listen_w = 0.3\n"},
    {"ManyLinks", "range.range_m = [9]\nloss.probability = 0.2\n", 90},
    {"ThroughTheGrid", "range.range_m = [3]\nloss.probability = 0.2\n", 300, 12},
    {"ManyLinksOfTheGrid", "range.range_m = [5]\nloss.probability = 0.2\n", 300},
    {"OneAgent", "range.range_m = [3]\n", 1},
    {"Rate", "range.range_m = [3]\nbandwidth.rate_bytes_ps = 100\nbandwidth.burst_bytes = 32\n", 21,
     6, true, false},
    {"Tokens", "range.range_m = [3]\npayload.kind = \"token\"\npayload.size = 7\n", 21, 6, true,
     false},
    {"Text", "range.range_m = [3]\npayload.kind = \"text\"\npayload.size = 7\n", 21, 6, false,
     false},
    {"Noise", "range.range_m = [3]\ninbox.position_noise_m = 0.5\n", 21, 6, false, false},
    {"Velocity", "range.range_m = [3]\ninbox.velocity = true\n", 21, 6, false, false},
    {"Delay", "range.range_m = [3]\ntiming.latency_steps = 3\nloss.probability = 0.2\n"},
    {"LongDelay", "range.range_m = [4]\ntiming.latency_steps = 5\ninbox.slots = 20\n", 16},
    {"DelayOfTokens", "range.range_m = [3]\ntiming.latency_steps = 2\npayload.kind = \"token\"\n",
     21, 6, true, false},
    {"Kept", "range.range_m = [3]\ninbox.keep_steps = 4\ninbox.order = \"nearest\"\n", 21, 6, false,
     false},
};

// Half of the agents say something, some die, some were never there, a world rests for a step, one
// diverges in the end.
void live(RadioWorld& world, std::uint32_t step) {
  const MessageRows& rows = world.radio().rows();
  const bool bytes = rows.length >= 0;
  for (int body = 0; body < world.slab.agents.num_bodies; ++body) {
    Rng rng(5, 0, Stream::kAction, static_cast<std::uint32_t>(body), step);
    for (int i = 0; i < rows.size; ++i)
      world.slab.agents.at(body, rows.data + i) = bytes ? rng.uniform(0, 7) : rng.uniform(-1, 1);
    world.slab.agents.at(body, rows.send) = rng.uniform(-1, 1);
    world.slab.agents.at(body, world.radio().alive_row()) = rng.uniform(0, 1) < 0.1F ? 0.0F : 1.0F;
    const BodyMode mode = body % 7 == 3 ? BodyMode::kAbsent : BodyMode::kMoving;
    world.slab.agents.at(body, kMode) = static_cast<float>(mode);
  }
  // worlds that were reset at other times
  if (step == 0) world.header(1).step = 1;
  world.rest(2, step == 3);
  world.header(1).status = step >= 6 ? kStatusDiverged : kStatusOk;
}

class PlainRadio : public ::testing::TestWithParam<Case> {};

TEST_P(PlainRadio, GivesTheBitsOfTheLongWay) {
  constexpr int kWorlds = 3;
  const Case& tried = GetParam();
  RadioWorld plain(tried.toml, tried.num_agents, kWorlds);
  RadioWorld traced(std::string(tried.toml) + "trace = true\n", tried.num_agents, kWorlds);
  RadioWorld turning(tried.toml, tried.num_agents, kWorlds);
  ASSERT_TRUE(is_plain(plain.radio()));
  EXPECT_EQ(writes_in_lanes(plain.radio()), tried.writes);
  EXPECT_EQ(sends_in_lanes(plain.radio()), tried.sends);
  double heard = 0;
  for (std::uint32_t step = 0; step < 9; ++step) {
    // one way after the other: asked for packets, or with a jammer that jams nobody
    turning.worker->trace(step % 4 == 1);
    turning.put_down(1, step % 4 == 2 ? 1 : 0, {.radius_m = 1e5F, .probability = 0});
    for (RadioWorld* world : {&plain, &traced, &turning}) {
      world->scatter(tried.side_m, step);
      live(*world, step);
      // two in one place, and two as far from a third
      for (int a = 0; a < std::min(3, tried.num_agents); ++a)
        world->put(a, {static_cast<float>(a == 0), 0, 0});
      world->step();
    }
    for (int body = 0; body < plain.slab.agents.num_bodies; ++body) {
      for (int row = 0; row < plain.num_rows(); ++row) {
        const auto bits = [&](const RadioWorld& world) {
          return std::bit_cast<std::uint32_t>(world.slab.agents.at(body, row));
        };
        ASSERT_EQ(bits(plain), bits(traced))
            << "step " << step << " body " << body << " row " << row;
        ASSERT_EQ(bits(plain), bits(turning))
            << "step " << step << " body " << body << " row " << row;
      }
    }
    heard = plain.total(Fate::kDelivered);
  }
  if (tried.num_agents > 1) {
    EXPECT_GT(heard, tried.num_agents);
  }
}

INSTANTIATE_TEST_SUITE_P(Radios, PlainRadio, ::testing::ValuesIn(kCases),
                         [](const auto& tried) { return std::string(tried.param.name); });

}  // namespace
}  // namespace volery::radio
