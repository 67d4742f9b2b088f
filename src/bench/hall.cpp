#include "bench/hall.hpp"

#include "core/rng.hpp"

namespace volery::bench {

namespace {

Value triple(float x, float y, float z) {
  return Value(Value::Array{Value(double{x}), Value(double{y}), Value(double{z})});
}

}  // namespace

// A floor and boxes of 0.2 to 1.5 m, turned any way.
Value hall() {
  Rng rng(1, 0, Stream::kTask);
  Value::Array statics{Value(Value::Table{{"kind", Value("plane")}})};
  for (int i = 0; i < kBoxes; ++i) {
    const float x = rng.uniform(-kHall_m / 2, kHall_m / 2);
    const float y = rng.uniform(-kHall_m / 2, kHall_m / 2);
    const float size[3] = {rng.uniform(0.2F, 1.5F), rng.uniform(0.2F, 1.5F),
                           rng.uniform(0.2F, 1.5F)};
    statics.emplace_back(
        Value::Table{{"kind", Value("box")},
                     {"position_w_m", triple(x, y, rng.uniform(0, kHallHeight_m))},
                     {"rpy_rad", triple(rng.uniform(-3, 3), rng.uniform(-1, 1), 0)},
                     {"size_m", triple(size[0], size[1], size[2])}});
  }
  return Value(Value::Table{{"name", Value("hall")}, {"statics", Value(std::move(statics))}});
}

}  // namespace volery::bench
