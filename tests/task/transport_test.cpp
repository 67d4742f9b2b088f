#include <gtest/gtest.h>

#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::build_error;

bool says(const std::string& message, const char* words) {
  return message.find(words) != std::string::npos;
}

TEST(Transport, RefusesALoadThatTheAgentsTogetherCannotMove) {
  // one Crazyflie that leans as far as it may pushes with far less than 40 kg are held by
  const Value heavy = Value::Table{
      {"base", "push"},
      {"props", Value::Array{Value::Table{
                    {"name", "box"}, {"kind", "box"}, {"mass_kg", 40.0}, {"friction", 0.5}}}}};
  EXPECT_TRUE(says(build_error("transport", {.scene = heavy}), "the load is held by"));
}

TEST(Transport, NamesTheLoadThatIsNotThere) {
  EXPECT_TRUE(says(build_error("transport", {.config = Value::Table{{"load", "bok"}}}),
                   "did you mean 'box'"));
  EXPECT_TRUE(says(build_error("transport_slung", {.scene = Value("yard")}), "no such prop"));
}

TEST(Transport, RefusesAWayWhoseLeastLengthIsAboveTheGreatest) {
  EXPECT_TRUE(says(
      build_error("transport", {.num_agents = 12, .config = Value::Table{{"least_way_m", 9.0}}}),
      "at most most_way_m"));
}

TEST(TransportSlung, RefusesALoadThatHangsOnNothing) {
  EXPECT_TRUE(says(build_error("transport_slung",
                               {.config = Value::Table{{"load", "box"}}, .scene = Value("push")}),
                   "no cable"));
}

TEST(TransportSlung, RefusesARingThatDoesNotFit) {
  EXPECT_TRUE(says(build_error("transport_slung", {.config = Value::Table{{"ring_radius_m", 1.3}}}),
                   "length of the cables"));
  EXPECT_TRUE(
      says(build_error("transport_slung", {.config = Value::Table{{"ring_radius_m", 0.02}}}),
           "touch on it"));
}

}  // namespace
}  // namespace volery
