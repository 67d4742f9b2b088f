#include "flight/wind.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>

#include "core/rng.hpp"

#include "tests/flight/wind_probe.hpp"

namespace volery::test {
namespace {

using flight::Wind;
using flight::WindConfig;

/// Worlds of agents at drawn places, with room for the wind behind the rigid rows.
struct AirSlab {
  AirSlab(int num_worlds, int num_agents) : headers(static_cast<std::size_t>(num_worlds)) {
    const int bodies = num_worlds * num_agents;
    const int rows = kNumRigidRows + 3;
    const std::size_t floats = static_cast<std::size_t>(blocks_for(bodies) * rows * kLanes);
    memory.reset(static_cast<float*>(std::aligned_alloc(64, floats * sizeof(float))));
    std::fill_n(memory.get(), floats, -7.0F);
    slab.num_worlds = num_worlds;
    slab.num_agents = num_agents;
    slab.agents = {memory.get(), blocks_for(bodies), rows, bodies};
    slab.worlds = headers.data();
    Rng rng(5, 0, Stream::kSpawn);
    for (int i = 0; i < bodies; ++i) {
      slab.agents.set_vec3(i, kPosition,
                           {rng.uniform(-20, 20), rng.uniform(-20, 20), rng.uniform(0, 10)});
    }
    for (int w = 0; w < num_worlds; ++w) {
      headers[static_cast<std::size_t>(w)].seed = static_cast<std::uint64_t>(w);
      headers[static_cast<std::size_t>(w)].step = static_cast<std::uint32_t>(w * 3);
    }
  }
  struct Free {
    void operator()(float* p) const { std::free(p); }
  };
  std::unique_ptr<float, Free> memory;
  std::vector<WorldHeader> headers;
  Slab slab;
};

WindConfig everything() {
  WindConfig config;
  config.mean_w_mps = {4, -1, 0};
  config.turbulence = flight::Turbulence::kSevere;
  config.random_gusts.speed_mps = 5;
  config.gusts.push_back({0, 4, {0, 1, 0}});
  config.field.velocity_w_mps = Value::Array{Value::Array{Value::Array{Value::Array{0.5, 0, 0}}},
                                             Value::Array{Value::Array{Value::Array{1.5, 0, 0}}}};
  return config;
}

TEST(Wind, SlabsHoldWhatEachPointHas) {
  const Wind wind(everything(), 0.05F);
  for (const int num_agents : {1, 3, 16, 40, 300}) {
    AirSlab air(1 + 200 / num_agents, num_agents);
    const Blocks& agents = air.slab.agents;
    wind.write(air.slab, 0, agents.num_bodies, kNumRigidRows);
    for (int i = 0; i < agents.num_bodies; ++i) {
      const auto world = static_cast<std::size_t>(i / num_agents);
      const WindPoint point{air.headers[world].seed, air.headers[world].step,
                            agents.vec3(i, kPosition)};
      ASSERT_EQ(agents.vec3(i, kNumRigidRows), sample_wind(wind, point))
          << i << " of " << num_agents;
    }
  }
}

TEST(Wind, PartsOfASlabWriteTheSameAsTheWhole) {
  const Wind wind(everything(), 0.05F);
  AirSlab whole(30, 7), parts(30, 7);
  wind.write(whole.slab, 0, 210, kNumRigidRows);
  for (const int first : {70, 0, 161, 35}) {
    const int last = first == 0 ? 35 : first == 35 ? 70 : first == 70 ? 161 : 210;
    wind.write(parts.slab, first, last, kNumRigidRows);
  }
  for (int i = 0; i < 210; ++i) {
    EXPECT_EQ(parts.slab.agents.vec3(i, kNumRigidRows), whole.slab.agents.vec3(i, kNumRigidRows))
        << i;
  }
}

TEST(Wind, WritesNobodyElse) {
  const Wind wind(everything(), 0.05F);
  AirSlab air(10, 7);
  wind.write(air.slab, 14, 35, kNumRigidRows);
  for (int i = 0; i < 70; ++i) {
    const bool untouched = air.slab.agents.vec3(i, kNumRigidRows) == Vec3{-7, -7, -7};
    EXPECT_EQ(untouched, i < 14 || i >= 35) << i;
  }
}

TEST(Wind, IsOffByDefault) {
  EXPECT_FALSE(WindConfig{}.any());
  EXPECT_FALSE(Wind(WindConfig{}, 0.1F).any());
  EXPECT_TRUE(everything().any());
  WindConfig config;
  config.random_gusts.speed_mps = 1;
  EXPECT_TRUE(config.any());
}

TEST(Wind, ReadsItsConfigAndRefusesBadValues) {
  WindConfig config;
  load(config,
       Value::Table{{"mean_w_mps", Value::Array{1.0, 2.0, 0.0}},
                    {"turbulence", "light"},
                    {"gusts", Value::Array{Value::Table{{"start_s", 2.0}}}}},
       "wind");
  EXPECT_EQ(config.turbulence, flight::Turbulence::kLight);
  EXPECT_EQ(config.gusts.size(), 1U);
  EXPECT_EQ(config.mean_w_mps[1], 2);
  const auto refused = [&](const Value& table, const char* part) {
    try {
      load(config, table, "wind");
      ADD_FAILURE() << part;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  };
  refused(Value::Table{{"mean_w_mps", Value::Array{60.0, 0.0, 0.0}}}, "wind.mean_w_mps[0] = 60");
  refused(Value::Table{{"mean_w_mps", Value::Array{0.0, std::nan(""), 0.0}}}, "wind.mean_w_mps[1]");
  refused(Value::Table{{"turbulence", "mild"}}, "wind.turbulence");
  refused(Value::Table{{"w20_mps", -1.0}}, "wind.w20_mps = -1");
  refused(Value::Table{{"min_convection_mps", 0.0}}, "wind.min_convection_mps = 0");
  refused(Value::Table{{"random_gusts", Value::Table{{"interval_s", 0.0}}}},
          "wind.random_gusts.interval_s = 0");
  refused(Value::Table{{"gusts", Value::Array{Value::Table{{"duration_s", 0.0}}}}},
          "wind.gusts[0].duration_s = 0");
  refused(Value::Table{{"field", Value::Table{{"spacing_m", Value::Array{1.0, 0.0, 1.0}}}}},
          "wind.field.spacing_m[1] = 0");
}

}  // namespace
}  // namespace volery::test
