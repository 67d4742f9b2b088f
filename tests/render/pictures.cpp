// Reading, writing and comparing kept pictures.
#include "pictures.hpp"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image.h>
#include <stb/stb_image_write.h>

#include <filesystem>

namespace volery::render::testing {
namespace {

// Two drivers may place an edge a pixel apart and round shades differently: of 160 x 120 pixels a
// hundredth lies on edges. A body that is missing, of another color or in another place is more.
constexpr double kMeanTolerance = 2;        // of 255, over all channels
constexpr double kFarOffTolerance = 0.015;  // share of pixels with a channel off by
constexpr int kFarOff = 24;                 // more than this

}  // namespace

void expect_golden(const Picture& picture, const std::string& name) {
  const std::filesystem::path file =
      std::filesystem::path(VOLERY_SOURCE_DIR) / "tests/render/golden" / (name + ".png");
  if (std::getenv("VOLERY_RENEW_GOLDEN") != nullptr) {
    ASSERT_NE(stbi_write_png(file.c_str(), picture.width, picture.height, 3, picture.rgb.data(),
                             3 * picture.width),
              0);
    return;
  }
  int width = 0, height = 0, channels = 0;
  stbi_uc* kept = stbi_load(file.c_str(), &width, &height, &channels, 3);
  ASSERT_NE(kept, nullptr) << file << ": run the test with VOLERY_RENEW_GOLDEN=1 and look at it";
  ASSERT_EQ(width, picture.width);
  ASSERT_EQ(height, picture.height);
  double sum = 0;
  std::size_t far_off = 0;
  for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
    int most = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const int difference = std::abs(static_cast<int>(picture.rgb[i + c]) - kept[i + c]);
      sum += difference;
      most = std::max(most, difference);
    }
    far_off += most > kFarOff ? 1 : 0;
  }
  stbi_image_free(kept);
  const auto values = static_cast<double>(picture.rgb.size());
  EXPECT_LE(sum / values, kMeanTolerance) << name;
  EXPECT_LE(3 * static_cast<double>(far_off) / values, kFarOffTolerance) << name;
  if (::testing::Test::HasNonfatalFailure()) {
    const std::filesystem::path seen = std::filesystem::temp_directory_path() / (name + ".png");
    stbi_write_png(seen.c_str(), picture.width, picture.height, 3, picture.rgb.data(),
                   3 * picture.width);
    ADD_FAILURE() << "what was drawn is in " << seen;
  }
}

}  // namespace volery::render::testing
