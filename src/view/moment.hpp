// Moment: one world of a batch as it is at one time, in plain arrays. Whatever shows a world (the
// off-screen pictures of Python, the viewer live or replaying, a page) shows moments, so that it
// does not matter where they come from.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/fleet.hpp"
#include "model/teams.hpp"
#include "render/frame.hpp"
#include "scene/cable.hpp"
#include "volery/batch.hpp"
#include "volery/radio.hpp"
#include "volery/sensor.hpp"
#include "volery/task.hpp"

namespace volery::view {

/// What does not change while a batch lives.
struct Scenery {
  render::Stage stage;
  int num_agents = 0;
  int num_props = 0;
  float step_s = 0;
  std::vector<int> vehicle_of;          // [A] index into stage.vehicles
  std::vector<int> team_of;             // [A]
  std::vector<std::string> team_names;  // may be empty
  std::vector<std::string> fates;       // radio_count_names(), empty without a radio
  std::vector<Cable> cables;            // of each world
};
[[nodiscard]] Scenery scenery_of(const Batch& batch);

/// One agent of it.
struct AgentPose {
  Vec3 position_w_m;
  Quat quat_wb;
  Vec3 velocity_w_mps;
  Vec3 air_w_mps;               // of the air around it: wind and downwash
  float rotor_speed_radps = 0;  // mean over its rotors
  bool alive = true;
  bool present = true;    // false: has not joined yet, or was removed
  bool touching = false;  // anything, in the last agent step
};

struct PropPose {
  Vec3 position_w_m;
  Quat quat_wb;
  bool present = true;
};

/// Packets need a batch that keeps them; goals a task that has them. Empty where there is none.
struct Moment {
  int world = 0;
  double time_s = 0;          // since the world's reset
  std::uint32_t episode = 0;  // of the world
  std::uint64_t step = 0;     // agent steps since the batch was reset
  double share = 1;           // of the way from the step before: 1, or what was interpolated
  bool cut = false;           // the world was reset since the moment before: do not interpolate
  std::vector<AgentPose> agents;
  std::vector<PropPose> props;
  std::vector<Vec3> goals_w_m;  // [A]
  std::vector<Packet> packets;  // of the last step, in this world
  std::vector<Landmark> landmarks;
  std::vector<SensorBeam> beams;  // of the agents that were asked for
};

/// Reads moments of a batch. Keeps its arrays, so one reader per batch; not while a step runs.
class Reader {
 public:
  explicit Reader(const Batch& batch);
  /// Fills `out` with the world as it is. `step`: what Moment.step becomes; `beams_of`: whose
  /// range sensors are to be seen.
  void read(const Batch& batch, int world, std::uint64_t step, Moment& out,
            std::span<const int> beams_of = {});

 private:
  const std::vector<float>& rows(const Batch& batch, int world, const char* field, int count,
                                 int width);
  void read_agents(const Batch& batch, int world, Moment& out);
  void read_props(const Batch& batch, int world, Moment& out);

  int num_rotors_ = 0;  // rows of them
  bool has_goals_ = false;
  bool has_wind_ = false;
  bool has_downwash_ = false;
  std::vector<float> row_;
};

/// The state between two moments of the same world, share in [0, 1]; `b` itself across a cut.
void interpolate(const Moment& a, const Moment& b, double share, Moment& out);

}  // namespace volery::view
