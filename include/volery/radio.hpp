// What programs see of the radio: its config, what became of a transmission, what is counted, who
// jams.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "state/jammer_records.hpp"

namespace volery {

/// A transmission at one agent that might have heard it.
struct Packet {
  std::int32_t world = 0;
  std::uint32_t step = 0;  // agent steps since the reset when it was sent
  std::int32_t sender = 0;
  std::int32_t receiver = 0;
  std::int32_t fate = 0;         // index into radio_count_names()
  std::int32_t delay_steps = 0;  // until it is observed; of delivered ones
  std::int32_t bytes = 0;
  float distance_m = 0;
};

/// A sphere in which receivers lose messages. Jammers of the config come and go by its times; these
/// are put down in mid-episode (Batch::set_jammers).
struct Jammer {
  std::vector<float> center_w_m{0, 0, 0};
  float radius_m = 10;
  float probability = 1;  // of loss, at the center
  bool falling = false;   // linearly to 0 at the rim; else the same everywhere inside
  void describe(FieldVisitor& v);
  friend bool operator==(const Jammer&, const Jammer&) = default;
};

/// A list of tables of Jammer's fields. Throws Error, starting with `path`, for an unknown field
/// and for what is out of range.
[[nodiscard]] std::vector<Jammer> jammers_of(const Value& list, const std::string& path);

/// Names of the columns of the state field "radio_counts": the fates of all that an agent might
/// have heard, then what it did itself.
[[nodiscard]] const std::vector<std::string>& radio_count_names();

/// The fields of the table config.radio, for docs.
[[nodiscard]] std::vector<FieldRow> radio_fields();

}  // namespace volery
