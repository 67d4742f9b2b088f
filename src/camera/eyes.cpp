#include "camera/eyes.hpp"

#include "model/fleet.hpp"

namespace volery::camera {

namespace {

render::Stage stage_of(const Batch& batch) {
  return {batch.scene(), batch.fleet().types()};
}

}  // namespace

Eyes::Eyes(const Batch& batch) : offscreen_(stage_of(batch), render::backend_from_environment()) {}

void Eyes::take(const Bodies& bodies, const Lenses& lenses, int world, std::span<const int> agents,
                const Images& out) {
  bodies.compose(world, frame_, vehicle_of_agent_);
  cameras_.clear();
  hidden_.clear();
  for (const int agent : agents) {
    cameras_.push_back(lenses.mount(agent).camera(bodies.position_w_m(world, agent),
                                                  bodies.quat_wb(world, agent)));
    hidden_.push_back(vehicle_of_agent_[static_cast<std::size_t>(agent)]);
  }
  const int width = lenses.width(), height = lenses.height();
  const std::size_t pixels =
      agents.size() * static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  if (out.depth_m != nullptr) {
    offscreen_.depth_atlas(frame_, cameras_, hidden_, width, height, {out.depth_m, pixels});
  }
  if (out.rgb != nullptr)
    offscreen_.rgb_atlas(frame_, cameras_, hidden_, width, height, {out.rgb, pixels * 3});
  if (out.segmentation != nullptr) {
    offscreen_.segmentation_atlas(frame_, cameras_, hidden_, width, height,
                                  {out.segmentation, pixels});
  }
}

}  // namespace volery::camera
