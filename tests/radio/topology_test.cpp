#include "radio/topology.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/radio/statistics.hpp"

namespace volery::radio::test {
namespace {

TopologyConfig kind(TopologyKind of) {
  TopologyConfig config;
  config.kind = of;
  return config;
}

TopologyModel model_of(const TopologyConfig& config, int num_agents) {
  return {config, num_agents, "radio.topology"};
}

/// One string of 0 and 1 per sender.
std::vector<std::string> rows_of(const TopologyConfig& config, int num_agents) {
  const TopologyModel model = model_of(config, num_agents);
  std::vector<std::string> rows;
  for (int i = 0; i < num_agents; ++i) {
    rows.emplace_back();
    for (int j = 0; j < num_agents; ++j) rows.back() += model.allows(i, j) ? '1' : '0';
  }
  return rows;
}

using Rows = std::vector<std::string>;

TEST(Topology, RangeMasksNothing) {
  for (const TopologyKind of :
       {TopologyKind::kRange, TopologyKind::kKNearest, TopologyKind::kLearned}) {
    EXPECT_TRUE(model_of(kind(of), 1000000).allows(3, 999999));
  }
  EXPECT_EQ(model_of(kind(TopologyKind::kRange), 5).num_nearest(), 0);
  EXPECT_EQ(model_of(kind(TopologyKind::kKNearest), 5).num_nearest(), 6);
}

TEST(Topology, PresetsAreWhatTheirNamesSay) {
  EXPECT_EQ(rows_of(kind(TopologyKind::kStar), 4), (Rows{"0111", "1000", "1000", "1000"}));
  EXPECT_EQ(rows_of(kind(TopologyKind::kRing), 4), (Rows{"0101", "1010", "0101", "1010"}));
  EXPECT_EQ(rows_of(kind(TopologyKind::kChain), 4), (Rows{"0100", "1010", "0101", "0010"}));
  EXPECT_EQ(rows_of(kind(TopologyKind::kMesh), 4), (Rows{"0111", "0011", "0001", "0000"}));
  EXPECT_EQ(rows_of(kind(TopologyKind::kFull), 3), (Rows{"011", "101", "110"}));
}

TEST(Topology, OneWayDropsTheWayBack) {
  TopologyConfig config = kind(TopologyKind::kRing);
  config.one_way = true;
  EXPECT_EQ(rows_of(config, 3), (Rows{"010", "001", "100"}));
  config.kind = TopologyKind::kStar;
  EXPECT_EQ(rows_of(config, 3), (Rows{"011", "000", "000"}));
  config.kind = TopologyKind::kChain;
  EXPECT_EQ(rows_of(config, 3), (Rows{"010", "001", "000"}));
}

TEST(Topology, LayersTalkToTheNextLayer) {
  TopologyConfig config = kind(TopologyKind::kLayered);
  EXPECT_EQ(rows_of(config, 5), (Rows{"00011", "00011", "00011", "00000", "00000"}));
  config.layers = 3;
  EXPECT_EQ(rows_of(config, 4), (Rows{"0010", "0010", "0001", "0000"}));
}

TEST(Topology, FixedByEdgesOrRows) {
  TopologyConfig config = kind(TopologyKind::kFixed);
  config.edges = {0, 2, 2, 1};
  EXPECT_EQ(rows_of(config, 3), (Rows{"001", "000", "010"}));
  config.edges = {};
  config.rows = {"011", "001", "100"};
  EXPECT_EQ(rows_of(config, 3), config.rows);
}

TEST(Topology, HierarchyGoesThroughTheLeaders) {
  TopologyConfig config = kind(TopologyKind::kHierarchical);
  config.group_size = 2;
  EXPECT_EQ(rows_of(config, 5), (Rows{"01101", "10000", "10011", "00100", "10100"}));
  config.groups = {0, 1, 0, 1};
  config.leaders = {2, 3};
  EXPECT_EQ(rows_of(config, 4), (Rows{"0010", "0001", "1001", "0110"}));
}

TEST(Topology, RandomHasTheShareAskedForAndIsReproducible) {
  TopologyConfig config = kind(TopologyKind::kRandom);
  config.probability = 0.3F;
  constexpr int kAgents = 150;  // rows end within a word
  const Rows rows = rows_of(config, kAgents);
  int links = 0;
  int both = 0;
  for (std::size_t i = 0; i < kAgents; ++i) {
    for (std::size_t j = 0; j < kAgents; ++j) {
      links += rows[i][j] == '1' ? 1 : 0;
      both += i < j && rows[i][j] == '1' && rows[j][i] == '1' ? 1 : 0;
    }
  }
  expect_share(links, kAgents * (kAgents - 1), 0.3);
  expect_share(both, kAgents * (kAgents - 1) / 2, 0.09);  // directions are independent
  EXPECT_EQ(rows_of(config, kAgents), rows);
  config.seed = 1;
  EXPECT_NE(rows_of(config, kAgents), rows);
}

TEST(Topology, LearnedLinksAreDrawn) {
  int allowed = 0;
  constexpr int kDraws = 20000;
  for (std::uint32_t i = 0; i < kDraws; ++i) {
    allowed += TopologyModel::allows(0.25F, link_draws({1, 2, 3}, i, 0).mask) ? 1 : 0;
  }
  expect_share(allowed, kDraws, 0.25);
  EXPECT_FALSE(TopologyModel::allows(0.0F, 0U));
  EXPECT_TRUE(TopologyModel::allows(1.0F, 0xffffffffU));
  EXPECT_FALSE(TopologyModel::allows(std::nanf(""), 0U));
}

TEST(Topology, NearestAreThoseOfTheRow) {
  const std::int32_t row[] = {4, 7, -1, -1};
  EXPECT_TRUE(TopologyModel::is_among(row, 4, 7));
  EXPECT_FALSE(TopologyModel::is_among(row, 1, 7));
  EXPECT_FALSE(TopologyModel::is_among(row, 4, 5));
  EXPECT_FALSE(TopologyModel::is_among(row, 4, -1));
}

std::string refusal(const TopologyConfig& config, int num_agents) {
  try {
    model_of(config, num_agents);
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(Topology, RefusesWhatCannotBe) {
  const auto expect = [](const TopologyConfig& config, int agents, const char* part) {
    EXPECT_NE(refusal(config, agents).find(part), std::string::npos) << refusal(config, agents);
  };
  TopologyConfig fixed = kind(TopologyKind::kFixed);
  expect(fixed, 3, "radio.topology.edges: must be given");
  fixed.edges = {0, 1, 2};
  expect(fixed, 3, "pairs of sender, receiver");
  fixed.edges = {0, 3};
  expect(fixed, 3, "radio.topology.edges[1] = 3.0");
  fixed.edges = {0.5F, 1};
  expect(fixed, 3, "radio.topology.edges[0] = 0.5");
  fixed.rows = {"011", "101", "110"};
  expect(fixed, 3, "not both");
  fixed.edges = {};
  expect(fixed, 4, "radio.topology.rows: has 3 rows");
  fixed.rows = {"011", "1x1", "110"};
  expect(fixed, 3, "radio.topology.rows[1] = \"1x1\"");

  TopologyConfig layered = kind(TopologyKind::kLayered);
  layered.layers = 5;
  expect(layered, 4, "radio.topology.layers = 5");
  TopologyConfig groups = kind(TopologyKind::kHierarchical);
  groups.groups = {0, 0, 1};
  expect(groups, 4, "radio.topology.groups: has 3");
  groups.leaders = {0};
  expect(groups, 3, "must name one of group 1, that of agent 2");
  expect(kind(TopologyKind::kFull), kMaxMaskAgents + 1, "beyond 4096 agents");
}

}  // namespace
}  // namespace volery::radio::test
