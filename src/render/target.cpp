// Framebuffers.
#include "render/target.hpp"

#include <algorithm>
#include <string>

#include "volery/error.hpp"

namespace volery::render {
namespace {

Renderbuffer storage(GLenum format, int width, int height, int samples) {
  Renderbuffer buffer = make_renderbuffer();
  glBindRenderbuffer(GL_RENDERBUFFER, buffer.get());
  if (samples > 1) {
    glRenderbufferStorageMultisample(GL_RENDERBUFFER, samples, format, width, height);
  } else {
    glRenderbufferStorage(GL_RENDERBUFFER, format, width, height);
  }
  glBindRenderbuffer(GL_RENDERBUFFER, 0);
  return buffer;
}

void check(int width, int height) {
  if (glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE) return;
  throw Error(ErrorKind::kState, "this GL driver cannot draw pictures of " + std::to_string(width) +
                                     " x " + std::to_string(height) + " pixels");
}

}  // namespace

void Target::make(int width, int height, int samples) {
  release();
  GLint most = 1;
  glGetIntegerv(GL_MAX_SAMPLES, &most);
  asked_samples_ = samples;
  samples_ = std::clamp(samples, 1, static_cast<int>(most));
  width_ = width;
  height_ = height;
  drawn_ = make_framebuffer();
  color_ = storage(format_, width, height, samples_);
  depth_ = storage(GL_DEPTH_COMPONENT24, width, height, samples_);
  glBindFramebuffer(GL_FRAMEBUFFER, drawn_.get());
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, color_.get());
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, depth_.get());
  check(width, height);
  if (samples_ == 1) return;
  resolved_ = make_framebuffer();
  resolved_color_ = storage(format_, width, height, 1);
  glBindFramebuffer(GL_FRAMEBUFFER, resolved_.get());
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER,
                            resolved_color_.get());
  check(width, height);
}

void Target::bind(int width, int height, int samples) {
  if (!drawn_ || width != width_ || height != height_ || samples != asked_samples_) {
    make(width, height, samples);
  }
  glBindFramebuffer(GL_FRAMEBUFFER, drawn_.get());
}

void Target::read(int first_row, int rows, void* out) {
  if (samples_ > 1) {
    // averaged as light, not as codes
    glEnable(GL_FRAMEBUFFER_SRGB);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, drawn_.get());
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER, resolved_.get());
    glBlitFramebuffer(0, first_row, width_, first_row + rows, 0, first_row, width_,
                      first_row + rows, GL_COLOR_BUFFER_BIT, GL_NEAREST);
    glDisable(GL_FRAMEBUFFER_SRGB);
    glBindFramebuffer(GL_FRAMEBUFFER, resolved_.get());
  }
  const GLenum layout = format_ == GL_R32UI  ? GL_RED_INTEGER
                        : format_ == GL_R32F ? GL_RED
                                             : GL_RGBA;
  const GLenum type = format_ == GL_R32UI  ? GL_UNSIGNED_INT
                      : format_ == GL_R32F ? GL_FLOAT
                                           : GL_UNSIGNED_BYTE;
  glReadPixels(0, first_row, width_, rows, layout, type, out);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

void Target::abandon() noexcept {
  drawn_.abandon();
  resolved_.abandon();
  color_.abandon();
  depth_.abandon();
  resolved_color_.abandon();
}

void Target::release() {
  drawn_.reset();
  resolved_.reset();
  color_.reset();
  depth_.reset();
  resolved_color_.reset();
}

}  // namespace volery::render
