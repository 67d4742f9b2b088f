// Described configs: one `describe` method per struct makes it loadable from TOML or a dict,
// writable, documented and validated.
//
//   struct GoalConfig {
//     float radius_m = 0.5F;
//     Shape shape = Shape::kCircle;
//     void describe(FieldVisitor& v) {
//       v.field("radius_m", radius_m, {.unit = "m", .low = 0, .high = 100, .doc = "..."});
//       v.choice("shape", shape, {"circle", "grid"}, "...");
//     }
//   };
//
// Defaults live in the struct alone. Loading is whole or not at all: an unknown key, a wrong type
// or a value out of range throws Error with the path, the value, the allowed range and, for a name,
// the nearest valid one; the struct is then unchanged.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "volery/error.hpp"
#include "volery/value.hpp"

namespace volery {

/// What a field means and which values it takes. For arrays the range holds per element. Numbers
/// must be finite whatever the range.
struct FieldDoc {
  const char* unit = "";  // "" where dimensionless
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  const char* doc = "";
  int size = kAnySize;  // arrays: exact number of elements
  static constexpr int kAnySize = -1;
};

/// Walks the fields of a struct. Implemented by the loader, the writer and the documenter.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  virtual void field(const char* name, bool& value, const FieldDoc& doc) = 0;
  virtual void field(const char* name, int& value, const FieldDoc& doc) = 0;
  virtual void field(const char* name, std::int64_t& value, const FieldDoc& doc) = 0;
  virtual void field(const char* name, float& value, const FieldDoc& doc) = 0;
  virtual void field(const char* name, double& value, const FieldDoc& doc) = 0;
  virtual void field(const char* name, std::string& value, const FieldDoc& doc) = 0;
  virtual void field(const char* name, std::vector<float>& value, const FieldDoc& doc) = 0;
  virtual void field(const char* name, std::vector<std::string>& value, const FieldDoc& doc) = 0;
  /// A sub-tree that another component validates (a task's own table, say); kept as it is.
  virtual void tree(const char* name, Value& value, const char* doc) = 0;

  /// One of the names; the enumerators count from 0 in the order of the names.
  template <class Enum>
  void choice(const char* name, Enum& value, std::initializer_list<const char*> names,
              const char* doc) {
    int index = static_cast<int>(value);
    choice_index(name, index, names, doc);
    value = static_cast<Enum>(index);
  }
  /// A nested described struct.
  template <class Config>
  void table(const char* name, Config& config, const char* doc) {
    if (enter_table(name, doc)) {
      config.describe(*this);
      leave_table();
    }
  }
  /// An array of described structs ([[name]] in TOML); `low`..`high` bounds the count.
  template <class Config>
  void tables(const char* name, std::vector<Config>& configs, const FieldDoc& doc) {
    const Elements elements = enter_tables(name, static_cast<int>(configs.size()), doc);
    // an array in a config replaces the old one whole: its elements start from the defaults
    if (elements.replace) configs.assign(static_cast<std::size_t>(elements.count), Config{});
    for (int i = 0; i < elements.count; ++i) {
      Config prototype;
      enter_element(i);
      (elements.prototype ? prototype : configs[static_cast<std::size_t>(i)]).describe(*this);
      leave_element();
    }
    leave_tables();
  }

 protected:
  virtual void choice_index(const char* name, int& index, std::initializer_list<const char*> names,
                            const char* doc) = 0;
  virtual bool enter_table(const char* name, const char* doc) = 0;
  virtual void leave_table() = 0;
  /// Which elements of an array of structs to visit.
  struct Elements {
    int count = 0;
    bool replace = false;    // drop what the array holds and start from `count` defaults
    bool prototype = false;  // visit default elements instead of those of the array
  };
  virtual Elements enter_tables(const char* name, int current, const FieldDoc& doc) = 0;
  virtual void enter_element(int index) = 0;
  virtual void leave_element() = 0;
  virtual void leave_tables() = 0;
};

/// A struct behind a type-erased reference, so that the functions below are not templates.
class DescribedRef {
 public:
  template <class Config>
  requires(!std::same_as<std::remove_cv_t<Config>, DescribedRef>)
      DescribedRef(Config& config)  // NOLINT(google-explicit-constructor)
      : object_(&config), walk_([](void* object, FieldVisitor& visitor) {
          static_cast<Config*>(object)->describe(visitor);
        }) {}
  void walk(FieldVisitor& visitor) const { walk_(object_, visitor); }

 private:
  void* object_;
  void (*walk_)(void*, FieldVisitor&);
};

/// Writes every field of the struct into a table. Floats appear as the shortest decimal that reads
/// back as the same float.
[[nodiscard]] Value to_value(DescribedRef config);
template <class Config>
requires(!std::same_as<std::remove_cv_t<Config>, DescribedRef>) [[nodiscard]] Value
    to_value(const Config& config) {
  Config copy = config;
  return to_value(DescribedRef(copy));
}

/// Names a bad entry of `table` by throwing Error; `path` is what messages start with ("vehicle").
/// Checks and assigns in one walk, so the struct may be half written when it throws: use load().
void load_in_place(DescribedRef config, const Value& table, std::string_view path);

/// Overwrites the fields that the table names; the rest keep their values. All or nothing.
template <class Config>
void load(Config& config, const Value& table, std::string_view path) {
  Config loaded = config;
  load_in_place(loaded, table, path);
  config = std::move(loaded);
}

/// One line of documentation per field, in declaration order.
struct FieldRow {
  std::string path;  // "physics.rate_hz"; the fields of an array's elements: "rotors[].spin"
  std::string
      type;  // "number", "integer", "bool", "string", "numbers", "strings", "one of a|b|c", "any"
  std::string unit;
  double low = 0, high = 0;
  std::string default_text;
  std::string doc;
};
[[nodiscard]] std::vector<FieldRow> field_rows(DescribedRef config);

/// Numbers of a struct that one path names.
struct NumberPlaces {
  std::vector<float*> numbers;  // inside the struct; valid while its arrays keep their lengths
  FieldDoc doc;
};
/// "mass_kg", "battery.capacity_ah", "faults[0].time_s", "inertia_b_kgm2[2]"; an array without an
/// index names all its numbers. Throws Error for anything else, which starts with `prefix` and
/// names the nearest path.
[[nodiscard]] NumberPlaces find_numbers(DescribedRef config, const std::string& path,
                                        const std::string& prefix);

/// A change to the numbers that a path names.
struct NumberEdit {
  enum class How : int { kSet, kScale, kAdd };
  std::string path;
  How how = How::kSet;
  float value = 0;
};
/// The number after it.
[[nodiscard]] float edited(float number, NumberEdit::How how, float value) noexcept;
/// Makes the change. Throws Error where a number leaves the range of its field.
void apply_edit(DescribedRef config, const NumberEdit& edit, const std::string& prefix);

/// What a field takes, for messages: "in [0, 1] m", "at least 0 m", "finite".
[[nodiscard]] std::string range_text(const FieldDoc& doc);

/// The candidate with the smallest edit distance, or "" where none is near enough to be meant.
[[nodiscard]] std::string nearest_name(std::string_view name,
                                       const std::vector<std::string>& candidates);

/// " (did you mean 'x'?)" or a list of what there is, to end a message about an unknown name.
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       const std::vector<std::string>& candidates);

}  // namespace volery
