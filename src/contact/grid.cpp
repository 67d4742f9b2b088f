#include "contact/grid.hpp"

namespace volery::contact {

namespace {

// the integer at or below v; |v| is far below 2^31 for positions of a world and cells of a drone's
// size
std::int32_t floor_of(float v) noexcept {
  const auto i = static_cast<std::int32_t>(v);
  return static_cast<float>(i) > v ? i - 1 : i;
}

}  // namespace

void SphereGrid::sort(const std::vector<Sphere>& spheres) {
  // cells that hold all but the few spheres that are much larger than the mean
  float mean_m = 0;
  for (const Sphere& s : spheres) mean_m += s.radius_m;
  mean_m /= static_cast<float>(spheres.empty() ? 1 : spheres.size());
  constexpr float kLarge = 4;
  const float cut_m = kLarge * mean_m;
  float widest_m = 0;
  for (const Sphere& s : spheres) {
    if (s.radius_m <= cut_m && s.radius_m > widest_m) widest_m = s.radius_m;
  }
  // two spheres of the same or adjacent cells are at most two cells apart; a little wider for
  // rounding
  const float inverse_cell = 1.0F / (2.001F * widest_m + 1e-3F);

  std::uint32_t buckets = 16;
  while (buckets < spheres.size()) buckets *= 2;
  mask_ = buckets - 1;
  start_.assign(buckets + 1, 0);
  unsorted_.clear();
  large_.clear();
  for (const Sphere& s : spheres) {
    if (s.radius_m > cut_m) {
      large_.push_back(s);
      continue;
    }
    const Vec3 c = s.center_w_m * inverse_cell;
    unsorted_.push_back({s, {floor_of(c.x), floor_of(c.y), floor_of(c.z)}});
    ++start_[bucket(unsorted_.back().cell) + 1];
  }

  // counting sort by bucket, stable
  for (std::uint32_t b = 0; b < buckets; ++b) start_[b + 1] += start_[b];
  items_.resize(unsorted_.size());
  for (std::size_t i = unsorted_.size(); i-- > 0;) {
    items_[static_cast<std::size_t>(--start_[bucket(unsorted_[i].cell) + 1])] = unsorted_[i];
  }
  // after placing backwards start_[b + 1] is the start of bucket b: shift back
  for (std::uint32_t b = 0; b < buckets; ++b) start_[b] = start_[b + 1];
  start_[buckets] = static_cast<std::int32_t>(items_.size());
}

}  // namespace volery::contact
