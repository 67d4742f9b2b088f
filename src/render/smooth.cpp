// The buffer of solids and its way into the picture.
#include "render/smooth.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "render/shaders.hpp"
#include "volery/error.hpp"

namespace volery::render {
namespace {

constexpr GLenum kTexture = GL_TEXTURE_2D_MULTISAMPLE;

Texture storage(GLenum format, int width, int height, int samples) {
  Texture texture = make_texture();
  glBindTexture(kTexture, texture.get());
  glTexImage2DMultisample(kTexture, samples, format, width, height, GL_TRUE);
  glBindTexture(kTexture, 0);
  return texture;
}

}  // namespace

Smoother::Smoother() : boxes_(make_buffer()), array_(make_vertex_array()) {
  glBindVertexArray(array_.get());
  glBindBuffer(GL_ARRAY_BUFFER, boxes_.get());
  glEnableVertexAttribArray(0);
  glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, offset(0));
  glBindVertexArray(0);
}

void Smoother::make(int width, int height, int samples) {
  GLint most_color = 1, most_depth = 1;
  glGetIntegerv(GL_MAX_COLOR_TEXTURE_SAMPLES, &most_color);
  glGetIntegerv(GL_MAX_DEPTH_TEXTURE_SAMPLES, &most_depth);
  asked_ = samples;
  samples_ = std::min({samples, static_cast<int>(most_color), static_cast<int>(most_depth)});
  const std::string define = "#define SAMPLES " + std::to_string(samples_) + "\n";
  program_.emplace("smooth", define, kSmoothVertex, kSmoothFragment);
  program_->use();
  glUniform1i(program_->uniform("solid_color"), 0);
  glUniform1i(program_->uniform("solid_depth"), 1);
  width_ = width;
  height_ = height;
  color_ = storage(GL_RGBA8, width, height, samples_);
  depth_ = storage(GL_DEPTH_COMPONENT24, width, height, samples_);
  framebuffer_ = make_framebuffer();
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.get());
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, kTexture, color_.get(), 0);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, kTexture, depth_.get(), 0);
  if (glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE) return;
  glBindFramebuffer(GL_FRAMEBUFFER, static_cast<GLuint>(before_));
  framebuffer_.reset();
  throw Error(ErrorKind::kState, "this GL driver cannot draw pictures of " + std::to_string(width) +
                                     " x " + std::to_string(height) + " pixels with " +
                                     std::to_string(samples_) + " samples");
}

void Smoother::begin(int width, int height, int samples) {
  glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &before_);
  if (!framebuffer_ || width != width_ || height != height_ || samples != asked_) {
    make(width, height, samples);
  }
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.get());
  glViewport(0, 0, width, height);
  glDisable(GL_SCISSOR_TEST);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
}

void Smoother::finish() {
  glBindFramebuffer(GL_FRAMEBUFFER, static_cast<GLuint>(before_));
}

void Smoother::compose(std::span<const PixelBox> boxes) const {
  std::vector<float> corners;
  for (const PixelBox& box : boxes) {
    const auto left = static_cast<float>(box.x), bottom = static_cast<float>(box.y);
    const float right = left + static_cast<float>(box.width);
    const float top = bottom + static_cast<float>(box.height);
    corners.insert(corners.end(),
                   {left, bottom, right, bottom, right, top, left, bottom, right, top, left, top});
  }
  if (corners.empty()) return;
  program_->use();
  stream(GL_ARRAY_BUFFER, boxes_, std::span<const float>(corners));
  glActiveTexture(GL_TEXTURE1);
  glBindTexture(kTexture, depth_.get());
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(kTexture, color_.get());
  glBindVertexArray(array_.get());
  glEnable(GL_BLEND);
  glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glDepthFunc(GL_ALWAYS);
  glDrawArrays(GL_TRIANGLES, 0, static_cast<GLsizei>(corners.size() / 2));
  glDepthFunc(GL_LESS);
  glBlendFunc(GL_ONE, GL_ZERO);
  glDisable(GL_BLEND);
  glBindVertexArray(0);
  glBindTexture(kTexture, 0);
  glActiveTexture(GL_TEXTURE1);
  glBindTexture(kTexture, 0);
  glActiveTexture(GL_TEXTURE0);
}

}  // namespace volery::render
