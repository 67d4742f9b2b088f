// A tree of plain values: what a TOML file, a Python dict and a described struct have in common.
//
// TOML text is parsed into it (core/toml.hpp), the bindings turn dicts into it, and described
// structs are filled from it and written to it (core/described.hpp). No NaN rules, no units: those
// belong to the fields that read it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace volery {

class Value {
 public:
  using Array = std::vector<Value>;
  using Table = std::map<std::string, Value, std::less<>>;

  Value() : data_(Table{}) {}
  Value(bool v) : data_(v) {}
  Value(int v) : data_(static_cast<std::int64_t>(v)) {}
  Value(std::int64_t v) : data_(v) {}
  Value(double v) : data_(v) {}
  Value(const char* v) : data_(std::string(v)) {}
  Value(std::string v) : data_(std::move(v)) {}
  Value(Array v) : data_(std::move(v)) {}
  Value(Table v) : data_(std::move(v)) {}

  template <class T>
  [[nodiscard]] bool is() const noexcept {
    return std::holds_alternative<T>(data_);
  }
  template <class T>
  [[nodiscard]] const T& as() const {
    return std::get<T>(data_);
  }
  template <class T>
  [[nodiscard]] T& as() {
    return std::get<T>(data_);
  }

  [[nodiscard]] bool is_table() const noexcept { return is<Table>(); }
  [[nodiscard]] const Table& table() const { return as<Table>(); }
  [[nodiscard]] Table& table() { return as<Table>(); }
  /// The entry of a table, or null where it is not a table or lacks the key.
  [[nodiscard]] const Value* find(std::string_view key) const noexcept;
  /// "a bool", "an integer", "a number", "a string", "an array" or "a table", for messages.
  [[nodiscard]] const char* type_name() const noexcept;
  /// One line of TOML-like text, for messages and hashes; equal trees give equal text.
  [[nodiscard]] std::string to_text() const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  std::variant<bool, std::int64_t, double, std::string, Array, Table> data_;
};

/// Entries of `over` replace those of `base`, table by table; other values replace whole.
[[nodiscard]] Value merged(const Value& base, const Value& over);

}  // namespace volery
