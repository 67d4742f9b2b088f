// The inputs that the fuzzer starts from, and what it found: read once by every test run.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/io/fuzz/recording_target.hpp"

namespace volery::io {
namespace {

TEST(FuzzCorpus, IsReadWithoutHarm) {
  const FuzzTarget target;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(VOLERY_SOURCE_DIR) / "tests/io/fuzz/corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    target.run({data, bytes.size()});
    ++files;
  }
  EXPECT_GT(files, 5);
}

}  // namespace
}  // namespace volery::io
