// The neighbor search against a sort of all pairs, for both of its paths.
#include "swarm/neighbors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "core/isa.hpp"

namespace volery::swarm {
namespace {

/// Bodies of a slab with nothing but what the search reads.
class Swarm {
 public:
  Swarm(int num_worlds, int num_agents) {
    slab_.num_worlds = num_worlds;
    slab_.num_agents = num_agents;
    const int bodies = num_worlds * num_agents;
    // padding bodies rest at the origin, among the agents: they must not be found
    memory_.assign(static_cast<std::size_t>(blocks_for(bodies) * kNumRigidRows * kLanes), 0.0F);
    slab_.agents = {memory_.data(), blocks_for(bodies), kNumRigidRows, bodies};
  }
  [[nodiscard]] const Slab& slab() const { return slab_; }
  void place(int agent, Vec3 position) { slab_.agents.set_vec3(agent, kPosition, position); }
  void set_mode(int agent, BodyMode mode) {
    slab_.agents.at(agent, kMode) = static_cast<float>(mode);
  }

  /// Uniform in a box; on a coarse lattice where `lattice`, so that ties and twins abound.
  void scatter(unsigned seed, Vec3 size, bool lattice) {
    std::mt19937 generator(seed);
    std::uniform_real_distribution<float> unit(0, 1);
    for (int i = 0; i < slab_.agents.num_bodies; ++i) {
      Vec3 p{unit(generator), unit(generator), unit(generator)};
      if (lattice) p = {std::floor(p.x * 6) / 6, std::floor(p.y * 6) / 6, std::floor(p.z * 6) / 6};
      place(i, {p.x * size.x, p.y * size.y, p.z * size.z});
    }
  }
  void kill_every(int nth) {
    for (int i = 0; i < slab_.agents.num_bodies; i += nth) set_mode(i, BodyMode::kAbsent);
  }

 private:
  Slab slab_;
  std::vector<float> memory_;
};

struct Result {
  std::vector<std::int32_t> index;
  std::vector<float> distance_m;
  bool operator==(const Result&) const = default;
};

/// All pairs of a world, sorted by (squared distance, index).
Result oracle(const Slab& slab, const NeighborQuery& query) {
  Result result;
  const float radius_m2 = query.radius_m * query.radius_m;
  const auto present = [&](int agent) {
    const Vec3 p = slab.agents.vec3(agent, kPosition);
    return slab.agents.at(agent, kMode) != static_cast<float>(BodyMode::kAbsent) &&
           std::isfinite(p.x) && std::isfinite(p.y) && std::isfinite(p.z);
  };
  for (int world = 0; world < slab.num_worlds; ++world) {
    const int base = world * slab.num_agents;
    for (int a = 0; a < slab.num_agents; ++a) {
      std::vector<std::pair<float, int>> others;
      for (int b = 0; b < slab.num_agents && present(base + a); ++b) {
        if (b == a || !present(base + b)) continue;
        const Vec3 d =
            slab.agents.vec3(base + a, kPosition) - slab.agents.vec3(base + b, kPosition);
        const float m2 = d.x * d.x + d.y * d.y + d.z * d.z;
        if (m2 <= radius_m2) others.emplace_back(m2, b);
      }
      std::sort(others.begin(), others.end());
      for (int k = 0; k < query.count; ++k) {
        const bool found = k < static_cast<int>(others.size());
        const auto at = found ? others[static_cast<std::size_t>(k)] : std::pair(0.0F, -1);
        result.index.push_back(at.second);
        result.distance_m.push_back(std::sqrt(at.first));
      }
    }
  }
  return result;
}

Result copy_of(const NeighborTable& table, const Slab& slab) {
  const std::size_t rows = static_cast<std::size_t>(slab.agents.num_bodies * table.count);
  return {{table.index, table.index + rows}, {table.distance_m, table.distance_m + rows}};
}

constexpr int kAlwaysBruteForce = 1 << 30;
constexpr int kAlwaysGrid = 0;

/// Both paths, on one search object each so that stale memory would show.
void expect_exact(const Swarm& swarm, const NeighborQuery& query) {
  const Result truth = oracle(swarm.slab(), query);
  for (const int largest : {kAlwaysBruteForce, kAlwaysGrid}) {
    static NeighborSearch search;
    search.set_largest_brute_force(largest);
    const Result found = copy_of(search.find(swarm.slab(), query), swarm.slab());
    ASSERT_EQ(found.index, truth.index) << (largest == kAlwaysGrid ? "grid" : "brute force");
    ASSERT_EQ(found.distance_m, truth.distance_m);
  }
}

TEST(Neighbors, EqualASortOfAllPairs) {
  for (const int agents : {1, 2, 3, 7, 8, 16, 17, 64, 100, 300}) {
    for (const int count : {1, 2, 3, 4, 5, 6, 7, 8, 9, 40}) {
      SCOPED_TRACE("agents " + std::to_string(agents) + ", K " + std::to_string(count));
      Swarm swarm(1, agents);
      swarm.scatter(static_cast<unsigned>(agents), {5, 4, 3}, false);
      expect_exact(swarm, {count, 1.5F});
      expect_exact(swarm, {count, 100});
    }
  }
}

TEST(Neighbors, BreakTiesByIndex) {
  for (const int agents : {16, 64, 200, 1000}) {
    Swarm swarm(1, agents);
    swarm.scatter(7, {3, 3, 3}, true);
    expect_exact(swarm, {6, 2});
    expect_exact(swarm, {1, 0});  // only twins at the very same place
  }
}

TEST(Neighbors, StayWithinTheirWorld) {
  // the same coordinates in every world; 5 and 33 do not fill blocks
  for (const int agents : {5, 8, 33, 150}) {
    Swarm swarm(7, agents);
    swarm.scatter(8, {4, 4, 2}, false);
    for (int i = agents; i < 7 * agents; ++i) {
      swarm.place(i, swarm.slab().agents.vec3(i % agents, kPosition));
    }
    expect_exact(swarm, {4, 3});
  }
}

TEST(Neighbors, LeaveOutTheAbsentAndKeepTheFrozen) {
  for (const int agents : {12, 64, 400}) {
    Swarm swarm(3, agents);
    swarm.scatter(9, {4, 4, 2}, false);
    swarm.kill_every(3);
    for (int i = 1; i < 3 * agents; i += 5) swarm.set_mode(i, BodyMode::kFrozen);
    expect_exact(swarm, {6, 10});
  }
}

TEST(Neighbors, SurviveAgentsThatAreAllAbsent) {
  Swarm swarm(2, 200);
  swarm.scatter(10, {4, 4, 2}, false);
  swarm.kill_every(1);
  expect_exact(swarm, {6, 10});
}

TEST(Neighbors, LeaveOutPositionsThatAreNotFinite) {
  Swarm swarm(1, 200);
  swarm.scatter(11, {4, 4, 2}, false);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  swarm.place(3, {nan, 0, 0});
  swarm.place(50, {1, inf, 1});
  swarm.place(51, {1, 1, -inf});
  expect_exact(swarm, {6, 10});
  expect_exact(swarm, {6, inf});
}

TEST(Neighbors, StayExactWithLostAgentsFarAway) {
  Swarm swarm(1, 500);
  swarm.scatter(12, {6, 6, 3}, false);
  swarm.place(7, {1e6F, 0, 0});
  swarm.place(8, {1e6F, 0.5F, 0});
  swarm.place(9, {-3e9F, 2e9F, 1e12F});
  swarm.place(10, {-3e9F, 2e9F, 1e12F});
  expect_exact(swarm, {6, 2});
  expect_exact(swarm, {6, 1e5F});
}

TEST(Neighbors, StayExactForClustersLinesAndSheets) {
  std::mt19937 generator(13);
  std::normal_distribution<float> normal(0, 1);
  for (const Vec3 size : {Vec3{10, 0, 0}, Vec3{10, 10, 0}, Vec3{0, 0, 0}, Vec3{100, 1, 0.01F}}) {
    Swarm swarm(1, 300);
    swarm.scatter(14, size, false);
    expect_exact(swarm, {6, 3});
  }
  // two dense clusters and a thin cloud around them
  Swarm swarm(1, 600);
  for (int i = 0; i < 600; ++i) {
    const float spread_m = i % 3 == 2 ? 20.0F : 0.2F;
    const float center_m = i % 3 == 1 ? 15.0F : 0.0F;
    swarm.place(i, {center_m + spread_m * normal(generator), spread_m * normal(generator),
                    spread_m * normal(generator)});
  }
  expect_exact(swarm, {6, 5});
  expect_exact(swarm, {3, 0.1F});
  expect_exact(swarm, {12, 1e4F});
}

TEST(Neighbors, CountTheRadiusItself) {
  Swarm swarm(1, 3);
  swarm.place(0, {0, 0, 0});
  swarm.place(1, {3, 4, 0});
  swarm.place(2, {0, 0, 5.0000005F});
  expect_exact(swarm, {2, 5});
  NeighborSearch search;
  const NeighborTable table = search.find(swarm.slab(), {2, 5});
  EXPECT_EQ(table.index[0], 1);
  EXPECT_EQ(table.distance_m[0], 5.0F);
  EXPECT_EQ(table.index[1], -1);
  EXPECT_EQ(table.distance_m[1], 0.0F);
}

TEST(Neighbors, DoNotDependOnHowTheQueryIsSplit) {
  for (const int agents : {20, 64, 700}) {
    Swarm swarm(agents < 100 ? 9 : 2, agents);
    swarm.scatter(15, {6, 6, 3}, false);
    swarm.kill_every(11);
    const NeighborQuery query{6, 2};
    const Result truth = oracle(swarm.slab(), query);
    NeighborSearch search;
    for (const int share : {1, 5, 16, 100}) {
      const NeighborTable table = search.build(swarm.slab(), query);
      for (int first = 0; first < swarm.slab().agents.num_bodies; first += share) {
        search.query_range(first, std::min(first + share, swarm.slab().agents.num_bodies));
      }
      ASSERT_EQ(copy_of(table, swarm.slab()), truth) << agents << " agents by " << share;
    }
  }
}

TEST(Neighbors, AreTheSameBitsForEveryInstructionSet) {
  Swarm small(5, 50);
  small.scatter(16, {6, 6, 3}, false);
  Swarm large(1, 2000);
  large.scatter(17, {16, 16, 6}, false);
  const std::vector<std::string> sets = available_isas();
  for (const Swarm* swarm : {&small, &large}) {
    const Result truth = oracle(swarm->slab(), {6, 3});
    for (const std::string& set : sets) {
      limit_isa(set);
      NeighborSearch search;
      EXPECT_EQ(copy_of(search.find(swarm->slab(), {6, 3}), swarm->slab()), truth) << set;
    }
    limit_isa("auto");
  }
}

TEST(Neighbors, ComePackedAsTheirBlocksHoldThem) {
  Swarm swarm(3, 21);
  swarm.scatter(20, {6, 6, 3}, false);
  const Slab& slab = swarm.slab();
  for (int i = 0; i < 63; ++i) {
    const float speed = static_cast<float>(i);
    slab.agents.set_vec3(i, kVelocity, {speed, -speed, 0.5F * speed});
  }
  swarm.set_mode(5, BodyMode::kAbsent);
  swarm.set_mode(6, BodyMode::kFrozen);
  swarm.place(40, {0, std::numeric_limits<float>::infinity(), 0});
  Workers pool(2);
  for (const std::string& set : available_isas()) {
    limit_isa(set);
    NeighborSearch search;
    const NeighborTable table = search.build(slab, {6, 3}, Split{&pool});
    for (int i = 0; i < 63; ++i) {
      const Vec3 position = slab.agents.vec3(i, kPosition);
      const Vec3 velocity = slab.agents.vec3(i, kVelocity);
      EXPECT_EQ(std::memcmp(&table.agents[i].position_w_m, &position, sizeof position), 0) << i;
      EXPECT_EQ(std::memcmp(&table.agents[i].velocity_w_mps, &velocity, sizeof velocity), 0) << i;
      EXPECT_EQ(table.agents[i].present, i == 5 || i == 40 ? 0.0F : 1.0F) << i;
    }
  }
  limit_isa("auto");
}

TEST(Neighbors, DoNotDependOnTheNumberOfWorkers) {
  Swarm swarm(1, 5000);
  swarm.scatter(21, {20, 20, 10}, false);
  swarm.kill_every(7);
  Workers pool(3);
  NeighborSearch search;
  const NeighborTable table = search.build(swarm.slab(), {6, 3}, Split{&pool});
  search.query_range(0, 5000);
  EXPECT_EQ(copy_of(table, swarm.slab()), oracle(swarm.slab(), {6, 3}));
}

TEST(Neighbors, OfNobodyAskedForAreAnEmptyTable) {
  Swarm swarm(1, 10);
  NeighborSearch search;
  const NeighborTable table = search.find(swarm.slab(), {0, 3});
  EXPECT_EQ(table.count, 0);
  EXPECT_EQ(table.index, nullptr);
}

TEST(Neighbors, KeepTheirMemoryOnceGrown) {
  Swarm large(1, 3000);
  large.scatter(18, {16, 16, 6}, false);
  Swarm smaller(1, 1000);
  smaller.scatter(19, {16, 16, 6}, false);
  NeighborSearch search;
  const NeighborTable first = search.find(large.slab(), {6, 3});
  const NeighborTable second = search.find(smaller.slab(), {6, 3});
  EXPECT_EQ(first.index, second.index);
  EXPECT_EQ(first.distance_m, second.distance_m);
}

}  // namespace
}  // namespace volery::swarm
