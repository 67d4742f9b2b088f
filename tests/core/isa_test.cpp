#include "core/isa.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/workers.hpp"
#include "volery/error.hpp"

namespace volery {
namespace {

/// Back to the best set, whatever a test did.
class IsaLimit : public testing::Test {
 protected:
  void TearDown() override { limit_isa("auto"); }
};

TEST_F(IsaLimit, BeginsWithTheBestAndEndsWithTheBaseline) {
  const std::vector<std::string> names = available_isas();
  ASSERT_FALSE(names.empty());
  limit_isa("auto");
  EXPECT_EQ(active_isa(), names.front());
  const std::vector<std::string> order{"avx512", "avx2", "sse4", "baseline"};
  auto place = order.begin();
  for (const std::string& name : names) {
    place = std::find(place, order.end(), name);
    ASSERT_NE(place, order.end()) << name << " is unknown or out of order";
  }
}

TEST_F(IsaLimit, TakesEachAvailableSet) {
  const std::vector<std::string> names = available_isas();
  for (const std::string& name : names) {
    limit_isa(name);
    EXPECT_EQ(active_isa(), name);
    EXPECT_EQ(available_isas(), names) << "limits leave the list alone";
  }
}

TEST_F(IsaLimit, RefusesUnknownSets) {
  try {
    limit_isa("avx1024");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    EXPECT_TRUE(
        std::string(error.what()).starts_with("isa = 'avx1024': not available on this CPU ("))
        << error.what();
  }
}

/// Runs the statement in a fresh process (VOLERY_ISA is read once per process).
#define EXPECT_IN_FRESH_PROCESS(statement, exit_code, message)           \
  do {                                                                   \
    GTEST_FLAG_SET(death_test_style, "threadsafe");                      \
    EXPECT_EXIT(statement, testing::ExitedWithCode(exit_code), message); \
  } while (false)

/// Exits with 0 and says the set, or with 1 and says the error.
void exit_with_isa(const char* variable, bool through_workers) {
  setenv("VOLERY_ISA", variable, 1);
  try {
    if (through_workers) const Workers workers(1);
    std::fprintf(stderr, "isa %s", active_isa().c_str());
    std::exit(0);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s", error.what());
    std::exit(1);
  }
}

TEST(IsaVariable, LimitsTheProcess) {
  const std::string last = available_isas().back();
  EXPECT_IN_FRESH_PROCESS(exit_with_isa(last.c_str(), false), 0, "isa " + last);
  EXPECT_IN_FRESH_PROCESS(exit_with_isa(last.c_str(), true), 0, "isa " + last);
  EXPECT_IN_FRESH_PROCESS(exit_with_isa("", false), 0, "isa " + available_isas().front());
}

TEST(IsaVariable, RefusesUnknownSets) {
  EXPECT_IN_FRESH_PROCESS(exit_with_isa("sse5", false), 1,
                          "VOLERY_ISA = 'sse5': not available on this CPU");
  EXPECT_IN_FRESH_PROCESS(exit_with_isa("sse5", true), 1,
                          "VOLERY_ISA = 'sse5': not available on this CPU");
}

TEST(IsaVariable, YieldsToAnExplicitLimit) {
  const auto limit_then_look = [] {
    limit_isa("auto");
    exit_with_isa(available_isas().back().c_str(), true);
  };
  EXPECT_IN_FRESH_PROCESS(limit_then_look(), 0, "isa " + available_isas().front());
}

}  // namespace
}  // namespace volery
