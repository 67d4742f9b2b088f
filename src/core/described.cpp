// The loader of described structs: checks and assigns each field that a table names.
#include "core/described.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace volery {

std::string range_text(const FieldDoc& doc) {
  const bool has_low = std::isfinite(doc.low);
  const bool has_high = std::isfinite(doc.high);
  const auto number = [](double v) {
    std::string text = Value(v).to_text();
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
  };
  std::string text = "finite";
  if (has_low && has_high) {
    text = "in [" + number(doc.low) + ", " + number(doc.high) + "]";
  } else if (has_low) {
    text = "at least " + number(doc.low);
  } else if (has_high) {
    text = "at most " + number(doc.high);
  }
  const bool has_unit = *doc.unit != '\0' && (has_low || has_high);
  return has_unit ? text + " " + doc.unit : text;
}

namespace {

class Loader final : public FieldVisitor {
 public:
  Loader(const Value& root, std::string_view path) {
    if (!root.is_table()) wrong_type(std::string(path), root, "a table");
    levels_.push_back({std::string(path), &root, {}});
  }

  using FieldVisitor::field;
  void field(const char* name, bool& value, const FieldDoc&) override {
    const Value* given = take(name);
    if (given == nullptr) return;
    if (!given->is<bool>()) wrong_type(path_of(name), *given, "a bool");
    value = given->as<bool>();
  }
  void field(const char* name, int& value, const FieldDoc& doc) override {
    FieldDoc narrow = doc;
    narrow.low = std::max<double>(doc.low, std::numeric_limits<int>::min());
    narrow.high = std::min<double>(doc.high, std::numeric_limits<int>::max());
    std::int64_t wide = value;
    field(name, wide, narrow);
    value = static_cast<int>(wide);
  }
  void field(const char* name, std::int64_t& value, const FieldDoc& doc) override {
    const Value* given = take(name);
    if (given == nullptr) return;
    if (!given->is<std::int64_t>()) wrong_type(path_of(name), *given, "an integer");
    const std::int64_t integer = given->as<std::int64_t>();
    const auto number = static_cast<double>(integer);
    if (number < doc.low || number > doc.high) out_of_range(path_of(name), *given, doc);
    value = integer;
  }
  void field(const char* name, float& value, const FieldDoc& doc) override {
    const Value* given = take(name);
    if (given != nullptr) value = to_float(path_of(name), *given, doc);
  }
  void field(const char* name, double& value, const FieldDoc& doc) override {
    const Value* given = take(name);
    if (given != nullptr) value = to_number(path_of(name), *given, doc);
  }
  void field(const char* name, std::string& value, const FieldDoc&) override {
    const Value* given = take(name);
    if (given != nullptr) value = to_string(path_of(name), *given);
  }
  void field(const char* name, std::vector<float>& value, const FieldDoc& doc) override {
    const Value::Array* given = take_array(name, doc, "numbers");
    if (given == nullptr) return;
    std::vector<float> loaded;
    for (std::size_t i = 0; i < given->size(); ++i) {
      loaded.push_back(to_float(element_path(name, i), (*given)[i], doc));
    }
    value = std::move(loaded);
  }
  void field(const char* name, std::vector<std::string>& value, const FieldDoc& doc) override {
    const Value::Array* given = take_array(name, doc, "strings");
    if (given == nullptr) return;
    std::vector<std::string> loaded;
    for (std::size_t i = 0; i < given->size(); ++i) {
      loaded.push_back(to_string(element_path(name, i), (*given)[i]));
    }
    value = std::move(loaded);
  }
  void tree(const char* name, Value& value, const char*) override {
    const Value* given = take(name);
    if (given != nullptr) value = *given;
  }

  /// Names the first key of the current table that no field took, then returns to the table above.
  void finish_level() {
    const Level& level = levels_.back();
    for (const auto& [key, value] : level.table->table()) {
      if (std::find(level.known.begin(), level.known.end(), key) == level.known.end()) {
        throw Error(ErrorKind::kValue,
                    path_of(key) + ": unknown key" + did_you_mean(key, level.known));
      }
    }
    levels_.pop_back();
  }

 protected:
  void choice_index(const char* name, int& index, std::initializer_list<const char*> names,
                    const char*) override {
    const Value* given = take(name);
    if (given == nullptr) return;
    const std::string chosen = to_string(path_of(name), *given);
    const std::vector<std::string> candidates(names.begin(), names.end());
    const auto found = std::find(candidates.begin(), candidates.end(), chosen);
    if (found == candidates.end()) {
      std::string allowed;
      for (const std::string& candidate : candidates) {
        allowed += (allowed.empty() ? "'" : ", '") + candidate + "'";
      }
      const std::string nearest = nearest_name(chosen, candidates);
      throw Error(ErrorKind::kValue,
                  path_of(name) + " = " + given->to_text() + ": must be one of " + allowed +
                      (nearest.empty() ? "" : " (did you mean '" + nearest + "'?)"));
    }
    index = static_cast<int>(found - candidates.begin());
  }
  bool enter_table(const char* name, const char*) override {
    const Value* given = take(name);
    if (given == nullptr) return false;
    if (!given->is_table()) wrong_type(path_of(name), *given, "a table");
    levels_.push_back({path_of(name), given, {}});
    return true;
  }
  void leave_table() override { finish_level(); }

  Elements enter_tables(const char* name, int, const FieldDoc& doc) override {
    const Value* given = take(name);
    static const Value kNone = Value::Array{};
    const std::string path = path_of(name);
    if (given != nullptr && !given->is<Value::Array>()) {
      wrong_type(path, *given, "an array of tables");
    }
    arrays_.push_back({path, &(given == nullptr ? kNone : *given).as<Value::Array>()});
    if (given == nullptr) return {};
    const std::size_t count = arrays_.back().elements->size();
    const auto number = static_cast<double>(count);
    if (number < doc.low || number > doc.high) {
      throw Error(ErrorKind::kValue, path + ": number of entries = " + std::to_string(count) +
                                         ": must be " + range_text(doc));
    }
    return {.count = static_cast<int>(count), .replace = true};
  }
  void enter_element(int index) override {
    const auto i = static_cast<std::size_t>(index);
    const Value& element = (*arrays_.back().elements)[i];
    const std::string path = arrays_.back().path + "[" + std::to_string(i) + "]";
    if (!element.is_table()) wrong_type(path, element, "a table");
    levels_.push_back({path, &element, {}});
  }
  void leave_element() override { finish_level(); }
  void leave_tables() override { arrays_.pop_back(); }

 private:
  struct Level {
    std::string path;
    const Value* table;
    std::vector<std::string> known;
  };
  struct ArrayLevel {
    std::string path;
    const Value::Array* elements;
  };

  std::string path_of(std::string_view name) const {
    const std::string& path = levels_.back().path;
    return path.empty() ? std::string(name) : path + "." + std::string(name);
  }
  std::string element_path(const char* name, std::size_t i) const {
    return path_of(name) + "[" + std::to_string(i) + "]";
  }
  const Value* take(const char* name) {
    levels_.back().known.emplace_back(name);
    return levels_.back().table->find(name);
  }
  const Value::Array* take_array(const char* name, const FieldDoc& doc, const char* of) {
    const Value* given = take(name);
    if (given == nullptr) return nullptr;
    if (!given->is<Value::Array>()) {
      wrong_type(path_of(name), *given, (std::string("an array of ") + of).c_str());
    }
    const Value::Array& array = given->as<Value::Array>();
    if (doc.size != FieldDoc::kAnySize && static_cast<int>(array.size()) != doc.size) {
      throw Error(ErrorKind::kValue, path_of(name) + " = " + given->to_text() + ": must have " +
                                         std::to_string(doc.size) + " elements, not " +
                                         std::to_string(array.size()));
    }
    return &array;
  }

  [[noreturn]] static void wrong_type(const std::string& path, const Value& given,
                                      const char* expected) {
    throw Error(ErrorKind::kType, path + " = " + given.to_text() + ": must be " + expected +
                                      ", not " + given.type_name());
  }
  [[noreturn]] static void out_of_range(const std::string& path, const Value& given,
                                        const FieldDoc& doc) {
    throw Error(ErrorKind::kValue, path + " = " + given.to_text() + ": must be " + range_text(doc));
  }

  static double to_number(const std::string& path, const Value& given, const FieldDoc& doc) {
    if (!given.is<double>() && !given.is<std::int64_t>()) wrong_type(path, given, "a number");
    const double number =
        given.is<double>() ? given.as<double>() : static_cast<double>(given.as<std::int64_t>());
    const bool inside = number >= doc.low && number <= doc.high;
    if (!inside || !std::isfinite(number)) out_of_range(path, given, doc);
    return number;
  }
  static float to_float(const std::string& path, const Value& given, const FieldDoc& doc) {
    const double number = to_number(path, given, doc);
    if (std::abs(number) > std::numeric_limits<float>::max()) {
      FieldDoc float_range = doc;
      float_range.low = std::numeric_limits<float>::lowest();
      float_range.high = std::numeric_limits<float>::max();
      out_of_range(path, given, float_range);
    }
    return static_cast<float>(number);
  }
  static const std::string& to_string(const std::string& path, const Value& given) {
    if (!given.is<std::string>()) wrong_type(path, given, "a string");
    return given.as<std::string>();
  }

  std::vector<Level> levels_;
  std::vector<ArrayLevel> arrays_;
};

}  // namespace

void load_in_place(DescribedRef config, const Value& table, std::string_view path) {
  Loader loader(table, path);
  config.walk(loader);
  loader.finish_level();
}

}  // namespace volery
