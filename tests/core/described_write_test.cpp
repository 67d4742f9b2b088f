#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "core/described.hpp"
#include "core/rng.hpp"

namespace volery {
namespace {

enum class Shape : int { kBox, kSphere };

struct Part {
  float size_m = 0.5F;
  void describe(FieldVisitor& v) {
    v.field("size_m", size_m, {.unit = "m", .low = 0, .high = 2, .doc = "edge"});
  }
};

struct Config {
  bool on = true;
  int count = 3;
  std::int64_t serial = -1;
  float mass_kg = 0.027F;
  double rate_hz = 240;
  std::string name = "x";
  std::vector<float> axis{0.1F, 0};
  std::vector<std::string> tags{"a"};
  Shape shape = Shape::kSphere;
  Part part;
  std::vector<Part> parts;
  Value extra = 5;
  void describe(FieldVisitor& v) {
    v.field("on", on, {});
    v.field("count", count, {.low = 0, .high = 8, .doc = "how many"});
    v.field("serial", serial, {});
    v.field("mass_kg", mass_kg, {.unit = "kg"});
    v.field("rate_hz", rate_hz, {.unit = "Hz"});
    v.field("name", name, {});
    v.field("axis", axis, {});
    v.field("tags", tags, {});
    v.choice("shape", shape, {"box", "sphere"}, "what it is");
    v.table("part", part, "one");
    v.tables("parts", parts, {});
    v.tree("extra", extra, "anything");
  }
};

TEST(ToValue, WritesEveryField) {
  Config config;
  config.parts.resize(2);
  config.parts[1].size_m = 1;
  EXPECT_EQ(to_value(config).to_text(),
            "{axis = [0.1, 0.0], count = 3, extra = 5, mass_kg = 0.027, name = \"x\", on = true, "
            "part = {size_m = 0.5}, parts = [{size_m = 0.5}, {size_m = 1.0}], rate_hz = 240.0, "
            "serial = -1, shape = \"sphere\", tags = [\"a\"]}");
}

TEST(ToValue, LeavesTheStructAlone) {
  const Config config;
  EXPECT_EQ(to_value(config), to_value(config));
  EXPECT_TRUE(config.parts.empty());
}

TEST(ToValue, GivesBackTheSameFloat) {
  Rng rng(1, 0, Stream::kTask);
  for (int i = 0; i < 100000; ++i) {
    Part part;
    part.size_m = std::bit_cast<float>(rng.bits());
    if (!std::isfinite(part.size_m)) continue;
    const double written = to_value(part).find("size_m")->as<double>();
    ASSERT_EQ(std::bit_cast<std::uint32_t>(static_cast<float>(written)),
              std::bit_cast<std::uint32_t>(part.size_m));
  }
}

TEST(FieldRows, DocumentEveryFieldInOrder) {
  Config config;
  std::string text;
  for (const FieldRow& row : field_rows(config)) {
    text +=
        row.path + "|" + row.type + "|" + row.unit + "|" + row.default_text + "|" + row.doc + "\n";
  }
  EXPECT_EQ(text,
            "on|bool||true|\n"
            "count|integer||3|how many\n"
            "serial|integer||-1|\n"
            "mass_kg|number|kg|0.027|\n"
            "rate_hz|number|Hz|240.0|\n"
            "name|string||\"x\"|\n"
            "axis|numbers||[0.1, 0.0]|\n"
            "tags|strings||[\"a\"]|\n"
            "shape|one of box|sphere||\"sphere\"|what it is\n"
            "part.size_m|number|m|0.5|edge\n"
            "parts[].size_m|number|m|0.5|edge\n"
            "extra|any||5|anything\n");
  EXPECT_TRUE(config.parts.empty()) << "documenting shows a default element without adding one";
  EXPECT_EQ(field_rows(config)[1].low, 0);
  EXPECT_EQ(field_rows(config)[1].high, 8);
}

}  // namespace
}  // namespace volery
