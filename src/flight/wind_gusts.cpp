#include "flight/wind_gusts.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace volery::flight {

void GustConfig::describe(FieldVisitor& v) {
  v.field("start_s", start_s,
          {.unit = "s", .low = 0, .high = 1e6, .doc = "time of the episode at which it begins"});
  v.field("duration_s", duration_s,
          {.unit = "s", .low = 1e-3, .high = 1e6, .doc = "from calm to calm"});
  v.field("velocity_w_mps", velocity_w_mps,
          {.unit = "m/s", .low = -50, .high = 50, .doc = "at the peak, world frame", .size = 3});
}

void RandomGustConfig::describe(FieldVisitor& v) {
  v.field("speed_mps", speed_mps,
          {.unit = "m/s", .low = 0, .high = 50, .doc = "largest size at the peak; 0: no gusts"});
  v.field("interval_s", interval_s,
          {.unit = "s", .low = 0.01, .high = 1e5, .doc = "one gust in each interval of this"});
  v.field("duration_s", duration_s,
          {.unit = "s", .low = 1e-3, .high = 1e5, .doc = "from calm to calm; at most interval_s"});
  v.field("vertical_share", vertical_share,
          {.low = 0, .high = 1, .doc = "largest vertical part, of the horizontal one"});
}

GustTrain::GustTrain(const std::vector<GustConfig>& gusts, const RandomGustConfig& random,
                     Vec3 mean_w_mps, float min_convection_mps, float agent_step_s)
    : step_s(agent_step_s), speed_mps(random.speed_mps), vertical_share(random.vertical_share) {
  for (const GustConfig& gust : gusts) {
    const std::vector<float>& v = gust.velocity_w_mps;
    timed.push_back({gust.start_s, 1 / gust.duration_s, {v[0], v[1], v[2]}});
  }
  if (!(random.speed_mps > 0)) return;
  if (random.duration_s > random.interval_s) {
    throw Error(ErrorKind::kValue,
                "wind.random_gusts.duration_s = " + std::to_string(random.duration_s) +
                    ": must be at most interval_s = " + std::to_string(random.interval_s));
  }
  const float wind_mps = std::sqrt(mean_w_mps.x * mean_w_mps.x + mean_w_mps.y * mean_w_mps.y);
  if (wind_mps > 0) {
    along_x = mean_w_mps.x / wind_mps;
    along_y = mean_w_mps.y / wind_mps;
  }
  // whole steps, so that times stay exact however long an episode lasts
  const float steps = std::max(1.0F, std::round(random.interval_s / agent_step_s));
  interval_steps = static_cast<std::uint32_t>(steps);
  convection_mps = std::max(wind_mps, min_convection_mps);
  interval_m = convection_mps * (steps * agent_step_s);
  length_m = std::min(convection_mps * random.duration_s, interval_m);
}

}  // namespace volery::flight
