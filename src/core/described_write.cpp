// The writer and the documenter of described structs.
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "core/described.hpp"

namespace volery {
namespace {

/// The double whose shortest text is that of the float: 0.027F becomes 0.027, not 0.0270000007.
double tidy(float value) {
  if (!std::isfinite(value)) return value;
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  double read = 0;
  std::from_chars(digits, end, read);
  // reading a decimal twice (to double, then to float) could in principle round differently
  return static_cast<float>(read) == value ? read : static_cast<double>(value);
}

Value array_value(const std::vector<float>& values) {
  Value::Array array;
  for (const float value : values) array.emplace_back(tidy(value));
  return array;
}

Value array_value(const std::vector<std::string>& values) {
  return Value::Array(values.begin(), values.end());
}

std::string chosen_name(int index, std::initializer_list<const char*> names) {
  const bool known = index >= 0 && index < static_cast<int>(names.size());
  return known ? names.begin()[index] : std::to_string(index);
}

class Writer final : public FieldVisitor {
 public:
  void field(const char* name, bool& value, const FieldDoc&) override { put(name, value); }
  void field(const char* name, int& value, const FieldDoc&) override { put(name, value); }
  void field(const char* name, std::int64_t& value, const FieldDoc&) override { put(name, value); }
  void field(const char* name, float& value, const FieldDoc&) override { put(name, tidy(value)); }
  void field(const char* name, double& value, const FieldDoc&) override { put(name, value); }
  void field(const char* name, std::string& value, const FieldDoc&) override { put(name, value); }
  void field(const char* name, std::vector<float>& value, const FieldDoc&) override {
    put(name, array_value(value));
  }
  void field(const char* name, std::vector<std::string>& value, const FieldDoc&) override {
    put(name, array_value(value));
  }
  void tree(const char* name, Value& value, const char*) override { put(name, value); }

  Value take() { return std::move(tables_.back()); }

 protected:
  void choice_index(const char* name, int& index, std::initializer_list<const char*> names,
                    const char*) override {
    put(name, chosen_name(index, names));
  }
  bool enter_table(const char* name, const char*) override {
    names_.emplace_back(name);
    tables_.emplace_back();
    return true;
  }
  void leave_table() override {
    Value table = std::move(tables_.back());
    tables_.pop_back();
    put(names_.back(), std::move(table));
    names_.pop_back();
  }
  Elements enter_tables(const char* name, int current, const FieldDoc&) override {
    names_.emplace_back(name);
    arrays_.emplace_back();
    return {.count = current};
  }
  void enter_element(int) override { tables_.emplace_back(); }
  void leave_element() override {
    arrays_.back().push_back(std::move(tables_.back()));
    tables_.pop_back();
  }
  void leave_tables() override {
    put(names_.back(), std::move(arrays_.back()));
    arrays_.pop_back();
    names_.pop_back();
  }

 private:
  void put(const std::string& name, Value value) {
    tables_.back().table().insert_or_assign(name, std::move(value));
  }

  std::vector<Value> tables_{Value()};  // the root and the open sub-tables
  std::vector<Value::Array> arrays_;    // the open arrays of tables
  std::vector<std::string> names_;      // of what is open, innermost last
};

class Documenter final : public FieldVisitor {
 public:
  void field(const char* name, bool& value, const FieldDoc& doc) override {
    add(name, "bool", doc, value);
  }
  void field(const char* name, int& value, const FieldDoc& doc) override {
    add(name, "integer", doc, value);
  }
  void field(const char* name, std::int64_t& value, const FieldDoc& doc) override {
    add(name, "integer", doc, value);
  }
  void field(const char* name, float& value, const FieldDoc& doc) override {
    add(name, "number", doc, tidy(value));
  }
  void field(const char* name, double& value, const FieldDoc& doc) override {
    add(name, "number", doc, value);
  }
  void field(const char* name, std::string& value, const FieldDoc& doc) override {
    add(name, "string", doc, value);
  }
  void field(const char* name, std::vector<float>& value, const FieldDoc& doc) override {
    add(name, "numbers", doc, array_value(value));
  }
  void field(const char* name, std::vector<std::string>& value, const FieldDoc& doc) override {
    add(name, "strings", doc, array_value(value));
  }
  void tree(const char* name, Value& value, const char* doc) override {
    add(name, "any", {.doc = doc}, value);
  }

  std::vector<FieldRow> take() { return std::move(rows_); }

 protected:
  void choice_index(const char* name, int& index, std::initializer_list<const char*> names,
                    const char* doc) override {
    std::string type = "one of ";
    const char* separator = "";
    for (const char* choice : names) {
      type += std::string(separator) + choice;
      separator = "|";
    }
    add(name, type, {.doc = doc}, chosen_name(index, names));
  }
  bool enter_table(const char* name, const char*) override {
    lengths_.push_back(prefix_.size());
    prefix_ += std::string(name) + ".";
    return true;
  }
  void leave_table() override {
    prefix_.resize(lengths_.back());
    lengths_.pop_back();
  }
  Elements enter_tables(const char* name, int, const FieldDoc&) override {
    lengths_.push_back(prefix_.size());
    prefix_ += std::string(name) + "[].";
    return {.count = 1, .prototype = true};
  }
  void enter_element(int) override {}
  void leave_element() override {}
  void leave_tables() override { leave_table(); }

 private:
  void add(const char* name, const std::string& type, const FieldDoc& doc, const Value& value) {
    rows_.push_back({.path = prefix_ + name,
                     .type = type,
                     .unit = doc.unit,
                     .low = doc.low,
                     .high = doc.high,
                     .default_text = value.to_text(),
                     .doc = doc.doc});
  }

  std::string prefix_;
  std::vector<std::size_t> lengths_;  // of the prefix outside the open tables
  std::vector<FieldRow> rows_;
};

}  // namespace

Value to_value(DescribedRef config) {
  Writer writer;
  config.walk(writer);
  return writer.take();
}

std::vector<FieldRow> field_rows(DescribedRef config) {
  Documenter documenter;
  config.walk(documenter);
  return documenter.take();
}

}  // namespace volery
