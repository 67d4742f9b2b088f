#include "volery/value.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace volery {
namespace {

Value::Table table_of(std::initializer_list<std::pair<const std::string, Value>> entries) {
  return Value::Table(entries);
}

TEST(Value, FindsEntriesOfTablesOnly) {
  const Value value = table_of({{"a", 1}, {"b", "x"}});
  ASSERT_NE(value.find("a"), nullptr);
  EXPECT_EQ(*value.find("a"), Value(1));
  EXPECT_EQ(value.find("c"), nullptr);
  EXPECT_EQ(Value(3).find("a"), nullptr);
}

TEST(Value, NamesItsType) {
  EXPECT_STREQ(Value(true).type_name(), "a bool");
  EXPECT_STREQ(Value(1).type_name(), "an integer");
  EXPECT_STREQ(Value(1.0).type_name(), "a number");
  EXPECT_STREQ(Value("x").type_name(), "a string");
  EXPECT_STREQ(Value(Value::Array{}).type_name(), "an array");
  EXPECT_STREQ(Value().type_name(), "a table");
}

TEST(Value, WritesOneLine) {
  const Value value = table_of({{"number", 0.1},
                                {"whole", 2.0},
                                {"large", 1e300},
                                {"count", -3},
                                {"on", true},
                                {"list", Value::Array{1, "two", Value::Array{}}},
                                {"odd key", "say \"hi\"\\\n\t\x01"}});
  EXPECT_EQ(value.to_text(),
            "{count = -3, large = 1e+300, list = [1, \"two\", []], number = 0.1, "
            "\"odd key\" = \"say \\\"hi\\\"\\\\\\n\\t\\u0001\", on = true, whole = 2.0}");
  EXPECT_EQ(Value(std::numeric_limits<double>::infinity()).to_text(), "inf");
  EXPECT_EQ(Value(-std::numeric_limits<double>::infinity()).to_text(), "-inf");
  EXPECT_EQ(Value(std::nan("")).to_text(), "nan");
  EXPECT_EQ(Value().to_text(), "{}");
}

TEST(Value, EqualTreesGiveEqualText) {
  Value first = table_of({{"a", 1}, {"b", 2}});
  Value second;
  second.table().emplace("b", 2);
  second.table().emplace("a", 1);
  EXPECT_EQ(first, second);
  EXPECT_EQ(first.to_text(), second.to_text());
}

TEST(Merged, ReplacesTableByTable) {
  const Value base = table_of({{"keep", 1}, {"deep", table_of({{"x", 1}, {"y", 2}})}});
  const Value over = table_of({{"deep", table_of({{"y", 3}})}, {"fresh", "new"}});
  EXPECT_EQ(merged(base, over).to_text(), "{deep = {x = 1, y = 3}, fresh = \"new\", keep = 1}");
}

TEST(Merged, ReplacesOtherValuesWhole) {
  const Value base = table_of({{"list", Value::Array{1, 2, 3}}, {"table", table_of({{"x", 1}})}});
  const Value over = table_of({{"list", Value::Array{9}}, {"table", 5}});
  EXPECT_EQ(merged(base, over).to_text(), "{list = [9], table = 5}");
}

}  // namespace
}  // namespace volery
