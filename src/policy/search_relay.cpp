// search_relay: sweep the own sector and flood what is known of targets.
//
// The sweep is a square round the middle of the sector, by the clock. What an agent has seen or
// heard of it says again, the seldom said first, at random times that grow longer: flooding with a
// cache of what is known already (each record is kept once) and with jitter, since neighbors who
// have just heard the same would all speak at once.
#include <algorithm>

#include "core/rng.hpp"
#include "policy/avoid_common.hpp"
#include "policy/pilot_common.hpp"
#include "state/message_rows.hpp"
#include "state/task_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr float kCruiseMps = 1.0F;
constexpr float kSweepMps = 0.4F;
// The square's half side, as a share of the sector's.
constexpr float kSweepShare = 0.55F;
// Chance of speaking in a step, for records never said, its factor with each saying, its least.
constexpr float kSpeak = 0.25F;
constexpr float kSpeakAgain = 0.7F;
constexpr float kLeastSpeak = 0.01F;

class SearchRelayPolicy final : public Policy {
 public:
  explicit SearchRelayPolicy(const PolicyContext& context)
      : pilot_(context, "search_relay"),
        avoidance_(context, "search_relay"),
        outbox_(context.outbox),
        goal_(policy::need_group(context, "search_relay", "goal", 3)),
        task_(policy::need_group(context, "search_relay", "task", kNumSearchColumns)),
        speed_mps_(std::min(kCruiseMps, pilot_.max_speed_mps())) {}

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t seed,
           std::uint32_t step) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      float* const out = action + row * action_stride;
      const float* const seen = in + task_;
      const Vec3 way = policy::read_vec3(in + goal_) + place_in_square(seen);
      const Vec3 wished = pilot_.approach(way, speed_mps_);
      const Vec3 safe = avoidance_.avoid(in, way, wished, pilot_.position_per_s());
      pilot_.fly(pilot_.read(in), policy::limited(safe, pilot_.max_speed_mps()), out);
      if (!outbox_.any()) continue;
      Rng rng(seed, 0, Stream::kAction, static_cast<std::uint32_t>(row), step);
      speak(seen, rng, out);
    }
  }

 private:
  // where on the square round the middle of the sector to be now, from that middle
  [[nodiscard]] static Vec3 place_in_square(const float* seen) noexcept {
    const float half_x_m = kSweepShare * seen[kSearchHalfX];
    const float half_y_m = kSweepShare * seen[kSearchHalfY];
    const float round_m = 4 * (half_x_m + half_y_m);
    if (!(round_m > 0)) return {};
    const float rounds = seen[kSearchTime] * kSweepMps / round_m;
    const float u = 4 * (rounds - static_cast<float>(static_cast<int>(rounds)));
    // corner to corner, counter-clockwise from the south-west
    const float along = 2 * (u - static_cast<float>(static_cast<int>(u))) - 1;
    switch (static_cast<int>(u)) {
      case 0:
        return {half_x_m * along, -half_y_m, 0};
      case 1:
        return {half_x_m, half_y_m * along, 0};
      case 2:
        return {-half_x_m * along, half_y_m, 0};
      default:
        return {-half_x_m, -half_y_m * along, 0};
    }
  }

  void speak(const float* seen, Rng& rng, float* out) const noexcept {
    std::fill_n(out + outbox_.data.first, outbox_.data.count, 0.0F);
    out[outbox_.send] = 0;
    if (outbox_.to >= 0) out[outbox_.to] = static_cast<float>(kBroadcast);
    if (outbox_.channel >= 0) out[outbox_.channel] = 0;
    // the base listens
    if (seen[kSearchBaseX] == 0 && seen[kSearchBaseY] == 0) return;

    bool used[kMostRecords] = {};
    float least_sent = 0;
    int said = 0;
    for (int first = 0; first + kRecordSize <= outbox_.data.count; first += kRecordSize) {
      const int index = seldom_said(seen, used);
      if (index < 0) break;
      used[index] = true;
      const float* const record = seen + kSearchRecords + index * kSearchRecordSize;
      if (said++ == 0) least_sent = record[kRecordSize];
      std::copy_n(record, kRecordSize, out + outbox_.data.first + first);
    }
    if (said == 0) return;
    float chance = kSpeak;
    for (int i = 0; i < static_cast<int>(least_sent) && chance > kLeastSpeak; ++i)
      chance *= kSpeakAgain;
    out[outbox_.send] = rng.uniform() < std::max(chance, kLeastSpeak) ? 1.0F : 0.0F;
  }

  // the known record that was said least often and is not used yet; -1 where there is none
  [[nodiscard]] static int seldom_said(const float* seen, const bool* used) noexcept {
    int best = -1;
    float least = 0;
    for (int i = 0; i < kMostRecords; ++i) {
      const float* const record = seen + kSearchRecords + i * kSearchRecordSize;
      if (used[i] || record[kRecordCode] == 0) continue;
      if (best >= 0 && record[kRecordSize] >= least) continue;
      best = i;
      least = record[kRecordSize];
    }
    return best;
  }

  policy::Pilot pilot_;
  policy::Avoidance avoidance_;
  OutboxColumns outbox_;
  int goal_, task_;
  float speed_mps_;
};

}  // namespace

extern const PolicyEntry policy_search_relay;
const PolicyEntry policy_search_relay{
    .name = "search_relay",
    .doc = "Sweeps its sector round obstacles and floods what is known of targets.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<SearchRelayPolicy>(context);
    },
    .speaks = true};

}  // namespace volery
