// Pictures by rays allocate nothing once their lists have grown: counted in front of malloc.
#include <gtest/gtest.h>

#include "camera/rig.hpp"
#include "core/toml.hpp"
#include "tests/batch/rig.hpp"
#include "tests/core/malloc_calls.hpp"

#if defined(VOLERY_COUNTS_MALLOC)

namespace volery::camera {
namespace {

TEST(CameraAllocation, PicturesOfAnEpisodeSeenBeforeAllocateNothing) {
  BatchConfig config = test::crowd(4, 12);
  config.scene = parse_toml("base = \"hall\"\n[[props]]\nkind = \"box\"\n", "test");
  config.vehicle = parse_toml(
      "base = \"cf2x\"\n[[cameras]]\nname = \"front\"\nrate_hz = 15\ndepth_noise_m = 0.01\n",
      "test");
  test::Rig flight(config);
  Rig rig(flight.batch, {.rgb = true,
                         .segmentation = true,
                         .width = 32,
                         .height = 32,
                         .backend = Backend::kRays,
                         .num_threads = 2});
  std::vector<float> depth_m(rig.num_pixels());
  std::vector<std::uint8_t> rgb(rig.num_pixels() * 3);
  std::vector<std::uint32_t> ids(rig.num_pixels());
  long in_reads = 0;
  // each thread must have met the longest list: several passes, the last one counts
  for (int pass = 0; pass < 6; ++pass) {
    in_reads = 0;
    flight.reset(3);
    for (int i = 0; i < 20; ++i) {
      const long before = test::malloc_calls.load();
      rig.read(flight.batch, {depth_m.data(), rgb.data(), ids.data()}, true);
      in_reads += test::malloc_calls.load() - before;
      flight.draw_actions(1, i);
      flight.step();
    }
    if (pass > 0 && in_reads == 0) break;
  }
  EXPECT_EQ(in_reads, 0);
}

}  // namespace
}  // namespace volery::camera

#endif
