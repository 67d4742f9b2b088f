// consensus: W-MSR, the mean of what is heard without the extremes.
//
// Of the values heard, up to F that are greater than the own one and up to F that are less are left
// out, the rest and the own one averaged (LeBlanc, Zhang, Koutsoukos, Sundaram, "Resilient
// asymptotic consensus in robust networks", IEEE JSAC 31(4), 2013). With at most F liars among
// those heard the result lies between honest values, whatever the lies. Everyone speaks in every
// step.
#include <algorithm>

#include "policy/pilot_common.hpp"
#include "state/message_rows.hpp"
#include "state/task_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr int kMostHeard = 64;  // slots that an inbox can have

class ConsensusPolicy final : public Policy {
 public:
  explicit ConsensusPolicy(const PolicyContext& context)
      : pilot_(context, "consensus"),
        outbox_(context.outbox),
        goal_(policy::need_group(context, "consensus", "goal", 3)),
        task_(policy::need_group(context, "consensus", "task", kNumConsensusColumns)) {
    if (!outbox_.any()) return;
    inbox_ = context.group("inbox");
    num_slots_ = std::min(context.inbox_slots, kMostHeard);
    if (num_slots_ > 0) slot_size_ = inbox_.count / context.inbox_slots;
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
      out[outbox_.data.first] = agreed(in);
      out[outbox_.send] = 1;
      if (outbox_.to >= 0) out[outbox_.to] = static_cast<float>(kBroadcast);
      if (outbox_.channel >= 0) out[outbox_.channel] = 0;
    }
  }

 private:
  [[nodiscard]] float agreed(const float* in) const noexcept {
    const float own = in[task_ + kConsensusValue];
    const int liars = static_cast<int>(in[task_ + kConsensusLiars]);
    // each slot begins with its mask and ends with the payload
    float heard[kMostHeard];
    int num = 0;
    for (int k = 0; k < num_slots_; ++k) {
      const float* const slot = in + inbox_.first + k * slot_size_;
      if (slot[0] != 0) heard[num++] = slot[slot_size_ - outbox_.data.count];
    }
    std::sort(heard, heard + num);
    int less = 0, greater = 0;
    for (int i = 0; i < num; ++i) {
      less += heard[i] < own ? 1 : 0;
      greater += heard[i] > own ? 1 : 0;
    }
    const int first = std::min(less, liars), last = num - std::min(greater, liars);
    float sum = own;
    for (int i = first; i < last; ++i) sum += heard[i];
    return sum / static_cast<float>(last - first + 1);
  }

  policy::Pilot pilot_;
  OutboxColumns outbox_;
  ColumnRange inbox_;
  int num_slots_ = 0, slot_size_ = 0;
  int goal_, task_;
};

}  // namespace

extern const PolicyEntry policy_consensus;
const PolicyEntry policy_consensus{
    .name = "consensus",
    .doc = "Hovers, and says the mean of what it hears without the extremes (W-MSR).",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<ConsensusPolicy>(context);
    },
    .speaks = true};

}  // namespace volery
