#include "camera/rig.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <vector>

#include "camera/bodies.hpp"
#include "camera/cast.hpp"
#include "camera/eyes.hpp"
#include "camera/noise.hpp"
#include "camera/plan.hpp"
#include "camera/shade.hpp"
#include "core/float_mode.hpp"
#include "core/workers.hpp"

namespace volery::camera {

namespace {

/// Working memory of a thread.
struct Scratch {
  std::vector<Sighted> sighted;
  CastScratch cast;
  std::vector<float> depth_m, what;
};

std::uint32_t id_of(float what, std::span<const Sighted> sighted,
                    std::span<const Ground> grounds) noexcept {
  if (what < 0) return 0;
  const auto thing = static_cast<std::size_t>(what);
  return thing < sighted.size() ? sighted[thing].solid->id : grounds[thing - sighted.size()].id;
}

}  // namespace

struct Rig::Impl {
  Impl(const Batch& batch, const RigOptions& given)
      : options(given),
        lenses(batch.fleet(), given),
        plan(batch, lenses),
        statics(batch.scene()),
        bodies(batch),
        pool(given.num_threads > 0 ? given.num_threads : std::max(1, batch.config().num_threads)),
        scratch(static_cast<std::size_t>(pool.num_threads())) {
    num_agents = batch.num_agents();
    num_images = batch.num_worlds() * num_agents;
    pixels = static_cast<std::size_t>(lenses.width()) * static_cast<std::size_t>(lenses.height());
    if (plan.holds()) hold_memory();
    choose_backend(batch);
  }

  void choose_backend(const Batch& batch) {
    if (options.backend == Backend::kRays) return;
    if (options.backend == Backend::kGl) {
      eyes = std::make_unique<Eyes>(batch);
      return;
    }
    if (!options.rgb) return;
    try {
      eyes = std::make_unique<Eyes>(batch);
    } catch (const Error&) {
      return;  // no GL: rays need none
    }
    if (eyes->software()) eyes.reset();
  }

  void hold_memory() {
    const std::size_t all = pixels * static_cast<std::size_t>(num_images);
    try {
      if (options.depth) depth_m.resize(all);
      if (options.rgb) rgb.resize(all * 3);
      if (options.segmentation) segmentation.resize(all);
    } catch (const std::bad_alloc&) {
      throw Error(ErrorKind::kMemory, "cameras: no memory for " + std::to_string(num_images) +
                                          " pictures of " + std::to_string(lenses.width()) + " x " +
                                          std::to_string(lenses.height()) + " pixels");
    }
  }

  /// Where a picture is taken to: what is held, or the caller's memory.
  [[nodiscard]] Images target(const Images& out) {
    if (!plan.holds()) return out;
    return {options.depth ? depth_m.data() : nullptr, options.rgb ? rgb.data() : nullptr,
            options.segmentation ? segmentation.data() : nullptr};
  }

  static void blank(const Images& to, std::size_t first, std::size_t count) noexcept {
    if (to.depth_m != nullptr) std::fill_n(to.depth_m + first, count, 0.0F);
    if (to.rgb != nullptr) std::fill_n(to.rgb + first * 3, count * 3, std::uint8_t{0});
    if (to.segmentation != nullptr) std::fill_n(to.segmentation + first, count, 0U);
  }

  void take_by_rays(int image, Scratch& own, const Images& to) {
    const int world = image / num_agents, agent = image % num_agents;
    const std::size_t first = static_cast<std::size_t>(image) * pixels;
    const View view =
        lenses.mount(agent).view(bodies.position_w_m(world, agent), bodies.quat_wb(world, agent));
    own.sighted.clear();
    statics.sight(view, own.sighted);
    const Solid* const self = bodies.solid_of(world, agent);
    for (const Solid& solid : bodies.solids(world))
      if (&solid != self) sight(view, solid, own.sighted);
    sort_by_distance(own.sighted);

    own.what.resize(pixels);
    if (to.depth_m == nullptr) own.depth_m.resize(pixels);
    const Pixels out{to.depth_m != nullptr ? to.depth_m + first : own.depth_m.data(),
                     own.what.data()};
    cast(view, own.sighted, statics.grounds(), own.cast, out);
    if (to.segmentation != nullptr) {
      for (std::size_t i = 0; i < pixels; ++i)
        to.segmentation[first + i] = id_of(out.what[i], own.sighted, statics.grounds());
    }
    if (to.rgb != nullptr) shade(view, own.sighted, statics.grounds(), out, to.rgb + first * 3);
  }

  /// All pictures of a world that are due, by GL.
  void take_by_gl(int world, const Images& to) {
    due.clear();
    for (int agent = 0; agent < num_agents; ++agent)
      if (plan.of(world * num_agents + agent) == Plan::What::kTake) due.push_back(agent);
    if (due.empty()) return;
    const std::size_t first = static_cast<std::size_t>(world) * world_pixels();
    if (due.size() == static_cast<std::size_t>(num_agents)) {
      eyes->take(bodies, lenses, world, due, part_of(to, first));
      return;
    }
    // a picture here and there: taken together, then put where they belong
    const std::size_t all = due.size() * pixels;
    if (to.depth_m != nullptr) some_depth_m.resize(all);
    if (to.rgb != nullptr) some_rgb.resize(all * 3);
    if (to.segmentation != nullptr) some_segmentation.resize(all);
    eyes->take(bodies, lenses, world, due,
               {to.depth_m != nullptr ? some_depth_m.data() : nullptr,
                to.rgb != nullptr ? some_rgb.data() : nullptr,
                to.segmentation != nullptr ? some_segmentation.data() : nullptr});
    for (std::size_t i = 0; i < due.size(); ++i) {
      const Images at = part_of(to, first + static_cast<std::size_t>(due[i]) * pixels);
      if (at.depth_m != nullptr) std::copy_n(some_depth_m.data() + i * pixels, pixels, at.depth_m);
      if (at.rgb != nullptr) std::copy_n(some_rgb.data() + i * pixels * 3, pixels * 3, at.rgb);
      if (at.segmentation != nullptr)
        std::copy_n(some_segmentation.data() + i * pixels, pixels, at.segmentation);
    }
  }
  /// Pixels of a world.
  [[nodiscard]] std::size_t world_pixels() const noexcept {
    return pixels * static_cast<std::size_t>(num_agents);
  }
  [[nodiscard]] static Images part_of(const Images& to, std::size_t first) noexcept {
    return {to.depth_m != nullptr ? to.depth_m + first : nullptr,
            to.rgb != nullptr ? to.rgb + first * 3 : nullptr,
            to.segmentation != nullptr ? to.segmentation + first : nullptr};
  }

  void add_noise(int image, const Images& to) const noexcept {
    if (!options.noise) return;
    const int world = image / num_agents, agent = image % num_agents;
    const std::size_t first = static_cast<std::size_t>(image) * pixels;
    const WorldClock& clock = plan.clock(world);
    const NoiseKey key{clock.seed, clock.episode, static_cast<std::uint32_t>(agent), clock.step};
    const CameraSpec& spec = lenses.spec(agent);
    if (to.depth_m != nullptr) add_depth_noise(spec, key, {to.depth_m + first, pixels});
    if (to.rgb != nullptr) add_rgb_noise(spec, key, {to.rgb + first * 3, pixels * 3});
  }

  void read(const Batch& batch, const Images& out, bool refresh) {
    check(out);
    bodies.read(batch);
    pool.run(batch.num_worlds(), [&](int world, int) {
      const FloatMode float_mode;
      bodies.place(world);
    });
    plan.make(batch, bodies, refresh);
    const Images to = target(out);
    if (eyes != nullptr)
      for (int world = 0; world < batch.num_worlds(); ++world) take_by_gl(world, to);
    pool.run(num_images, [&](int image, int worker) {
      const FloatMode float_mode;
      switch (plan.of(image)) {
        case Plan::What::kBlank:
          blank(to, static_cast<std::size_t>(image) * pixels, pixels);
          break;
        case Plan::What::kTake:
          if (eyes == nullptr) take_by_rays(image, scratch[static_cast<std::size_t>(worker)], to);
          add_noise(image, to);
          break;
        case Plan::What::kHold:
          break;
      }
    });
    if (plan.holds()) copy_held(out);
  }

  void check(const Images& out) const {
    const auto refuse = [](const char* kind) {
      throw Error(ErrorKind::kValue,
                  std::string("cameras: the rig takes no pictures of kind \"") + kind + "\"");
    };
    if (out.depth_m != nullptr && !options.depth) refuse("depth");
    if (out.rgb != nullptr && !options.rgb) refuse("rgb");
    if (out.segmentation != nullptr && !options.segmentation) refuse("segmentation");
  }

  void copy_held(const Images& out) const noexcept {
    if (out.depth_m != nullptr) std::copy(depth_m.begin(), depth_m.end(), out.depth_m);
    if (out.rgb != nullptr) std::copy(rgb.begin(), rgb.end(), out.rgb);
    if (out.segmentation != nullptr)
      std::copy(segmentation.begin(), segmentation.end(), out.segmentation);
  }

  RigOptions options;
  Lenses lenses;
  Plan plan;
  Statics statics;
  Bodies bodies;
  Workers pool;
  std::vector<Scratch> scratch;
  int num_agents = 0, num_images = 0;
  std::size_t pixels = 0;  // of a picture
  std::string device = "rays";
  std::unique_ptr<Eyes> eyes;  // null: rays
  std::vector<int> due;        // agents of a world
  std::vector<float> some_depth_m;
  std::vector<std::uint8_t> some_rgb;
  std::vector<std::uint32_t> some_segmentation;
  // pictures between their sampling times
  std::vector<float> depth_m;
  std::vector<std::uint8_t> rgb;
  std::vector<std::uint32_t> segmentation;
};

Rig::Rig(const Batch& batch, const RigOptions& options)
    : impl_(std::make_unique<Impl>(batch, options)) {}
Rig::~Rig() = default;
Rig::Rig(Rig&&) noexcept = default;
Rig& Rig::operator=(Rig&&) noexcept = default;

int Rig::width() const noexcept {
  return impl_->lenses.width();
}
int Rig::height() const noexcept {
  return impl_->lenses.height();
}
std::size_t Rig::num_pixels() const noexcept {
  return impl_->pixels * static_cast<std::size_t>(impl_->num_images);
}
float Rig::far_m() const noexcept {
  return impl_->lenses.far_m();
}
Backend Rig::backend() const noexcept {
  return impl_->eyes != nullptr ? Backend::kGl : Backend::kRays;
}
const std::string& Rig::device() const noexcept {
  return impl_->eyes != nullptr ? impl_->eyes->device() : impl_->device;
}
void Rig::read(const Batch& batch, const Images& out, bool refresh) {
  impl_->read(batch, out, refresh);
}

}  // namespace volery::camera
