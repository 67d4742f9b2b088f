#include "batch/disturbance.hpp"

#include <algorithm>
#include <cstdint>

#include "core/rng.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "batch/disturbance.cpp"
#include <hwy/foreach_target.h>

#include "core/philox_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::batch::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

/// Key and counter of the 16 lanes of a block.
struct alignas(64) Keys {
  std::uint32_t seed_low[kLanes], seed_high[kLanes], agent[kLanes], step[kLanes], stream[kLanes];

  Keys(const Slab& slab, int b) {
    int world = b * kLanes / slab.num_agents;
    int local = b * kLanes % slab.num_agents;
    for (int l = 0; l < kLanes; ++l) {
      const WorldHeader& header = slab.worlds[world];
      seed_low[l] = static_cast<std::uint32_t>(header.seed);
      seed_high[l] = static_cast<std::uint32_t>(header.seed >> 32U);
      agent[l] = static_cast<std::uint32_t>(local);
      step[l] = header.step;
      stream[l] = (header.episode << 8U) | static_cast<std::uint32_t>(Stream::kDisturbance);
      // counted, as a division takes ten cycles; past the last world its last keys are repeated
      if (++local < slab.num_agents) continue;
      local = 0;
      world = std::min(world + 1, slab.num_worlds - 1);
    }
  }
  [[nodiscard]] HWY_INLINE PhiloxLanes random(int lane) const {
    return {load_words(seed_low + lane), load_words(seed_high + lane), same_words(0),
            load_words(agent + lane),    load_words(step + lane),      load_words(stream + lane)};
  }
};

/// mean + std times three normal draws, into three rows.
HWY_INLINE void draw_vector(const PhiloxLanes& random, std::uint32_t draw, Vec3 mean, float std,
                            float* rows) {
  F32 n[4] = {F32(0.0F), F32(0.0F), F32(0.0F), F32(0.0F)};
  if (std > 0) normals(random, draw, n);
  (F32(mean.x) + F32(std) * n[0]).store(rows);
  (F32(mean.y) + F32(std) * n[1]).store(rows + kLanes);
  (F32(mean.z) + F32(std) * n[2]).store(rows + 2 * kLanes);
}

/// The same where each agent has a mean and a deviation of its own.
HWY_INLINE void draw_own_vector(const PhiloxLanes& random, std::uint32_t draw, const float* mean,
                                const float* std, float* rows) {
  F32 n[4];
  normals(random, draw, n);
  for (int axis = 0; axis < 3; ++axis)
    (F32::load(mean + axis * kLanes) + F32::load(std) * n[axis]).store(rows + axis * kLanes);
}

void draw_kernel(const WrenchSpec& spec, const WrenchRows& rows, const Slab& slab, int first,
                 int last) {
  for (int b = first; b < last; ++b) {
    const Keys keys(slab, b);
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const PhiloxLanes random = keys.random(lane);
      if (rows.law >= 0) {
        const float* law = slab.agents.row(b, rows.law) + lane;
        draw_own_vector(random, 0, law, law + 6 * kLanes, slab.agents.row(b, rows.force) + lane);
        draw_own_vector(random, 1, law + 3 * kLanes, law + 7 * kLanes,
                        slab.agents.row(b, rows.torque) + lane);
        continue;
      }
      draw_vector(random, 0, spec.force_w_n, spec.force_std_n,
                  slab.agents.row(b, rows.force) + lane);
      draw_vector(random, 1, spec.torque_b_nm, spec.torque_std_nm,
                  slab.agents.row(b, rows.torque) + lane);
    }
  }
}

}  // namespace volery::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::batch {

HWY_EXPORT(draw_kernel);

void draw_wrenches(const WrenchSpec& spec, const WrenchRows& rows, const Slab& slab, int first,
                   int last) noexcept {
  HWY_DYNAMIC_DISPATCH(draw_kernel)(spec, rows, slab, first, last);
}

}  // namespace volery::batch
#endif
