// fields: rows of the state as they stand, by name: what a task of one's own keeps per agent, or
// what only a teacher may see.
#include <algorithm>
#include <limits>

#include "sense/rows_common.hpp"

namespace volery {

namespace {

struct FieldsConfig {
  std::vector<std::string> names;
  void describe(FieldVisitor& v) {
    v.field("names", names, {.doc = "fields of the state, in order"});
  }
};

constexpr const char* kAxes[] = {"x", "y", "z", "w"};

// "position_w_m" to "position_w_m_x" and on; more than four numbers are counted.
std::string column_name(const FieldSpec& field, int component) {
  if (field.width == 1) return field.name;
  const std::string last = field.width <= 4 ? kAxes[component] : std::to_string(component);
  return field.name + "_" + last;
}

class Fields final : public Sensor {
 public:
  struct Source {
    FieldSpec spec;
    int row;
  };
  explicit Fields(std::vector<Source> sources) : sources_(std::move(sources)) {}

  std::vector<Column> columns() const override {
    constexpr float kUnbounded = std::numeric_limits<float>::infinity();
    std::vector<Column> columns;
    for (const Source& source : sources_) {
      const FieldSpec& f = source.spec;
      for (int c = 0; c < f.width; ++c)
        columns.push_back({column_name(f, c), f.unit, f.frame, -kUnbounded, kUnbounded,
                           f.doc.empty() ? "state field " + f.name : f.doc});
    }
    return columns;
  }

  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    ObservationRows part = out;
    for (const Source& source : sources_) {
      sense::write_state({in.slab.agents, first_agent, last_agent}, source.row, source.spec.width,
                         part);
      part.first_column += source.spec.width;
    }
  }

 private:
  std::vector<Source> sources_;
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<FieldsConfig>(context, "fields");
  const std::vector<FieldSpec>& known = context.fields.fields();
  std::vector<std::string> names;
  for (const FieldSpec& field : known) names.push_back(field.name);
  std::vector<Fields::Source> sources;
  for (const std::string& name : config.names) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      throw Error(ErrorKind::kValue, "sensor_config.fields.names: no field \"" + name + "\"" +
                                         did_you_mean(name, names));
    }
    const auto index = static_cast<int>(found - names.begin());
    sources.push_back({known[static_cast<std::size_t>(index)], context.fields.row_of(index)});
  }
  if (sources.empty()) {
    throw Error(ErrorKind::kValue, "sensor_config.fields.names: at least one name is needed");
  }
  return std::make_unique<Fields>(std::move(sources));
}

}  // namespace

extern const SensorEntry sensor_fields;
const SensorEntry sensor_fields{"fields", "fields of the state by name", make,
                                sense::rows_of<FieldsConfig>};

}  // namespace volery
