// Pictures into memory.
#include "render/offscreen.hpp"

#include <algorithm>
#include <cstring>

#include "render/context.hpp"
#include "render/target.hpp"
#include "volery/error.hpp"

namespace volery::render {
namespace {

void check_side(const char* name, int pixels, int most) {
  if (pixels >= 1 && pixels <= most) return;
  throw Error(ErrorKind::kValue, std::string(name) + " = " + std::to_string(pixels) +
                                     ": must be in [1, " + std::to_string(most) + "] pixels");
}

void check_room(std::size_t has, std::size_t needs) {
  if (has == needs) return;
  throw Error(ErrorKind::kValue, "the picture's memory holds " + std::to_string(has) +
                                     " values, the picture has " + std::to_string(needs));
}

// RGBA rows from the bottom up to RGB rows from the top down
void to_rgb(const std::uint8_t* rgba, int width, int height, std::uint8_t* out) {
  const auto w = static_cast<std::size_t>(width);
  for (int row = 0; row < height; ++row) {
    const std::uint8_t* from = rgba + static_cast<std::size_t>(height - 1 - row) * w * 4;
    std::uint8_t* to = out + static_cast<std::size_t>(row) * w * 3;
    for (std::size_t x = 0; x < w; ++x) {
      to[3 * x] = from[4 * x];
      to[3 * x + 1] = from[4 * x + 1];
      to[3 * x + 2] = from[4 * x + 2];
    }
  }
}

// rows of values of four bytes from the bottom up to rows from the top down
void flip(const std::uint32_t* from, int width, int height, void* out) {
  const std::size_t bytes = static_cast<std::size_t>(width) * sizeof(std::uint32_t);
  for (int row = 0; row < height; ++row) {
    std::memcpy(static_cast<char*>(out) + static_cast<std::size_t>(row) * bytes,
                from + static_cast<std::size_t>(height - 1 - row) * static_cast<std::size_t>(width),
                bytes);
  }
}

/// Where the tiles of an atlas lie: columns of tiles, so that a tile's rows are close together.
struct Tiling {
  int columns = 1, rows = 1;
};
Tiling tiling_of(int tiles, int width, int height, int most) {
  const int per_column = std::max(1, std::min(most, 4096) / height);
  const int rows = std::min(tiles, per_column);
  const int columns = std::min((tiles + rows - 1) / rows, std::max(1, most / width));
  return {columns, rows};
}

}  // namespace

struct Offscreen::Impl {
  Impl(const Stage& stage, Backend backend) : context(make_context(backend)) {
    const Current current(*context);
    renderer = std::make_unique<Renderer>(stage);
    GLint texture = 0, buffer = 0;
    GLint viewport[2] = {0, 0};
    glGetIntegerv(GL_MAX_TEXTURE_SIZE, &texture);
    glGetIntegerv(GL_MAX_RENDERBUFFER_SIZE, &buffer);
    glGetIntegerv(GL_MAX_VIEWPORT_DIMS, viewport);
    most =
        std::min({static_cast<int>(texture), static_cast<int>(buffer),
                  static_cast<int>(viewport[0]), static_cast<int>(viewport[1]), kMaxImagePixels});
  }
  ~Impl() {
    if (forked_from_gl()) {
      // theirs who forked us; ending them here would wait for threads that are not here
      static_cast<void>(renderer.release());
      static_cast<void>(context.release());
      for (Target* target : {&color, &depth, &ids}) target->abandon();
      return;
    }
    try {
      const Current current(*context);
      for (Target* target : {&color, &depth, &ids}) target->release();
      renderer.reset();
    } catch (const Error&) {
      // in use by another thread: its objects end with the context
    }
  }

  void check(int width, int height, std::size_t has, std::size_t values) const {
    check_side("width", width, most);
    check_side("height", height, most);
    check_room(has, values * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  }
  std::uint32_t* rows(int width, int height) {
    pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    return pixels.data();
  }

  [[nodiscard]] Target& target_of(Sensor sensor) {
    return sensor == Sensor::kColor ? color : sensor == Sensor::kDepth ? depth : ids;
  }
  /// One picture of values of four bytes.
  template <class T, class Draw>
  void picture(Target& target, int width, int height, std::span<T> out, Draw draw) {
    check(width, height, out.size(), 1);
    const Current current(*context);
    target.bind(width, height, 1);
    draw();
    std::uint32_t* from = rows(width, height);
    target.read(0, height, from);
    flip(from, width, height, out.data());
  }
  /// Draws all cameras, as many tiles at a time as fit; `take(tile, out)` turns one of them, rows
  /// from the bottom up, into its picture of `channels` values a pixel.
  template <class T, class Take>
  void atlas(Sensor sensor, const Frame& frame, std::span<const Camera> cameras,
             std::span<const int> hidden, int width, int height, std::span<T> out,
             std::size_t channels, Take take);

  std::unique_ptr<Context> context;
  std::unique_ptr<Renderer> renderer;
  Target color{GL_SRGB8_ALPHA8}, depth{GL_R32F}, ids{GL_R32UI};
  std::vector<std::uint32_t> pixels, tile;
  int most = 0;
};

template <class T, class Take>
void Offscreen::Impl::atlas(Sensor sensor, const Frame& frame, std::span<const Camera> cameras,
                            std::span<const int> hidden, int width, int height, std::span<T> out,
                            std::size_t channels, Take take) {
  check(width, height, out.size(), channels * cameras.size());
  check_room(hidden.size(), cameras.size());
  if (cameras.empty()) return;
  Target& target = target_of(sensor);
  const Current current(*context);
  const Tiling tiling = tiling_of(static_cast<int>(cameras.size()), width, height, most);
  const auto at_once = static_cast<std::size_t>(tiling.columns * tiling.rows);
  const auto w = static_cast<std::size_t>(width), h = static_cast<std::size_t>(height);
  for (std::size_t first = 0; first < cameras.size(); first += at_once) {
    const std::size_t count = std::min(at_once, cameras.size() - first);
    std::vector<Viewport> viewports;
    for (std::size_t i = 0; i < count; ++i) {
      const int place = static_cast<int>(i);
      viewports.push_back(
          {place / tiling.rows * width, place % tiling.rows * height, width, height});
    }
    const int wide = tiling.columns * width, high = tiling.rows * height;
    target.bind(wide, high, 1);
    renderer->draw_sensors(sensor, frame, cameras.subspan(first, count),
                           hidden.subspan(first, count), viewports);
    std::uint32_t* all = rows(wide, high);
    target.read(0, high, all);
    tile.resize(w * h);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t x = static_cast<std::size_t>(viewports[i].x);
      const std::size_t y = static_cast<std::size_t>(viewports[i].y);
      const std::uint32_t* from = all + y * static_cast<std::size_t>(wide) + x;
      if (tiling.columns > 1) {
        for (std::size_t row = 0; row < h; ++row) {
          std::memcpy(tile.data() + row * w, from + row * static_cast<std::size_t>(wide),
                      w * sizeof(std::uint32_t));
        }
        from = tile.data();
      }
      take(from, out.data() + (first + i) * channels * w * h);
    }
  }
}

Offscreen::Offscreen(const Stage& stage, Backend backend)
    : impl_(std::make_unique<Impl>(stage, backend)) {}
Offscreen::~Offscreen() = default;

void Offscreen::rgb(const Frame& frame, const Camera& camera, int width, int height,
                    const RenderOptions& options, std::span<std::uint8_t> out, int samples) {
  impl_->check(width, height, out.size(), 3);
  const Current current(*impl_->context);
  // on the CPU samples are dear: for solids alone
  const bool apart = impl_->renderer->software() && samples > 1;
  RenderOptions used = options;
  if (apart) used.solid_samples = samples;
  impl_->color.bind(width, height, apart ? 1 : samples);
  impl_->renderer->draw(frame, camera, {0, 0, width, height}, used);
  std::uint32_t* rgba = impl_->rows(width, height);
  impl_->color.read(0, height, rgba);
  to_rgb(reinterpret_cast<const std::uint8_t*>(rgba), width, height, out.data());
}

void Offscreen::depth(const Frame& frame, const Camera& camera, int width, int height,
                      std::span<float> out) {
  impl_->picture(impl_->depth, width, height, out, [&] {
    impl_->renderer->draw_depth(frame, camera, {0, 0, width, height});
  });
}

void Offscreen::segmentation(const Frame& frame, const Camera& camera, int width, int height,
                             std::span<std::uint32_t> out) {
  impl_->picture(impl_->ids, width, height, out, [&] {
    impl_->renderer->draw_ids(frame, camera, {0, 0, width, height});
  });
}

void Offscreen::rgb_atlas(const Frame& frame, std::span<const Camera> cameras,
                          std::span<const int> hidden, int width, int height,
                          std::span<std::uint8_t> out) {
  impl_->atlas(Sensor::kColor, frame, cameras, hidden, width, height, out, 3,
               [&](const std::uint32_t* tile, std::uint8_t* to) {
                 to_rgb(reinterpret_cast<const std::uint8_t*>(tile), width, height, to);
               });
}

void Offscreen::depth_atlas(const Frame& frame, std::span<const Camera> cameras,
                            std::span<const int> hidden, int width, int height,
                            std::span<float> out) {
  impl_->atlas(Sensor::kDepth, frame, cameras, hidden, width, height, out, 1,
               [&](const std::uint32_t* tile, float* to) { flip(tile, width, height, to); });
}

void Offscreen::segmentation_atlas(const Frame& frame, std::span<const Camera> cameras,
                                   std::span<const int> hidden, int width, int height,
                                   std::span<std::uint32_t> out) {
  impl_->atlas(
      Sensor::kId, frame, cameras, hidden, width, height, out, 1,
      [&](const std::uint32_t* tile, std::uint32_t* to) { flip(tile, width, height, to); });
}

const DrawStats& Offscreen::stats() const noexcept {
  return impl_->renderer->stats();
}
const std::string& Offscreen::device() const noexcept {
  return impl_->renderer->device();
}
bool Offscreen::software() const noexcept {
  return impl_->renderer->software();
}

}  // namespace volery::render
