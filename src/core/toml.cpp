// TOML text to value trees and back. The only file that includes toml++.
#include "core/toml.hpp"

#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "volery/error.hpp"

namespace volery {
namespace {

std::string place(std::string_view source_name, const toml::source_position& at) {
  return std::string(source_name) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

Value convert(const toml::node& node, std::string_view source_name) {
  if (const auto* table = node.as_table()) {
    Value::Table result;
    for (const auto& [key, child] : *table) {
      result.emplace(std::string(key.str()), convert(child, source_name));
    }
    return result;
  }
  if (const auto* array = node.as_array()) {
    Value::Array result;
    for (const toml::node& child : *array) result.push_back(convert(child, source_name));
    return result;
  }
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  throw Error(ErrorKind::kType,
              place(source_name, node.source().begin) + ": dates and times have no meaning here");
}

bool is_array_of_tables(const Value& value) {
  if (!value.is<Value::Array>()) return false;
  const auto& array = value.as<Value::Array>();
  for (const Value& element : array) {
    if (!element.is_table()) return false;
  }
  return !array.empty();
}

std::string key_text(const std::string& key) {
  // a table of one entry is written as {key = 0}: the quoting rules stay in one place
  const std::string text = Value(Value::Table{{key, 0}}).to_text();
  return text.substr(1, text.size() - 6);
}

void append_table(std::string& text, const Value::Table& table, const std::string& path) {
  // plain entries first: in TOML everything after a [header] belongs to that header
  for (const auto& [key, value] : table) {
    if (value.is_table() || is_array_of_tables(value)) continue;
    text += key_text(key) + " = " + value.to_text() + "\n";
  }
  for (const auto& [key, value] : table) {
    const std::string child = path.empty() ? key_text(key) : path + "." + key_text(key);
    if (value.is_table()) {
      text += "\n[" + child + "]\n";
      append_table(text, value.table(), child);
    } else if (is_array_of_tables(value)) {
      for (const Value& element : value.as<Value::Array>()) {
        text += "\n[[" + child + "]]\n";
        append_table(text, element.table(), child);
      }
    }
  }
}

}  // namespace

Value parse_toml(std::string_view text, std::string_view source_name) {
  try {
    return convert(toml::parse(text, source_name), source_name);
  } catch (const toml::parse_error& error) {
    throw Error(ErrorKind::kValue,
                place(source_name, error.source().begin) + ": " + std::string(error.description()));
  }
}

Value read_toml(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  // a directory opens but cannot be read; an empty file sets only the fail bit of `text`
  if (!stream || (stream.peek(), stream.bad())) {
    throw Error(ErrorKind::kFile, "cannot read '" + file.string() + "': " + std::strerror(errno));
  }
  text << stream.rdbuf();
  return parse_toml(text.str(), file.string());
}

std::string write_toml(const Value& table) {
  if (!table.is_table()) {
    throw Error(ErrorKind::kType,
                std::string("a TOML file holds a table, not ") + table.type_name());
  }
  std::string text;
  append_table(text, table.table(), "");
  return text;
}

}  // namespace volery
