// Text and look-up of value trees.
#include "volery/value.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace volery {
namespace {

void append_quoted(std::string& text, std::string_view s) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  text += '"';
  for (const char c : s) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\t') {
      text += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      // the other control characters are not allowed raw in TOML
      text += "\\u00";
      text += kHex[byte >> 4U];
      text += kHex[byte & 0xFU];
    } else {
      text += c;
    }
  }
  text += '"';
}

bool is_bare_key(std::string_view key) noexcept {
  static constexpr std::string_view kBare =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !key.empty() && key.find_first_not_of(kBare) == std::string_view::npos;
}

void append_number(std::string& text, double v) {
  if (std::isnan(v)) {
    text += "nan";
  } else if (std::isinf(v)) {
    text += v > 0 ? "inf" : "-inf";
  } else {
    // the shortest decimal that reads back as the same double; a point keeps it a TOML float
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), v).ptr;
    const std::string_view written(digits.data(), static_cast<std::size_t>(end - digits.data()));
    text += written;
    if (written.find_first_of(".e") == std::string_view::npos) text += ".0";
  }
}

void append_value(std::string& text, const Value& value);

void append_array(std::string& text, const Value::Array& array) {
  text += '[';
  const char* separator = "";
  for (const Value& element : array) {
    text += separator;
    append_value(text, element);
    separator = ", ";
  }
  text += ']';
}

void append_table(std::string& text, const Value::Table& table) {
  text += '{';
  const char* separator = "";
  for (const auto& [key, element] : table) {
    text += separator;
    if (is_bare_key(key)) {
      text += key;
    } else {
      append_quoted(text, key);
    }
    text += " = ";
    append_value(text, element);
    separator = ", ";
  }
  text += '}';
}

void append_value(std::string& text, const Value& value) {
  if (value.is<bool>()) {
    text += value.as<bool>() ? "true" : "false";
  } else if (value.is<std::int64_t>()) {
    text += std::to_string(value.as<std::int64_t>());
  } else if (value.is<double>()) {
    append_number(text, value.as<double>());
  } else if (value.is<std::string>()) {
    append_quoted(text, value.as<std::string>());
  } else if (value.is<Value::Array>()) {
    append_array(text, value.as<Value::Array>());
  } else {
    append_table(text, value.table());
  }
}

}  // namespace

const Value* Value::find(std::string_view key) const noexcept {
  const Table* table = std::get_if<Table>(&data_);
  if (table == nullptr) return nullptr;
  const auto found = table->find(key);
  return found == table->end() ? nullptr : &found->second;
}

const char* Value::type_name() const noexcept {
  static constexpr std::array<const char*, 6> kNames{"a bool",   "an integer", "a number",
                                                     "a string", "an array",   "a table"};
  return kNames[data_.index()];
}

std::string Value::to_text() const {
  std::string text;
  append_value(text, *this);
  return text;
}

Value merged(const Value& base, const Value& over) {
  if (!base.is_table() || !over.is_table()) return over;
  Value result = base;
  for (const auto& [key, value] : over.table()) {
    const auto found = result.table().find(key);
    if (found == result.table().end()) {
      result.table().emplace(key, value);
    } else {
      found->second = merged(found->second, value);
    }
  }
  return result;
}

}  // namespace volery
