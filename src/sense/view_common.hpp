// The limits of seeing others: where an agent looks, what hides whom, how wrong and how old what it
// sees is. All off by default; the neighbors sensor is then exact and costs what it did.
#pragma once

#include <optional>
#include <vector>

#include "core/math.hpp"
#include "model/teams.hpp"
#include "sense/held_common.hpp"
#include "sense/neighbor_rows_common.hpp"
#include "sense/rows_common.hpp"
#include "sense/sight_common.hpp"
#include "sense/slot_draws_common.hpp"

namespace volery::sense {

enum class Occlusion : int { kNothing, kStatics, kAll };

struct ViewConfig {
  float cone_rad = kPi;
  float azimuth_rad = kPi;
  Occlusion hidden_by = Occlusion::kNothing;
  int candidates = 0;
  float position_noise_m = 0;
  float position_noise_relative = 0;
  float velocity_noise_mps = 0;
  float dropout = 0;
  float false_positives = 0;
  float rate_hz = 0;
  float delay_s = 0;
  bool team = false;
  bool type = false;
  bool index = false;
  void describe(FieldVisitor& v);
  /// True where some in reach may not be seen, so that more than the slots are looked at.
  [[nodiscard]] bool selects() const noexcept {
    return cone_rad < kPi || azimuth_rad < kPi || hidden_by != Occlusion::kNothing || dropout > 0;
  }
  [[nodiscard]] bool is_noisy() const noexcept {
    return position_noise_m > 0 || position_noise_relative > 0 || velocity_noise_mps > 0;
  }
  [[nodiscard]] bool is_late() const noexcept { return rate_hz > 0 || delay_s > 0; }
  /// True where the sensor is exact and has its usual columns.
  [[nodiscard]] bool is_plain() const noexcept {
    return !selects() && !is_noisy() && !is_late() && false_positives <= 0 && !team && !type &&
           !index;
  }
  [[nodiscard]] int num_extra_columns() const noexcept {
    return (team ? 1 : 0) + (type ? 1 : 0) + (index ? 1 : 0);
  }
};

/// What every slot has.
struct SlotSpec {
  int count = 0;
  float radius_m = 0;
  Frame frame = Frame::kWorld;
};

/// Writes slots as seen under a ViewConfig that is not plain.
class View {
 public:
  View(const ViewConfig& config, const SlotSpec& slots, const SensorContext& context);

  /// The columns after the usual ones of a slot.
  [[nodiscard]] std::vector<Column> extra_columns(const std::string& slot) const;
  [[nodiscard]] swarm::NeighborQuery query() const noexcept {
    return {num_candidates_, slots_.radius_m};
  }
  [[nodiscard]] bool has_memory() const noexcept { return held_.has_value(); }
  void start(const SenseInput& in, int first_agent, int last_agent) const noexcept;
  void advance(const SenseInput& in, int first_agent, int last_agent) const noexcept;
  void write(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept;

 private:
  /// One agent that looks, while its row is written.
  struct Looker;
  /// Position and velocity as the observation has them.
  struct Motion {
    Vec3 position_w_m, velocity_w_mps;
    Quat quat_wb;
  };
  [[nodiscard]] Motion motion(const SenseInput& in, int agent) const noexcept;
  [[nodiscard]] bool is_in_view(const Looker& looker, int other) const noexcept;
  int choose(const Looker& looker, int* shown) const noexcept;
  int keep_unhidden(const Looker& looker, const int* others, int num_others,
                    int* shown) const noexcept;
  void write_slot(const Looker& looker, int slot, int other, float* row) const noexcept;
  void write_ghost(const Looker& looker, int slot, float* row) const noexcept;

  ViewConfig config_;
  SlotSpec slots_;
  int num_candidates_ = 0;
  int num_columns_ = 0;  // of a slot
  float cone_cosine_ = -1;
  float azimuth_cosine_ = -1;
  Sight sight_;
  std::optional<Teams> teams_;
  int type_row_ = -1;
  std::optional<HeldRows> held_;  // position, velocity, attitude of everyone
};

}  // namespace volery::sense
