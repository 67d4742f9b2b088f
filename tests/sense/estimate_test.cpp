#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::Matrix;
using testing::SenseWorld;

// a dozen float32 operations on numbers up to 1, and a quaternion normalized in float32
constexpr double kRotationTol = 6e-7;

TEST(EstimateSensor, WritesTheEstimatedRotationAndRates) {
  SenseWorld world;
  const auto sensor = world.make("estimate");
  const int quat = world.fields.find("estimate_quat_wb_xyzw").row;
  const int rate = world.fields.find("estimate_omega_b_radps").row;
  const std::vector<float> rows = world.observe(*sensor);
  for (int agent = 0; agent < 37; ++agent) {
    const float* const row = rows.data() + agent * 12;
    const Blocks& agents = world.slab.agents;
    const Matrix m({agents.at(agent, quat), agents.at(agent, quat + 1), agents.at(agent, quat + 2),
                    agents.at(agent, quat + 3)});
    for (int i = 0; i < 9; ++i) EXPECT_NEAR(row[i], m.m[i / 3][i % 3], kRotationTol);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(row[9 + i], agents.at(agent, rate + i));
  }
}

TEST(EstimateSensor, RefusesABatchWithoutEstimator) {
  SenseWorld world;
  world.fields = FieldTable();
  declare_rigid_fields(world.fields);
  EXPECT_NE(world.refusal("estimate", "").find("config.estimator = \"complementary\""),
            std::string::npos);
}

}  // namespace
}  // namespace volery
