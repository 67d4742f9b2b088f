// sync: pulse when the period is over, or at once where somebody else does and half of it is.
//
// The strongest form of excitatory pulse coupling (Mirollo, Strogatz, "Synchronization of
// pulse-coupled biological oscillators", SIAM J. Appl. Math. 50(6), 1990) with a refractory half:
// whoever is past it is absorbed, whoever is not stays and will absorb the others. Echoes come back
// within twice the latency, when everyone is refractory (Werner-Allen et al., SenSys 2005).
#include <algorithm>

#include "policy/pilot_common.hpp"
#include "state/message_rows.hpp"
#include "state/task_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

// Pulses heard before this share of the period change nothing.
constexpr float kRefractory = 0.5F;

class SyncPolicy final : public Policy {
 public:
  explicit SyncPolicy(const PolicyContext& context)
      : pilot_(context, "sync"),
        outbox_(context.outbox),
        step_s_(context.step_s),
        goal_(policy::need_group(context, "sync", "goal", 3)),
        task_(policy::need_group(context, "sync", "task", kNumSyncColumns)) {
    if (outbox_.any()) inbox_ = context.group("inbox");
  }

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      float* const out = action + row * action_stride;
      const Vec3 way = policy::read_vec3(in + goal_);
      pilot_.fly(pilot_.read(in), pilot_.approach(way, pilot_.max_speed_mps()), out);
      if (!outbox_.any()) continue;
      std::fill_n(out + outbox_.data.first, outbox_.data.count, 0.0F);
      if (outbox_.to >= 0) out[outbox_.to] = static_cast<float>(kBroadcast);
      if (outbox_.channel >= 0) out[outbox_.channel] = 0;
      // the pulse comes at the end of this step
      const float since_s = in[task_ + kSyncSincePulse] + step_s_;
      const float period_s = in[task_ + kSyncPeriod];
      // filled slots come first, so the mask of the first tells whether anything was heard
      const bool heard = inbox_.first >= 0 && in[inbox_.first] != 0;
      const bool over = since_s > period_s - 0.5F * step_s_;
      const bool joins = heard && since_s > kRefractory * period_s;
      out[outbox_.send] = over || joins ? 1.0F : 0.0F;
    }
  }

 private:
  policy::Pilot pilot_;
  OutboxColumns outbox_;
  ColumnRange inbox_;
  float step_s_;
  int goal_, task_;
};

}  // namespace

extern const PolicyEntry policy_sync;
const PolicyEntry policy_sync{
    .name = "sync",
    .doc = "Hovers, and pulses when its period is over or when half of it is and others do.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<SyncPolicy>(context);
    },
    .speaks = true};

}  // namespace volery
