// Finding the data files.
#include "core/assets.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "core/described.hpp"

namespace volery {
namespace {

namespace fs = std::filesystem;

/// What the installed package told us; a start-up setting, not state of any batch.
struct ToldFolder {
  std::mutex mutex;
  std::optional<fs::path> path;
};
ToldFolder& told_folder() {
  static ToldFolder folder;
  return folder;
}

std::vector<fs::path> places_to_search() {
  std::vector<fs::path> places;
  {
    ToldFolder& told = told_folder();
    const std::scoped_lock lock(told.mutex);
    if (told.path) places.push_back(*told.path);
  }
  // beside the program: unpacked archive, in the Python package, installed under a prefix
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) {
    places.push_back(program.parent_path() / "assets");
    places.push_back(program.parent_path().parent_path() / "assets");
    places.push_back(program.parent_path().parent_path() / "share" / "volery" / "assets");
  }
  // the source tree: <root>/src/core/assets.cpp
  places.push_back(fs::path(VOLERY_SOURCE_DIR) / "assets");
  return places;
}

/// "vehicles" -> "vehicle", for messages.
std::string singular(const std::string& kind) {
  return kind.ends_with('s') ? kind.substr(0, kind.size() - 1) : kind;
}

}  // namespace

fs::path assets_folder() {
  std::error_code ignored;
  // whoever sets the variable means it: a wrong one is an error, not a reason to look elsewhere
  if (const char* chosen = std::getenv("VOLERY_ASSETS"); chosen != nullptr && *chosen != '\0') {
    if (fs::is_directory(chosen, ignored)) return chosen;
    throw Error(ErrorKind::kFile, std::string("VOLERY_ASSETS = '") + chosen + "': no such folder");
  }
  std::string searched;
  for (const fs::path& place : places_to_search()) {
    if (fs::is_directory(place, ignored)) return place;
    searched += "\n  " + place.string();
  }
  throw Error(ErrorKind::kFile, "no assets folder; set VOLERY_ASSETS to it. Searched:" + searched);
}

void set_assets_folder(const fs::path& folder) {
  ToldFolder& told = told_folder();
  const std::scoped_lock lock(told.mutex);
  told.path = folder;
}

std::vector<std::string> asset_names(const std::string& kind) {
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(assets_folder() / kind, missing)) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path asset_file(const std::string& kind, const std::string& name_or_path) {
  if (name_or_path.ends_with(".toml")) {
    std::error_code ignored;
    if (fs::is_regular_file(name_or_path, ignored)) return name_or_path;
    throw Error(ErrorKind::kFile,
                "cannot read " + singular(kind) + " '" + name_or_path + "': no such file");
  }
  const std::vector<std::string> names = asset_names(kind);
  if (std::find(names.begin(), names.end(), name_or_path) == names.end()) {
    throw Error(ErrorKind::kValue, "unknown " + singular(kind) + " '" + name_or_path + "'" +
                                       did_you_mean(name_or_path, names));
  }
  return assets_folder() / kind / (name_or_path + ".toml");
}

}  // namespace volery
