#include "contact/grid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/types.hpp"

namespace volery::contact {

namespace {

// Where the spheres are along one axis.
struct Spread {
  float low_m = 1e30F;
  float high_m = -1e30F;
  float sum_m = 0;
  float sum_m2 = 0;
  void add(float v) noexcept {
    low_m = v < low_m ? v : low_m;
    high_m = v > high_m ? v : high_m;
    sum_m += v;
    sum_m2 += v * v;
  }
  // most of the spheres: three standard deviations about the mean
  void cut_outliers(float count) noexcept {
    const float mean = sum_m / count;
    const float variance = sum_m2 / count - mean * mean;
    const float most = 3 * std::sqrt(variance > 0 ? variance : 0);
    low_m = low_m < mean - most ? mean - most : low_m;
    high_m = high_m > mean + most ? mean + most : high_m;
  }
  // rounding of the mean may leave nothing of a flat spread
  [[nodiscard]] float size_m() const noexcept { return high_m > low_m ? high_m - low_m : 0; }
};

// Every so many spheres of a world.
struct Sample {
  Spread x, y, z;
  float radii_m = 0;
  float count = 0;
  Sample(const SphereColumns& spheres, int stride) noexcept {
    for (int i = 0; i < spheres.count; i += stride) {
      if (!(spheres.x_m[i] == spheres.x_m[i])) continue;
      x.add(spheres.x_m[i]);
      y.add(spheres.y_m[i]);
      z.add(spheres.z_m[i]);
      radii_m += spheres.radius_m[i];
      ++count;
    }
  }
};

constexpr int kLeastChunk = 2048;  // spheres per list, some 30 us of work

template <class T>
void at_least(std::vector<T>& items, int size) {
  const auto wanted = static_cast<std::size_t>(size);
  if (items.size() < wanted) items.resize(wanted);
}

int most_cells(int num_spheres) {
  // about two cells per sphere: more would only cost memory
  return 2 * num_spheres + 16;
}

}  // namespace

void SphereGrid::find(const SphereColumns& spheres, const Split& split) {
  for (std::vector<float>* column : {&x_m_, &y_m_, &z_m_, &radius_m_}) {
    at_least(*column, spheres.count + kLanes);
  }
  at_least(index_, spheres.count);
  if (spheres.count <= largest_all_pairs_) {
    copy(spheres);
    begin_lists(1);
    meet_all_before(sorted(), 0, spheres.count, lists_[0]);
    return;
  }

  sort(spheres, split);
  // cut the same way however many workers there are
  const int num_chunks = num_sorted_ / kLeastChunk + 1;
  begin_lists(num_chunks + 1);
  split.each(num_chunks, [&](int i) {
    meet_cells(sorted(), Split::edge(num_sorted_, num_chunks, i),
               Split::edge(num_sorted_, num_chunks, i + 1), lists_[static_cast<std::size_t>(i)]);
  });
  meet_all_before(sorted(), num_sorted_, spheres.count,
                  lists_[static_cast<std::size_t>(num_chunks)]);
}

void SphereGrid::begin_lists(int num_lists) {
  num_lists_ = num_lists;
  if (lists_.size() < static_cast<std::size_t>(num_lists)) {
    lists_.resize(static_cast<std::size_t>(num_lists));
    // more than a chunk of hovering drones holds, so that steps allocate nothing
    for (OverlapList& list : lists_) list.pairs.reserve(kLeastChunk / 4);
  }
  for (OverlapList& list : lists_) list.pairs.clear();
}

SortedSpheres SphereGrid::sorted() const noexcept {
  return {x_m_.data(),  y_m_.data(),   z_m_.data(), radius_m_.data(), index_.data(),
          cell_.data(), start_.data(), x_.count,    y_.count,         z_.count};
}

void SphereGrid::copy(const SphereColumns& spheres) {
  std::copy_n(spheres.x_m, spheres.count, x_m_.begin());
  std::copy_n(spheres.y_m, spheres.count, y_m_.begin());
  std::copy_n(spheres.z_m, spheres.count, z_m_.begin());
  std::copy_n(spheres.radius_m, spheres.count, radius_m_.begin());
  for (int i = 0; i < spheres.count; ++i) index_[static_cast<std::size_t>(i)] = i;
}

void SphereGrid::choose_cells(const SphereColumns& spheres, const Split& split) {
  // a sample decides about speed alone; where most of a world takes no part it may hit nobody
  constexpr int kSampleSize = 512;
  const int stride = (spheres.count + kSampleSize - 1) / kSampleSize;
  Sample sample(spheres, stride);
  if (sample.count == 0) sample = Sample(spheres, 1);

  // cells hold all but the few spheres that are much larger than the mean
  constexpr float kLarge = 4;
  x_ = y_ = z_ = Axis{};
  cut_m_ = 0;
  if (sample.count == 0) return;
  cut_m_ = kLarge * sample.radii_m / sample.count;
  const int num_chunks = spheres.count / kLeastChunk + 1;
  at_least(widest_m_, num_chunks);
  split.each(num_chunks, [&](int i) {
    const int first = Split::edge(spheres.count, num_chunks, i);
    const int last = Split::edge(spheres.count, num_chunks, i + 1);
    widest_m_[static_cast<std::size_t>(i)] =
        widest_radius(spheres.radius_m + first, last - first, cut_m_);
  });
  const float widest_m = *std::max_element(widest_m_.begin(), widest_m_.begin() + num_chunks);

  // two spheres that overlap are at most one cell apart; a little wider for rounding
  float cell_m = 2.001F * widest_m + 1e-3F;
  for (Spread* s : {&sample.x, &sample.y, &sample.z}) s->cut_outliers(sample.count);
  const float most = static_cast<float>(most_cells(spheres.count));
  const auto cells = [&](const Spread& s) { return std::floor(s.size_m() / cell_m) + 1; };
  // widen them in sparse worlds
  while (cells(sample.x) * cells(sample.y) * cells(sample.z) > most) cell_m *= 1.3F;
  const auto axis = [&](const Spread& s) {
    return Axis{s.low_m, 1.0F / cell_m, static_cast<std::int32_t>(cells(s))};
  };
  x_ = axis(sample.x);
  y_ = axis(sample.y);
  z_ = axis(sample.z);
}

void SphereGrid::sort(const SphereColumns& spheres, const Split& split) {
  choose_cells(spheres, split);
  const std::int32_t num_cells = x_.count * y_.count * z_.count;
  at_least(cell_, spheres.count);
  at_least(start_, most_cells(spheres.count) + 2);
  cells_.sort(
      spheres.count, num_cells, split,
      [&](int i) {
        // no cell for those that are large, or take no part
        const bool small = spheres.x_m[i] == spheres.x_m[i] && spheres.radius_m[i] <= cut_m_;
        if (!small) return num_cells;
        return (z_.cell(spheres.z_m[i]) * y_.count + y_.cell(spheres.y_m[i])) * x_.count +
               x_.cell(spheres.x_m[i]);
      },
      [&](int i) {
        return swarm::CellPoint{spheres.x_m[i], spheres.y_m[i], spheres.z_m[i],
                                spheres.radius_m[i]};
      },
      {x_m_.data(), y_m_.data(), z_m_.data(), radius_m_.data(), index_.data(), cell_.data(),
       start_.data()});
  num_sorted_ = start_[static_cast<std::size_t>(num_cells)];
}

}  // namespace volery::contact
