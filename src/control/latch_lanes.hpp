// The place to go to in an agent step, latched when it begins: shared by the position level, the
// laws that track, rovers and particles.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_CONTROL_LATCH_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_CONTROL_LATCH_LANES_HPP_
#undef VOLERY_CONTROL_LATCH_LANES_HPP_
#else
#define VOLERY_CONTROL_LATCH_LANES_HPP_
#endif

#include "control/mixer_lanes.hpp"
#include "core/vec3_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

/// Where the action's first three columns point to, from where the agent is now; the rows are those
/// of position_setpoint_row().
HWY_INLINE void latch_position(float* lanes, int action_row, int setpoint_row) {
  const Vec3F32 offset_m = F32(kPositionReachM) * load_vec3(lanes, action_row);
  store_vec3(lanes, setpoint_row, load_vec3(lanes, kPosition) + offset_m);
}

/// latch_position() for the blocks of a controller whose constants name both rows.
template <class Constants>
HWY_INLINE void latch_positions(const Constants& c, const Blocks& blocks, int first_block,
                                int last_block) {
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes)
      latch_position(blocks.block(b) + lane, c.action_row, c.setpoint_row);
  }
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_CONTROL_LATCH_LANES_HPP_
