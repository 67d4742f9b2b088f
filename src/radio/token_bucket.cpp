#include "radio/token_bucket.hpp"

#include <cstdint>

namespace volery::radio {

void TokenBucketConfig::describe(FieldVisitor& v) {
  v.field("rate_bytes_ps", rate_bytes_ps,
          {.unit = "B/s", .low = 0, .high = 1e9, .doc = "bytes per second; 0: no limit"});
  v.field("burst_bytes", burst_bytes,
          {.unit = "B",
           .low = 1,
           .high = 1e6,
           .doc = "bytes at once after silence; in t seconds never more than this + rate t"});
}

TokenBucket::TokenBucket(const TokenBucketConfig& config, int max_bytes, float step_s,
                         const std::string& path)
    : any_(config.rate_bytes_ps > 0), burst_bytes_(config.burst_bytes) {
  if (!any_) return;
  if (config.burst_bytes < static_cast<float>(max_bytes)) {
    throw Error(ErrorKind::kValue, path + ".burst_bytes = " + std::to_string(config.burst_bytes) +
                                       ": must be at least the largest message, " +
                                       std::to_string(max_bytes) + " B");
  }
  // spacing of floats just below the burst: all levels are multiples of it, and exact
  double grain = 0x1p-30;
  while (grain * 0x1p+24 < static_cast<double>(burst_bytes_)) grain *= 2;
  const double refill = static_cast<double>(config.rate_bytes_ps) * static_cast<double>(step_s);
  const double grains = refill / grain;
  if (grains < 1) {
    throw Error(ErrorKind::kValue,
                path + ".rate_bytes_ps = " + std::to_string(config.rate_bytes_ps) +
                    ": must be at least " + std::to_string(grain / static_cast<double>(step_s)) +
                    " with burst_bytes = " + std::to_string(config.burst_bytes));
  }
  // more than a full bucket per step changes nothing
  const double most = static_cast<double>(burst_bytes_) / grain;
  refill_bytes_ = static_cast<float>(
      static_cast<double>(static_cast<std::int64_t>(grains < most ? grains : most)) * grain);
}

}  // namespace volery::radio
