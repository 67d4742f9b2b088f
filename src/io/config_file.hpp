// Config files and settings from a command line.
#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include "volery/config.hpp"
#include "volery/value.hpp"

namespace volery::io {

/// The config table in a TOML file. A file with geometry at its top level (`statics`, bounds or a
/// spawn region) is a scene: it becomes the `scene` of an otherwise empty table. Throws Error.
[[nodiscard]] Value read_config(const std::filesystem::path& file);

/// "a.b=c" as the table {a = {b = c}}. The value is read as TOML; a bare word is a string. Throws
/// Error(kValue) where there is no key or the value is broken.
[[nodiscard]] Value parse_setting(std::string_view text);

}  // namespace volery::io
