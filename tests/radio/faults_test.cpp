#include "radio/faults.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/radio/statistics.hpp"

namespace volery::radio::test {
namespace {

constexpr float kStep_s = 0.1F;
constexpr int kAgents = 4;

FaultModel model_of(const FaultConfig& config) {
  return {config, kAgents, kStep_s, "radio.faults"};
}

TEST(Faults, NoneByDefault) {
  const FaultModel model = model_of({});
  EXPECT_FALSE(FaultConfig{}.any());
  EXPECT_FALSE(model.has_outages() || model.has_jammers() || model.has_partitions() ||
               model.has_liars());
  EXPECT_FALSE(model.is_out(0, 0));
  EXPECT_FALSE(model.is_cut(0, 1, 0));
  EXPECT_FALSE(model.is_jammed({}, 0, 0xffffffffU, {}));
  EXPECT_FALSE(model.is_liar(0, 0));
}

TEST(Faults, OutagesLastFromTheFirstStepToTheLast) {
  FaultConfig config;
  config.outages.push_back({{1, 2}, {0.5F, 1}});
  config.outages.push_back({{1}, {3, 4}});
  const FaultModel model = model_of(config);
  EXPECT_FALSE(model.is_out(1, 4));
  EXPECT_TRUE(model.is_out(1, 5));
  EXPECT_TRUE(model.is_out(2, 9));
  EXPECT_FALSE(model.is_out(2, 10));
  EXPECT_FALSE(model.is_out(0, 7));
  EXPECT_TRUE(model.is_out(1, 30));
  EXPECT_FALSE(model.is_out(2, 30));
}

TEST(Faults, PartitionsCutBetweenGroupsOnly) {
  FaultConfig config;
  config.partitions.push_back({{0, 0, 1, 2}, {1, 2}});
  const FaultModel model = model_of(config);
  EXPECT_FALSE(model.is_cut(0, 2, 9));
  EXPECT_TRUE(model.is_cut(0, 2, 10));
  EXPECT_TRUE(model.is_cut(3, 2, 10));
  EXPECT_FALSE(model.is_cut(0, 1, 10));
  EXPECT_FALSE(model.is_cut(0, 2, 20));
}

/// Share of draws that a receiver at this place loses.
void expect_jammed(const FaultModel& model, Vec3 at, double probability) {
  constexpr int kDraws = 20000;
  int jammed = 0;
  for (std::uint32_t i = 0; i < kDraws; ++i) {
    jammed += model.is_jammed(at, 0, link_draws({9, 0, 0}, i, 1).jam, {}) ? 1 : 0;
  }
  expect_share(jammed, kDraws, probability);
}

TEST(Faults, JammersReachToTheRim) {
  FaultConfig config;
  config.jammers.push_back({{{10, 0, 5}, 4, 0.6F, false}, {}});
  const FaultModel model = model_of(config);
  expect_jammed(model, {10, 0, 5}, 0.6);
  expect_jammed(model, {10, 3.99F, 5}, 0.6);
  expect_jammed(model, {10, 4, 5}, 0);
}

TEST(Faults, JammersMayFallOff) {
  FaultConfig config;
  config.jammers.push_back({{{0, 0, 0}, 10, 0.8F, true}, {}});
  expect_jammed(model_of(config), {}, 0.8);
  expect_jammed(model_of(config), {0, 0, 5}, 0.4);
  // a second one: independent
  config.jammers.push_back({{{0, 0, 5}, 1, 0.5F, false}, {}});
  expect_jammed(model_of(config), {0, 0, 5}, 1 - 0.6 * 0.5);
}

TEST(Faults, JammersHaveTheirTime) {
  FaultConfig config;
  config.jammers.push_back({{{0, 0, 0}, 10, 1, false}, {1, 2}});
  const FaultModel model = model_of(config);
  EXPECT_FALSE(model.is_jammed({}, 9, 0, {}));
  EXPECT_TRUE(model.is_jammed({}, 10, 0, {}));
  EXPECT_FALSE(model.is_jammed({}, 20, 0, {}));
}

LiarConfig liar(LieMode mode) {
  LiarConfig config;
  config.agents = {2};
  config.mode = mode;
  config.value = -0.5F;
  return config;
}

TEST(Faults, LiarsSendSomethingElse) {
  FaultConfig config;
  config.liars = {liar(LieMode::kInverted)};
  std::vector<float> payload{0.25F, -1};
  EXPECT_FALSE(model_of(config).lie({1, 2, 3}, 1, payload));
  EXPECT_EQ(payload, (std::vector<float>{0.25F, -1}));
  EXPECT_TRUE(model_of(config).lie({1, 2, 3}, 2, payload));
  EXPECT_EQ(payload, (std::vector<float>{-0.25F, 1}));

  config.liars = {liar(LieMode::kConstant)};
  model_of(config).lie({1, 2, 3}, 2, payload);
  EXPECT_EQ(payload, (std::vector<float>{-0.5F, -0.5F}));

  std::vector<std::uint8_t> bytes{0, 255, 7};
  model_of(config).lie({1, 2, 3}, 2, bytes);
  EXPECT_EQ(bytes, (std::vector<std::uint8_t>{64, 64, 64}));
  config.liars = {liar(LieMode::kInverted)};
  model_of(config).lie({1, 2, 3}, 2, bytes);
  EXPECT_EQ(bytes, (std::vector<std::uint8_t>{191, 191, 191}));
}

TEST(Faults, RandomLiesAreUniformAndReproducible) {
  FaultConfig config;
  config.liars = {liar(LieMode::kRandom)};
  const FaultModel model = model_of(config);
  constexpr int kNumbers = 20000;
  std::vector<float> payload(kNumbers, 9), again(kNumbers, -9);
  EXPECT_TRUE(model.lie({1, 2, 3}, 2, payload));
  EXPECT_TRUE(model.lie({1, 2, 3}, 2, again));
  EXPECT_EQ(payload, again);
  int below = 0;
  for (const float x : payload) {
    ASSERT_GE(x, -1);
    ASSERT_LT(x, 1);
    below += x < -0.5F ? 1 : 0;
  }
  expect_share(below, kNumbers, 0.25);
  EXPECT_TRUE(model.lie({1, 2, 4}, 2, again));
  EXPECT_NE(payload, again);

  std::vector<std::uint8_t> bytes(kNumbers);
  EXPECT_TRUE(model.lie({1, 2, 3}, 2, bytes));
  int small = 0;
  for (const std::uint8_t byte : bytes) small += byte < 64 ? 1 : 0;
  expect_share(small, kNumbers, 0.25);
}

std::string refusal(const FaultConfig& config) {
  try {
    model_of(config);
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(Faults, RefuseWhatCannotBe) {
  const auto expect = [](const FaultConfig& config, const char* part) {
    EXPECT_NE(refusal(config).find(part), std::string::npos) << refusal(config);
  };
  FaultConfig outage;
  outage.outages.push_back({{0, 4}, {}});
  expect(outage, "radio.faults.outages[0].agents[1] = 4.0");
  outage.outages = {{{0}, {2, 2}}};
  expect(outage, "radio.faults.outages[0].to_s = 2.0");
  FaultConfig partition;
  partition.partitions.push_back({{0, 1}, {}});
  expect(partition, "radio.faults.partitions[0].groups: has 2 numbers");
  FaultConfig liars;
  liars.liars = {liar(LieMode::kRandom)};
  liars.liars[0].agents = {1.5F};
  expect(liars, "radio.faults.liars[0].agents[0] = 1.5");
}

TEST(Faults, AreLoadedFromTables) {
  FaultConfig config;
  const Value table{Value::Table{
      {"jammers", Value::Array{Value::Table{{"center_w_m", Value::Array{1.0, 2.0, 3.0}},
                                            {"radius_m", 5.0},
                                            {"from_s", 2.0},
                                            {"to_s", 3.0}}}},
      {"liars", Value::Array{Value::Table{{"agents", Value::Array{1.0}}, {"mode", "constant"}}}}}};
  load(config, table, "radio.faults");
  ASSERT_EQ(config.jammers.size(), 1U);
  EXPECT_EQ(config.jammers[0].center_w_m, (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(config.jammers[0].window.from_s, 2);
  EXPECT_EQ(config.liars[0].mode, LieMode::kConstant);
  const Value wrong{Value::Table{{"jammers", Value::Array{Value::Table{{"radius_m", -1.0}}}}}};
  EXPECT_THROW(load(config, wrong, "radio.faults"), Error);
}

}  // namespace
}  // namespace volery::radio::test
