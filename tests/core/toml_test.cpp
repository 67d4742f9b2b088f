#include "core/toml.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

#include "volery/error.hpp"

namespace volery {
namespace {

std::string error_of(const std::function<void()>& call, ErrorKind kind) {
  try {
    call();
    return "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
}

TEST(Toml, ReadsEveryKindOfValue) {
  const Value value = parse_toml(
      "on = true\ncount = 3\nrate = 2.5\nname = 'x'\nlist = [1, 2.5, 'a']\n"
      "[deep.er]\nkey = -1\n[[rotors]]\nspin = 1\n[[rotors]]\nspin = -1\n",
      "test");
  EXPECT_EQ(
      value.to_text(),
      "{count = 3, deep = {er = {key = -1}}, list = [1, 2.5, \"a\"], name = \"x\", on = true, "
      "rate = 2.5, rotors = [{spin = 1}, {spin = -1}]}");
}

TEST(Toml, WritesWhatItReads) {
  const char* text =
      "plain = 1\n\"odd key\" = [[1, 2], [], [{a = 1}, 2]]\nempty = {}\ntext = \"\"\"a\n\\\"b\\\" "
      "\\u0001\"\"\"\nlarge = 1e300\nsmall = -0.0\n[deep]\n[deep.\"er.s\"]\nlast = "
      "[]\n[[rotors]]\nspin = 1\n[rotors.hub]\nx = 0.1\n[[rotors]]\n";
  const Value value = parse_toml(text, "test");
  EXPECT_EQ(parse_toml(write_toml(value), "written"), value) << write_toml(value);
  const double small = parse_toml(write_toml(value), "written").find("small")->as<double>();
  EXPECT_TRUE(std::signbit(small));
}

TEST(Toml, KeepsEveryBitOfANumber) {
  for (const double number : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 16.571710e-6}) {
    Value value;
    value.table().emplace("x", number);
    EXPECT_EQ(parse_toml(write_toml(value), "written").find("x")->as<double>(), number);
  }
}

TEST(Toml, PlacesSyntaxErrors) {
  const auto parse = [](const char* text) {
    return error_of([text] { (void)parse_toml(text, "a.toml"); }, ErrorKind::kValue);
  };
  EXPECT_TRUE(parse("x = 1\ny = \n").starts_with("a.toml:2:5: ")) << parse("x = 1\ny = \n");
  EXPECT_TRUE(parse("x = 1\nx = 2").starts_with("a.toml:2:")) << parse("x = 1\nx = 2");
}

TEST(Toml, RefusesDates) {
  EXPECT_EQ(error_of([] { (void)parse_toml("day = 2020-01-01", "a.toml"); }, ErrorKind::kType),
            "a.toml:1:7: dates and times have no meaning here");
}

TEST(Toml, WritesTablesOnly) {
  EXPECT_EQ(error_of([] { (void)write_toml(3); }, ErrorKind::kType),
            "a TOML file holds a table, not an integer");
}

TEST(ReadToml, ReadsFilesAndNamesThoseItCannot) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("volery_toml_test_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const auto file = folder / "a.toml";
  std::ofstream(file) << "x = 1\n";
  EXPECT_EQ(read_toml(file).to_text(), "{x = 1}");
  std::ofstream(file, std::ios::trunc).close();
  EXPECT_EQ(read_toml(file).to_text(), "{}") << "an empty file is an empty table";
  std::ofstream(file) << "x = \n";
  EXPECT_TRUE(error_of([&] { (void)read_toml(file); }, ErrorKind::kValue)
                  .starts_with(file.string() + ":1:"));
  EXPECT_EQ(error_of([&] { (void)read_toml(folder / "b.toml"); }, ErrorKind::kFile),
            "cannot read '" + (folder / "b.toml").string() + "': No such file or directory");
  EXPECT_EQ(error_of([&] { (void)read_toml(folder); }, ErrorKind::kFile),
            "cannot read '" + folder.string() + "': Is a directory");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace volery
