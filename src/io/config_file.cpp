#include "io/config_file.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/toml.hpp"
#include "scene/mesh_file.hpp"
#include "volery/error.hpp"

namespace volery::io {

namespace {

constexpr const char* kSceneKeys[] = {"statics",       "props",       "bounds_low_m",
                                      "bounds_high_m", "spawn_low_m", "spawn_high_m"};

bool is_bare_word(std::string_view text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_plain);
}

Value parse_value(std::string_view text, std::string_view setting) {
  try {
    return *parse_toml("x = " + std::string(text), "--set " + std::string(setting)).find("x");
  } catch (const Error&) {
    if (is_bare_word(text)) return Value(std::string(text));
    throw;
  }
}

}  // namespace

Value read_config(const std::filesystem::path& file) {
  Value table = read_toml(file);
  const bool is_scene = std::any_of(std::begin(kSceneKeys), std::end(kSceneKeys),
                                    [&](const char* key) { return table.find(key) != nullptr; });
  // mesh files lie beside the file that names them
  if (!is_scene) {
    if (const auto scene = table.table().find("scene"); scene != table.table().end()) {
      scene::locate_mesh_files(scene->second, file.parent_path());
    }
    return table;
  }
  scene::locate_mesh_files(table, file.parent_path());
  return Value::Table{{"scene", std::move(table)}};
}

Value parse_setting(std::string_view text) {
  const std::size_t equals = text.find('=');
  const auto refuse = [&](const char* reason) {
    throw Error(ErrorKind::kValue, "--set " + std::string(text) + ": " + reason);
  };
  if (equals == std::string_view::npos) refuse("must be key=value, e.g. task_config.spacing_m=0.5");
  std::vector<std::string> keys(1);
  for (const char c : text.substr(0, equals)) {
    if (c == '.') {
      keys.emplace_back();
    } else {
      keys.back() += c;
    }
  }
  for (const std::string& key : keys) {
    if (!is_bare_word(key)) refuse("the key must be names joined by dots");
  }
  Value value = parse_value(text.substr(equals + 1), text);
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    value = Value::Table{{*key, std::move(value)}};
  }
  return value;
}

}  // namespace volery::io
