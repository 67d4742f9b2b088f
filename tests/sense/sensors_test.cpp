// What holds for every sensor of the registry.
#include <set>

#include "core/isa.hpp"
#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

// What a sensor cannot do without.
std::string options_of(const SensorEntry& entry) {
  return entry.name == std::string("fields") ? "names = [\"goal_w_m\"]" : "";
}

TEST(Sensors, AreDocumentedAndDeclareSoundColumns) {
  SenseWorld world;
  EXPECT_GE(sensor_entries().size(), 7U);
  for (const SensorEntry* entry : sensor_entries()) {
    SCOPED_TRACE(entry->name);
    EXPECT_GT(std::string(entry->doc).size(), 10U);
    for (const FieldRow& row : entry->config_rows()) EXPECT_FALSE(row.doc.empty()) << row.path;
    const auto sensor = world.make(entry->name, options_of(*entry));
    std::set<std::string> names;
    std::size_t product = 1;
    for (const Column& column : sensor->columns()) {
      EXPECT_TRUE(names.insert(column.name).second) << column.name << " twice";
      EXPECT_LT(column.low, column.high) << column.name;
      EXPECT_FALSE(column.doc.empty()) << column.name;
    }
    for (const int size : sensor->shape()) product *= static_cast<std::size_t>(size);
    if (!sensor->shape().empty()) {
      EXPECT_EQ(product, names.size());
    }
  }
}

TEST(Sensors, GiveTheSameBitsForEveryInstructionSet) {
  SceneConfig config;
  config.statics.resize(1);
  config.statics[0].kind = PrimitiveKind::kPlane;
  config.statics[0].position_w_m = {0, 0, -2};
  SenseWorld world(1, 37, config);
  for (const SensorEntry* entry : sensor_entries()) {
    const auto sensor = world.make(entry->name, options_of(*entry));
    swarm::NeighborSearch search;
    const auto table = search.find(world.slab, sensor->neighbor_query());
    // what a sensor with memory tells has been measured
    const auto observe = [&] {
      world.start(*sensor);
      world.advance(*sensor);
      return world.observe(*sensor, table);
    };
    const std::vector<float> truth = observe();
    for (const std::string& set : available_isas()) {
      limit_isa(set);
      const std::vector<float> rows = observe();
      EXPECT_EQ(std::memcmp(rows.data(), truth.data(), truth.size() * sizeof(float)), 0)
          << entry->name << ", " << set;
    }
    limit_isa("auto");
  }
}

}  // namespace
}  // namespace volery
