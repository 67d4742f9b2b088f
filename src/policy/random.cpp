// random: the floor that every baseline must beat. Uniform actions in [-1, 1], keyed by seed, step
// and row, so that a run with it is as repeatable as any other. Where there is a radio it babbles:
// half of the time it sends random numbers to everyone.
#include "core/rng.hpp"
#include "state/message_rows.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

class RandomPolicy final : public Policy {
 public:
  RandomPolicy(int num_actions, const OutboxColumns& outbox)
      : num_actions_(num_actions), outbox_(outbox) {}

  void act(const float* /*observation*/, std::ptrdiff_t /*observation_stride*/, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t seed,
           std::uint32_t step) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      Rng rng(seed, 0, Stream::kAction, static_cast<std::uint32_t>(row), step);
      float* const out = action + row * action_stride;
      for (int i = 0; i < num_actions_; ++i) out[i] = rng.uniform(-1, 1);
      if (!outbox_.any()) continue;
      for (int i = 0; i < outbox_.data.count; ++i) out[outbox_.data.first + i] = rng.uniform(-1, 1);
      out[outbox_.send] = rng.uniform(-1, 1);
      if (outbox_.to >= 0) out[outbox_.to] = static_cast<float>(kBroadcast);
      if (outbox_.channel >= 0) out[outbox_.channel] = 0;
    }
  }

 private:
  int num_actions_;
  OutboxColumns outbox_;
};

}  // namespace

extern const PolicyEntry policy_random;
const PolicyEntry policy_random{
    .name = "random",
    .doc = "Uniform random actions; reads nothing.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<RandomPolicy>(context.num_actions, context.outbox);
    },
    .speaks = true};

}  // namespace volery
