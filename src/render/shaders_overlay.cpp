// Shaders of what explains: shadows on the ground, marks, lines, text.
#include "render/shaders.hpp"

namespace volery::render {

const std::string_view kMarkVertex = R"(
layout(location = 0) in vec3 center;
layout(location = 1) in vec3 half_u;
layout(location = 2) in vec3 half_v;
layout(location = 3) in vec4 color;
layout(location = 4) in vec2 form;  // 1 is its border, the quad reaches to x; half width, px
out vec2 p;
flat out vec3 tone;
out float alpha;
flat out float half_width;
void main() {
  p = (vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0) * form.x;
  vec3 rel = center + half_u * p.x + half_v * p.y;
  tone = linear(color.rgb);
  alpha = color.a * (1.0 - fog_share(rel));
  half_width = form.y;
  gl_Position = clip_from_rel * vec4(rel, 1.0);
}
)";

// the numbers of render/quads.hpp; a program for each, since a rasterizer on the CPU runs every
// branch
const std::string_view kMarkFragment = R"(
in vec2 p;
flat in vec3 tone;
in float alpha;
flat in float half_width;
out vec4 result;

// signed distance to the border of the square |x|, |y| <= 1, pixels; by axis, since the derivative of
// the larger one jumps at the corners
float square() {
  vec2 pixel = vec2(length(vec2(dFdx(p.x), dFdy(p.x))), length(vec2(dFdx(p.y), dFdy(p.y))));
  vec2 away = (abs(p) - 1.0) / pixel;
  return max(away.x, away.y);
}
// how much of the pixel is within half_width pixels of where d is 0
float stroke(float d) { return clamp(half_width + 0.5 - abs(d) / fwidth(d), 0.0, 1.0); }
// how much of it is where d is below 0
float fill(float d) { return clamp(0.5 - d / fwidth(d), 0.0, 1.0); }

void main() {
  vec3 c = tone;
#if SHAPE == 0  // shadow
  float s = max(1.0 - dot(p, p), 0.0);
  float cover = s * s;
#elif SHAPE == 1  // dot, disc
  float cover = fill(length(p) - 1.0);
#elif SHAPE == 2  // cross
  float cover = max(stroke(p.x - p.y), stroke(p.x + p.y)) * clamp(0.5 - square(), 0.0, 1.0);
#elif SHAPE == 3  // eight rays, free in the middle
  float r = length(p);
  float a = mod(atan(p.y, p.x) + 0.392699, 0.785398) - 0.392699;
  float cover = clamp(half_width + 0.5 - abs(r * sin(a)) / fwidth(p.x), 0.0, 1.0) *
                fill(r - 1.0) * fill(0.3 - r);
#elif SHAPE == 4  // dart towards +y
  float cover = fill(max(abs(p.x) * 0.89 + p.y * 0.45 - 0.45, -p.y - 0.8 + abs(p.x) * 0.5));
#elif SHAPE == 5  // ring
  float cover = stroke(length(p) - 1.0);
#elif SHAPE == 6  // dashed ring
  float cover = stroke(length(p) - 1.0) * step(fract(atan(p.y, p.x) * 5.092958), 0.6);
#elif SHAPE == 7  // square
  float cover = clamp(half_width + 0.5 - abs(square()), 0.0, 1.0);
#else  // a rotor that turns faster than the eye
  float r = length(p);
  float cover = fill(r - 1.0) * (0.35 + 0.65 * r * r) + 0.9 * stroke(r - 0.97);
  c = mix(c, vec3(ground.g > 0.4 ? 0.08 : 0.75), 0.5);  // what the ground is not
#endif
  float share = alpha * cover;
  if (share < 0.002) discard;
  result = finish(c, share);
}
)";

const std::string_view kLineVertex = R"(
#if defined(THIN)
layout(location = 0) in vec3 position;
layout(location = 2) in vec4 color;
out vec4 tone;
void main() {
  tone = vec4(linear(color.rgb), color.a * (1.0 - fog_share(position)));
  gl_Position = clip_from_rel * vec4(position, 1.0);
}
#else
layout(location = 0) in vec3 from;
layout(location = 1) in vec3 to;
layout(location = 2) in vec4 from_color;
layout(location = 3) in vec4 to_color;
layout(location = 4) in vec2 form;  // width in pixels, style
noperspective out vec2 at;          // pixels along and across
out vec4 tone;
flat out vec2 kind;                 // half width, style
void main() {
  vec4 a = clip_from_rel * vec4(from, 1.0);
  vec4 b = clip_from_rel * vec4(to, 1.0);
  // the part in front of the eye
  float za = a.z + a.w, zb = b.z + b.w;
  if (za < 0.0 && zb > 0.0) a = mix(a, b, za / (za - zb) + 1e-4);
  if (zb < 0.0 && za > 0.0) b = mix(b, a, zb / (zb - za) + 1e-4);
  vec2 pa = a.xy / a.w * 0.5 * screen.xy;
  vec2 pb = b.xy / b.w * 0.5 * screen.xy;
  vec2 along = pb - pa;
  float length_px = length(along);
  along = length_px > 1e-3 ? along / length_px : vec2(1.0, 0.0);
  bool last = (gl_VertexID & 1) == 1;
  float side = (gl_VertexID & 2) == 2 ? 1.0 : -1.0;
  float half_width = 0.5 * form.x * screen.z;
  float reach = half_width + 1.0;
  at = vec2(last ? length_px : 0.0, side * reach);
  kind = vec2(half_width, form.y);
  vec4 color = last ? to_color : from_color;
  tone = vec4(linear(color.rgb), color.a * (1.0 - fog_share(last ? to : from)));
  vec4 end = last ? b : a;
  end.xy += vec2(-along.y, along.x) * side * reach * 2.0 / screen.xy * end.w;
  gl_Position = za < 0.0 && zb < 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : end;
}
#endif
)";

const std::string_view kLineFragment = R"(
in vec4 tone;
out vec4 result;
#if defined(THIN)
void main() { result = finish(tone.rgb, tone.a); }
#else
noperspective in vec2 at;
flat in vec2 kind;
void main() {
  float cover = clamp(kind.x + 0.5 - abs(at.y), 0.0, 1.0);
  float unit = screen.z * max(kind.x, 0.75);
  if (kind.y > 1.5) {
    cover *= step(fract(at.x / (unit * 5.0)), 0.4);
  } else if (kind.y > 0.5) {
    cover *= step(fract(at.x / (unit * 12.0)), 0.6);
  }
  result = finish(tone.rgb, tone.a * cover);
}
#endif
)";

const std::string_view kTextVertex = R"(
layout(location = 0) in vec4 corner;  // pixels from the lower left; place in the font
layout(location = 1) in vec4 color;
out vec2 place;
flat out vec4 tone;
void main() {
  place = corner.zw;
  tone = vec4(linear(color.rgb), color.a);
  gl_Position = vec4(corner.xy / screen.xy * 2.0 - 1.0, 0.0, 1.0);
}
)";

const std::string_view kTextFragment = R"(
in vec2 place;
flat in vec4 tone;
out vec4 result;
uniform sampler2D font;  // ink, halo
void main() {
  vec2 texel = texture(font, place).rg;
  // the halo: what contrasts most with the text
  float bright = dot(tone.rgb, vec3(0.2126, 0.7152, 0.0722));
  vec3 halo = bright > 0.18 ? vec3(0.008) : vec3(0.9);
  float alpha = max(texel.r, 0.8 * texel.g);
  if (alpha < 0.004) discard;
  result = finish(mix(halo, tone.rgb, texel.r / alpha), alpha * tone.a);
}
)";

const std::string_view kDensityVertex = R"(
uniform vec3 low;   // a corner, relative to the eye
uniform vec2 size;  // meters
out vec2 place;
out vec3 rel;
void main() {
  place = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  rel = low + vec3(place * size, 0.0);
  gl_Position = clip_from_rel * vec4(rel, 1.0);
}
)";

const std::string_view kDensityFragment = R"(
uniform sampler2D map;
in vec2 place;
in vec3 rel;
out vec4 result;
void main() {
  vec4 c = texture(map, place);
  if (c.a < 0.004) discard;
  result = finish(c.rgb, c.a * (1.0 - fog_share(rel)));
}
)";

const std::string_view kSmoothVertex = R"(
layout(location = 0) in vec2 pixel;
void main() { gl_Position = vec4(pixel / screen.xy * 2.0 - 1.0, 0.0, 1.0); }
)";

// light is averaged over the samples that solids cover; where they cover none the picture stays
const std::string_view kSmoothFragment = R"(
uniform sampler2DMS solid_color;
uniform sampler2DMS solid_depth;
out vec4 result;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy - window.xy);
  vec3 sum = vec3(0.0);
  float covered = 0.0, nearest = 1.0;
  for (int i = 0; i < SAMPLES; ++i) {
    vec4 c = texelFetch(solid_color, at, i);
    sum += c.rgb * c.rgb;
    covered += c.a > 0.0 ? 1.0 : 0.0;
  }
  // every other sample is near enough: it only tells what a line goes behind
  for (int i = 0; i < SAMPLES; i += 2) nearest = min(nearest, texelFetch(solid_depth, at, i).r);
  if (covered == 0.0) discard;
  float share = covered / float(SAMPLES);
  result = vec4(finish(sum / covered, 1.0).rgb * share, share);
  gl_FragDepth = nearest;
}
)";

}  // namespace volery::render
