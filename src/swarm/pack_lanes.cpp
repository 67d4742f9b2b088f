// From blocks to packed agents: four lanes of four rows become four rows of four numbers.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "swarm/pack_lanes.cpp"
#include <hwy/foreach_target.h>
#include "core/transpose_lanes.hpp"
#include "swarm/neighbors.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::swarm::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

#if HWY_TARGET != HWY_SCALAR
HWY_INLINE void pack_block(const float* block, PackedAgent* out) {
  constexpr std::ptrdiff_t kStride = sizeof(PackedAgent) / sizeof(float);
  const FourTag d;
  for (int lane = 0; lane < kLanes; lane += 4) {
    const auto row = [&](int r) { return hn::Load(d, block + r * kLanes + lane); };
    const auto x = row(kPosition), y = row(kPosition + 1), z = row(kPosition + 2);
    // neither absent nor at a position that is not finite: an infinity less itself is no number
    const auto sum = hn::Add(hn::Add(x, y), z);
    const auto finite = hn::Eq(hn::Sub(sum, sum), hn::Zero(d));
    const auto here = hn::Ne(row(kMode), hn::Set(d, static_cast<float>(BodyMode::kAbsent)));
    const auto present = hn::IfThenElseZero(hn::And(finite, here), hn::Set(d, 1.0F));
    float* const first = &out[lane].position_w_m.x;
    transpose_four(x, y, z, row(kVelocity), first, kStride);
    transpose_four(row(kVelocity + 1), row(kVelocity + 2), present, hn::Zero(d), first + 4,
                   kStride);
  }
}
#else
HWY_INLINE void pack_block(const float* block, PackedAgent* out) {
  for (int lane = 0; lane < kLanes; ++lane) {
    const float* const at = block + lane;
    const auto vec3 = [&](int r) {
      return Vec3{at[r * kLanes], at[(r + 1) * kLanes], at[(r + 2) * kLanes]};
    };
    const Vec3 position = vec3(kPosition);
    const float sum = position.x + position.y + position.z;
    const bool absent = at[kMode * kLanes] == static_cast<float>(BodyMode::kAbsent);
    out[lane] = {position, vec3(kVelocity), !absent && sum - sum == 0 ? 1.0F : 0.0F};
  }
}
#endif

void pack(const Blocks& agents, int first_block, int last_block, PackedAgent* out) {
  for (int b = first_block; b < last_block; ++b) pack_block(agents.block(b), out + b * kLanes);
}

}  // namespace volery::swarm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::swarm {

HWY_EXPORT(pack);

void pack_agents(const Blocks& agents, int first_block, int last_block, PackedAgent* out) noexcept {
  HWY_DYNAMIC_DISPATCH(pack)(agents, first_block, last_block, out);
}

}  // namespace volery::swarm
#endif
