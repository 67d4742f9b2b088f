// The store: all state of a batch, cut into slabs.
//
// One allocation per kind of body holds the blocks of all slabs, slab after slab. Slabs are runs of
// worlds_per_slab() whole worlds (the last may be shorter); how many never changes a result.
#pragma once

#include <cstdlib>
#include <memory>
#include <vector>

#include "batch/setup.hpp"
#include "state/slab.hpp"

namespace volery::batch {

/// 64-byte aligned floats that start at zero.
class AlignedFloats {
 public:
  AlignedFloats() = default;
  /// Throws Error(kMemory) where there is no room.
  explicit AlignedFloats(std::size_t count);
  [[nodiscard]] float* data() const noexcept { return data_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct Free {
    void operator()(float* p) const noexcept { std::free(p); }
  };
  std::unique_ptr<float, Free> data_;
  std::size_t size_ = 0;
};

class Store {
 public:
  explicit Store(const Setup& setup);

  [[nodiscard]] int num_slabs() const noexcept { return static_cast<int>(slabs_.size()); }
  [[nodiscard]] const Slab& slab(int i) const noexcept {
    return slabs_[static_cast<std::size_t>(i)];
  }
  /// Lets the slabs have room for jammers, which costs a look at it in each step.
  void use_jammers() noexcept;
  [[nodiscard]] int worlds_per_slab() const noexcept { return worlds_per_slab_; }
  /// The slab of a world of the batch, and the world's index in it.
  struct Place {
    const Slab& slab;
    int world;
  };
  [[nodiscard]] Place place(int world) const noexcept {
    return {slab(world / worlds_per_slab_), world % worlds_per_slab_};
  }

 private:
  AlignedFloats agents_;
  AlignedFloats props_;
  std::vector<WorldHeader> headers_;
  std::vector<float> world_fields_;
  std::vector<WorldContacts> contacts_;
  std::vector<WorldJammers> jammers_;  // [W] where there is a radio
  std::vector<Slab> slabs_;
  int worlds_per_slab_ = 1;
};

/// Puts a body where it disturbs nothing: absent, at the origin, at rest. Padding lanes and the
/// bodies of worlds that diverged are parked.
void park(const Blocks& blocks, int body) noexcept;

}  // namespace volery::batch
