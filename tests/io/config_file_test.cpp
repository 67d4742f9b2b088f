#include "io/config_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "volery/error.hpp"

namespace volery::io {
namespace {

/// A file that is gone at the end of the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("volery_config_file_test_" + std::to_string(getpid()) + ".toml")) {
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string message_of(const std::string& setting) {
  try {
    static_cast<void>(parse_setting(setting));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ParseSetting, DotsNestTables) {
  EXPECT_EQ(
      parse_setting("task_config.start.attitude_rad=0.5"),
      Value(Value::Table{
          {"task_config", Value::Table{{"start", Value::Table{{"attitude_rad", Value(0.5)}}}}}}));
}

TEST(ParseSetting, ReadsTomlValuesAndBareWords) {
  EXPECT_EQ(*parse_setting("a=3").find("a"), Value(3));
  EXPECT_EQ(*parse_setting("a=true").find("a"), Value(true));
  EXPECT_EQ(*parse_setting("a=\"two words\"").find("a"), Value("two words"));
  EXPECT_EQ(*parse_setting("a=velocity").find("a"), Value("velocity"));
  EXPECT_EQ(*parse_setting("a=my/scene.toml").find("a"), Value("my/scene.toml"));
  EXPECT_EQ(*parse_setting("a=[\"pose\", \"goal\"]").find("a"),
            Value(Value::Array{Value("pose"), Value("goal")}));
}

TEST(ParseSetting, RefusesWhatIsNoSetting) {
  EXPECT_NE(message_of("episode_s").find("must be key=value"), std::string::npos);
  EXPECT_NE(message_of("=3").find("names joined by dots"), std::string::npos);
  EXPECT_NE(message_of("a..b=3").find("names joined by dots"), std::string::npos);
  EXPECT_NE(message_of("a=[1").find("--set a=[1"), std::string::npos);
  EXPECT_NE(message_of("a=two words").find("--set a=two words"), std::string::npos);
}

TEST(ReadConfig, AConfigIsReadAsItStands) {
  const TemporaryFile file("task = \"hover\"\n[scene]\nbase = \"room\"\n");
  const Value config = read_config(file.path());
  EXPECT_EQ(*config.find("task"), Value("hover"));
  EXPECT_EQ(*config.find("scene")->find("base"), Value("room"));
}

TEST(ReadConfig, AFileOfGeometryBecomesTheScene) {
  const TemporaryFile file("[[statics]]\nkind = \"plane\"\n");
  const Value config = read_config(file.path());
  ASSERT_NE(config.find("scene"), nullptr);
  EXPECT_NE(config.find("scene")->find("statics"), nullptr);
  EXPECT_EQ(config.find("statics"), nullptr);
}

TEST(ReadConfig, MeshFilesLieBesideTheFileThatNamesThem) {
  const auto mesh = std::filesystem::temp_directory_path() / "volery_config_file_test.obj";
  std::ofstream(mesh) << "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n";
  const std::string statics = "statics = [{kind = 'mesh', file = 'volery_config_file_test.obj'}]\n";
  for (const std::string& text : {statics, "[scene]\n" + statics}) {
    const TemporaryFile file(text);
    const Value config = read_config(file.path());
    const Value& solid = config.find("scene")->find("statics")->as<Value::Array>()[0];
    EXPECT_EQ(*solid.find("file"), Value(mesh.string()));
  }
  std::filesystem::remove(mesh);
}

TEST(ReadConfig, NamesTheFileThatCannotBeRead) {
  try {
    static_cast<void>(read_config("no/such/file.toml"));
    FAIL() << "read a file that is not there";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("no/such/file.toml"), std::string::npos);
  }
}

}  // namespace
}  // namespace volery::io
