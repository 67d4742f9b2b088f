// Numbers inside described structs, found by their path.
#include <cmath>

#include "core/described.hpp"

namespace volery {
namespace {

/// Lists every number with its path; an array as "name[0]", "name[1]", ...
class NumberLister final : public FieldVisitor {
 public:
  struct Number {
    std::string path;
    float* at;
    FieldDoc doc;
  };

  void field(const char*, bool&, const FieldDoc&) override {}
  void field(const char*, int&, const FieldDoc&) override {}
  void field(const char*, std::int64_t&, const FieldDoc&) override {}
  void field(const char* name, float& value, const FieldDoc& doc) override {
    numbers_.push_back({prefix_ + name, &value, doc});
  }
  void field(const char*, double&, const FieldDoc&) override {}
  void field(const char*, std::string&, const FieldDoc&) override {}
  void field(const char* name, std::vector<float>& value, const FieldDoc& doc) override {
    for (std::size_t i = 0; i < value.size(); ++i)
      numbers_.push_back({prefix_ + name + index_text(i), &value[i], doc});
  }
  void field(const char*, std::vector<std::string>&, const FieldDoc&) override {}
  void tree(const char*, Value&, const char*) override {}

  [[nodiscard]] const std::vector<Number>& numbers() const { return numbers_; }

 protected:
  void choice_index(const char*, int&, std::initializer_list<const char*>, const char*) override {}
  bool enter_table(const char* name, const char*) override {
    open(std::string(name) + ".");
    return true;
  }
  void leave_table() override { close(); }
  Elements enter_tables(const char* name, int current, const FieldDoc&) override {
    open(name);
    return {.count = current};
  }
  void enter_element(int index) override {
    open(index_text(static_cast<std::size_t>(index)) + ".");
  }
  void leave_element() override { close(); }
  void leave_tables() override { close(); }

 private:
  static std::string index_text(std::size_t i) {
    std::string text = "[";
    text += std::to_string(i);
    return text += "]";
  }
  void open(const std::string& name) {
    lengths_.push_back(prefix_.size());
    prefix_ += name;
  }
  void close() {
    prefix_.resize(lengths_.back());
    lengths_.pop_back();
  }

  std::string prefix_;
  std::vector<std::size_t> lengths_;  // of the prefix outside what is open
  std::vector<Number> numbers_;
};

/// "name[3]" is an element of "name".
bool is_element(const std::string& path, const std::string& array) {
  return path.size() > array.size() + 1 && path.starts_with(array) && path[array.size()] == '[' &&
         path.find(']', array.size()) == path.size() - 1;
}

}  // namespace

NumberPlaces find_numbers(DescribedRef config, const std::string& path, const std::string& prefix) {
  NumberLister lister;
  config.walk(lister);
  NumberPlaces found;
  std::vector<std::string> paths;
  for (const NumberLister::Number& number : lister.numbers()) {
    if (number.path == path || is_element(number.path, path)) {
      found.numbers.push_back(number.at);
      found.doc = number.doc;
    }
    paths.push_back(number.path);
  }
  if (found.numbers.empty()) {
    throw Error(ErrorKind::kValue, prefix + path + ": no such number" + did_you_mean(path, paths));
  }
  return found;
}

float edited(float number, NumberEdit::How how, float value) noexcept {
  switch (how) {
    case NumberEdit::How::kSet:
      return value;
    case NumberEdit::How::kScale:
      return number * value;
    case NumberEdit::How::kAdd:
      return number + value;
  }
  return number;
}

void apply_edit(DescribedRef config, const NumberEdit& edit, const std::string& prefix) {
  const NumberPlaces places = find_numbers(config, edit.path, prefix);
  for (float* const number : places.numbers) {
    const float changed = edited(*number, edit.how, edit.value);
    const auto wide = static_cast<double>(changed);
    if (!std::isfinite(changed) || wide < places.doc.low || wide > places.doc.high) {
      throw Error(ErrorKind::kValue, prefix + edit.path + " = " + Value(wide).to_text() +
                                         ": must be " + range_text(places.doc));
    }
    *number = changed;
  }
}

}  // namespace volery
