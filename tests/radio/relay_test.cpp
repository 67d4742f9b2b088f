// Flooding: messages that are sent on by those who hear them.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include "radio_world.hpp"

namespace volery::radio {
namespace {

using testing::RadioWorld;

std::string relays(int ttl, const std::string& more = "") {
  return "range.range_m = [1.5]\npayload.size = 1\nbandwidth.queue = 8\naddress.ttl = " +
         std::to_string(ttl) + "\n" + more;
}

/// Agents in a row, 1 m apart: each hears its neighbors only.
void line_up(const RadioWorld& world) {
  for (int a = 0; a < world.slab.num_agents; ++a) world.put(a, {static_cast<float>(a), 0, 5});
}

TEST(Relay, AMessageGoesAsFarAsItsHops) {
  constexpr int kAgents = 6;
  for (int ttl = 0; ttl < kAgents; ++ttl) {
    RadioWorld world(relays(ttl), kAgents);
    line_up(world);
    world.say(0, {0.25F});
    std::vector<int> first_heard(kAgents, -1);
    for (int step = 0; step < 2 * kAgents; ++step) {
      world.step();
      world.hush();
      for (int a = 0; a < kAgents; ++a) {
        for (const testing::Heard& heard : world.inbox(a)) {
          EXPECT_EQ(heard.from, 0);
          EXPECT_EQ(heard.payload, std::vector<float>{0.25F});
          // the age counts from the first sender on
          EXPECT_FLOAT_EQ(heard.age_s, RadioWorld::kStep_s * static_cast<float>(a));
          EXPECT_EQ(first_heard[static_cast<std::size_t>(a)], -1) << "once";
          first_heard[static_cast<std::size_t>(a)] = step;
        }
      }
    }
    for (int a = 1; a < kAgents; ++a)
      EXPECT_EQ(first_heard[static_cast<std::size_t>(a)], a <= ttl + 1 ? a - 1 : -1) << ttl;
    EXPECT_EQ(first_heard[0], -1);
  }
}

TEST(Relay, TheLatencyCountsOnce) {
  RadioWorld world(relays(3, "timing.latency_steps = 3\n"), 5);
  line_up(world);
  world.say(0, {0.25F});
  for (int step = 0; step < 10; ++step) {
    world.step();
    world.hush();
    // three hops beyond the first, and two steps more than one
    EXPECT_EQ(world.inbox(4).size(), step == 3 + 2 ? 1U : 0U) << step;
  }
}

/// Hops from agent 0 within the range, by breadth first; -1 where there is no way.
std::vector<int> hops_from_first(const RadioWorld& world, float range_m) {
  const int num_agents = world.slab.num_agents;
  std::vector<int> hops(static_cast<std::size_t>(num_agents), -1);
  std::vector<int> reached{0};
  hops[0] = 0;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (int other = 0; other < num_agents; ++other) {
      const Vec3 offset =
          world.slab.agents.vec3(other, kPosition) - world.slab.agents.vec3(reached[i], kPosition);
      if (hops[static_cast<std::size_t>(other)] >= 0 || !(dot(offset, offset) < range_m * range_m))
        continue;
      hops[static_cast<std::size_t>(other)] = hops[static_cast<std::size_t>(reached[i])] + 1;
      reached.push_back(other);
    }
  }
  return hops;
}

TEST(Relay, AFloodTakesTheShortestWays) {
  for (const bool grid : {false, true}) {
    RadioWorld world(relays(255), 120);
    if (grid) world.worker->set_largest_brute_force(1);
    world.scatter(7.5F, 3);
    const std::vector<int> hops = hops_from_first(world, 1.5F);
    const int farthest = *std::max_element(hops.begin(), hops.end());
    ASSERT_GT(farthest, 4);
    ASSERT_EQ(std::count(hops.begin(), hops.end(), -1) > 0, true) << "some are out of reach";
    world.say(0, {0.25F});
    std::vector<int> heard(hops.size(), 0);
    for (int step = 0; step < farthest + 3; ++step) {
      world.step();
      world.hush();
      for (int a = 0; a < 120; ++a) {
        if (world.inbox(a).empty()) continue;
        EXPECT_EQ(hops[static_cast<std::size_t>(a)], step + 1);
        ++heard[static_cast<std::size_t>(a)];
      }
    }
    for (std::size_t a = 1; a < hops.size(); ++a) EXPECT_EQ(heard[a], hops[a] > 0 ? 1 : 0);
    // everyone who heard it has sent it once, and every candidate has a fate
    const auto reached =
        static_cast<double>(std::count_if(hops.begin(), hops.end(), [](int h) { return h >= 0; }));
    EXPECT_EQ(world.total(kSent), reached);
    EXPECT_EQ(world.total(Fate::kDelivered), reached - 1);
    EXPECT_EQ(world.total(Fate::kDelivered) + world.total(Fate::kDuplicate),
              world.total(kCandidates));
  }
}

TEST(Relay, AMessageForOneIsCarriedByAllAndKeptByOne) {
  RadioWorld world(relays(8, "address.mode = \"any\"\n"), 5);
  line_up(world);
  world.say(0, {0.25F}, 4);
  int kept = 0;
  for (int step = 0; step < 10; ++step) {
    world.step();
    world.hush();
    for (int a = 0; a < 4; ++a) EXPECT_TRUE(world.inbox(a).empty());
    kept += static_cast<int>(world.inbox(4).size());
  }
  EXPECT_EQ(kept, 1);
  EXPECT_EQ(world.total(Fate::kOutOfRange), 0) << "nobody waits for a direct way";
}

TEST(Relay, WaysThatAreCutAreGoneAround) {
  RadioWorld world(relays(8), 4);
  // a square: 0 reaches 3 over 1 or over 2; 1 is dead
  world.put(0, {0, 0, 5});
  world.put(1, {1.2F, 0, 5});
  world.put(2, {0, 1.2F, 5});
  world.put(3, {1.2F, 1.2F, 5});
  world.slab.agents.at(1, world.radio().alive_row()) = 0;
  world.say(0, {0.25F});
  int heard = 0;
  for (int step = 0; step < 5; ++step) {
    world.step();
    world.hush();
    heard += static_cast<int>(world.inbox(3).size());
  }
  EXPECT_EQ(heard, 1);
  EXPECT_GT(world.count(1, Fate::kReceiverDead), 0);
}

// Everybody speaks in every other step: queues and memories overflow.
TEST(Relay, DoesNotDependOnTheOrderOfLinks) {
  const std::string toml = relays(3, "loss.probability = 0.2\ntiming.jitter_steps = 2\n");
  RadioWorld brute(toml, 90), grid(toml, 90);
  grid.worker->set_largest_brute_force(1);
  for (std::uint32_t step = 0; step < 20; ++step) {
    for (RadioWorld* world : {&brute, &grid}) {
      world->scatter(5, step / 5);
      for (int a = 0; a < 90; ++a) {
        world->hush(a);
        if ((step + static_cast<std::uint32_t>(a)) % 2 == 0)
          world->say(a, {static_cast<float>(a) / 90});
      }
      world->step();
    }
    for (int body = 0; body < 90; ++body) {
      for (int row = 0; row < brute.num_rows(); ++row) {
        ASSERT_EQ(std::bit_cast<std::uint32_t>(brute.slab.agents.at(body, row)),
                  std::bit_cast<std::uint32_t>(grid.slab.agents.at(body, row)))
            << "step " << step << " body " << body << " row " << row;
      }
    }
  }
  EXPECT_GT(brute.total(kRefusedQueue), 0);
  double fates = 0;
  for (int f = 0; f < kNumFates; ++f) fates += brute.total(f);
  EXPECT_EQ(fates, brute.total(kCandidates));
}

TEST(Relay, NeedsAQueue) {
  try {
    const RadioWorld world("address.ttl = 2\n", 3);
    FAIL() << "must throw";
  } catch (const Error& error) {
    EXPECT_STREQ(
        error.what(),
        "config.radio.address.ttl = 2: needs bandwidth.queue of at least 1, where messages "
        "wait to be sent on");
  }
}

}  // namespace
}  // namespace volery::radio
