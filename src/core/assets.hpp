// Where the data files are: $VOLERY_ASSETS, else beside the installed package or program, else the
// source tree this build came from.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace volery {

/// The assets folder. Throws Error naming the places searched.
[[nodiscard]] std::filesystem::path assets_folder();
/// Tells where the assets lie before the first look-up; the Python package calls it at import.
void set_assets_folder(const std::filesystem::path& folder);
/// Names (without .toml) in assets/<kind>/, sorted.
[[nodiscard]] std::vector<std::string> asset_names(const std::string& kind);
/// assets/<kind>/<name>.toml, or the path itself when it ends in .toml. Throws Error with the
/// nearest name.
[[nodiscard]] std::filesystem::path asset_file(const std::string& kind,
                                               const std::string& name_or_path);

}  // namespace volery
