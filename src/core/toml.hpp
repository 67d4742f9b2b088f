// TOML text and files as value trees (parsed by toml++, which stays inside the .cpp).
#pragma once

#include <filesystem>
#include <string_view>

#include "volery/value.hpp"

namespace volery {

/// Throws Error with file, line, column and reason.
[[nodiscard]] Value parse_toml(std::string_view text, std::string_view source_name);
[[nodiscard]] Value read_toml(const std::filesystem::path& file);
/// The tree as TOML text; parse_toml gives the same tree back.
[[nodiscard]] std::string write_toml(const Value& table);

}  // namespace volery
