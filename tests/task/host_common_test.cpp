#include <gtest/gtest.h>

#include "volery/error.hpp"
#include "volery/host_task.hpp"

namespace volery {
namespace {

Value entry(const char* name) {
  return Value::Table{{"name", Value(name)}};
}

std::string refusal(const Value& table) {
  try {
    (void)host_task(table);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(HostTaskSpec, ReadsWhatAHostDeclares) {
  const HostTask task = host_task(Value::Table{
      {"name", Value("mine")},
      {"terms", Value::Array{entry("pay")}},
      {"metrics",
       Value::Array{Value::Table{{"name", Value("worst")}, {"reduction", Value("max")}}}},
      {"fields", Value::Array{Value::Table{{"name", Value("load")}, {"width", Value(2)}}}},
      {"on_crash", Value("continue")}});
  EXPECT_EQ(task.name, "mine");
  ASSERT_EQ(task.metrics.size(), 1U);
  EXPECT_EQ(task.metrics[0].reduction, Reduction::kMax);
  ASSERT_EQ(task.fields.size(), 1U);
  EXPECT_EQ(task.fields[0].width, 2);
  EXPECT_EQ(task.on_crash, OnCrash::kContinue);
}

TEST(HostTaskSpec, RefusesNamesThatStandThereTwice) {
  const Value twice = Value::Table{{"terms", Value::Array{entry("pay"), entry("pay")}}};
  EXPECT_NE(refusal(twice).find("\"pay\" stands there twice"), std::string::npos);
}

TEST(HostTaskSpec, RefusesATaskWithoutReward) {
  EXPECT_NE(refusal(Value::Table{{"name", Value("mine")}}).find("reward term"), std::string::npos);
}

TEST(HostTaskSpec, RefusesUnknownKeysAndWidthsOutOfRange) {
  EXPECT_NE(refusal(Value::Table{{"terns", Value::Array{}}}).find("terms"), std::string::npos);
  const Value none = Value::Table{{"name", Value("x")}, {"width", Value(0)}};
  const Value wide =
      Value::Table{{"terms", Value::Array{entry("pay")}}, {"fields", Value::Array{none}}};
  EXPECT_NE(refusal(wide).find("width"), std::string::npos);
}

}  // namespace
}  // namespace volery
