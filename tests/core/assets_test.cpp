#include "core/assets.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "volery/error.hpp"

namespace volery {
namespace {

namespace fs = std::filesystem;

/// An assets folder with two vehicles, and VOLERY_ASSETS as it was afterwards.
class Assets : public testing::Test {
 protected:
  void SetUp() override {
    const char* before = std::getenv("VOLERY_ASSETS");
    before_ = before == nullptr ? "" : before;
    fs::create_directories(folder / "vehicles");
    for (const char* name : {"wren.toml", "robin.toml", "notes.txt"}) {
      std::ofstream(folder / "vehicles" / name) << "";
    }
    setenv("VOLERY_ASSETS", folder.c_str(), 1);
  }
  void TearDown() override {
    fs::remove_all(folder);
    if (before_.empty()) {
      unsetenv("VOLERY_ASSETS");
    } else {
      setenv("VOLERY_ASSETS", before_.c_str(), 1);
    }
  }
  const fs::path folder =
      fs::temp_directory_path() / ("volery_assets_test_" + std::to_string(getpid()));

 private:
  std::string before_;
};

std::string error_of(const std::function<void()>& call, ErrorKind kind) {
  try {
    call();
    return "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
}

TEST_F(Assets, ComeFromTheVariableFirst) {
  EXPECT_EQ(assets_folder(), folder);
}

TEST_F(Assets, RefuseAVariableThatPointsNowhere) {
  setenv("VOLERY_ASSETS", "/nowhere", 1);
  EXPECT_EQ(error_of([] { (void)assets_folder(); }, ErrorKind::kFile),
            "VOLERY_ASSETS = '/nowhere': no such folder");
}

TEST_F(Assets, ComeFromTheSourceTreeWhereNothingElseIsTold) {
  unsetenv("VOLERY_ASSETS");
  EXPECT_TRUE(fs::equivalent(assets_folder(), fs::path(VOLERY_SOURCE_DIR) / "assets"));
}

TEST_F(Assets, ComeFromTheFolderThatThePackageTells) {
  unsetenv("VOLERY_ASSETS");
  set_assets_folder(folder);
  EXPECT_EQ(assets_folder(), folder);
  // a folder that is gone is skipped
  set_assets_folder(folder / "gone");
  EXPECT_TRUE(fs::equivalent(assets_folder(), fs::path(VOLERY_SOURCE_DIR) / "assets"));
}

TEST_F(Assets, ListTomlFilesSorted) {
  EXPECT_EQ(asset_names("vehicles"), std::vector<std::string>({"robin", "wren"}));
  EXPECT_TRUE(asset_names("scenes").empty());
}

TEST_F(Assets, AreFoundByNameOrPath) {
  EXPECT_EQ(asset_file("vehicles", "wren"), folder / "vehicles" / "wren.toml");
  const std::string path = (folder / "vehicles" / "robin.toml").string();
  EXPECT_EQ(asset_file("vehicles", path), path);
}

TEST_F(Assets, NameTheNearestWhenUnknown) {
  EXPECT_EQ(error_of([] { (void)asset_file("vehicles", "wern"); }, ErrorKind::kValue),
            "unknown vehicle 'wern' (did you mean 'wren'?)");
  EXPECT_EQ(error_of([] { (void)asset_file("vehicles", "a/b.toml"); }, ErrorKind::kFile),
            "cannot read vehicle 'a/b.toml': no such file");
  EXPECT_EQ(error_of([] { (void)asset_file("scenes", "room"); }, ErrorKind::kValue),
            "unknown scene 'room' (there are none)");
}

}  // namespace
}  // namespace volery
