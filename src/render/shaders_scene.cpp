// Shaders of what is there: bodies, statics, ground, sky.
#include "render/shaders.hpp"

namespace volery::render {

const std::string_view kViewSource = R"(
layout(std140) uniform View {
  mat4 clip_from_rel;
  mat4 shadow_from_rel;
  vec4 right, up, back;     // of the camera; right.w: tan of half the width, up.w: of the height,
                            // back.w: height below which solids are cut away
  vec4 sun;                 // direction; strength
  vec4 light_sky;           // w: bias of depths in the shadow map
  vec4 light_ground;        // w: share of the sun that is mirrored
  vec4 horizon, zenith, ground, grid_line;
  vec4 screen;              // width, height, scale, pixels per radian (orthographic: per meter)
  vec4 fog;                 // start, 1 / its depth, how light is written (Encoding), 1: orthographic
  vec4 grid;                // eye modulo 100 m (x, y); grid_line shown; far
  vec4 window;              // lower left of the viewport; how far shadows are looked up along the
                            // normal
};

vec3 turn(vec4 q, vec3 v) {
  vec3 t = 2.0 * cross(q.xyz, v);
  return v + q.w * t + cross(q.xyz, t);
}

// sRGB to linear light: a cubic, within 0.002
vec3 linear(vec3 c) {
  return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
}

// What is written into the framebuffer. Rasterizers on the CPU run all branches, and roots are
// cheaper than powers: these are sRGB within half a code.
vec4 finish(vec3 c, float alpha) {
  vec3 half_root = sqrt(max(c, vec3(0.0)));
  if (fog.z > 1.5) {
    c = half_root;
  } else if (fog.z > 0.5) {
    vec3 quarter_root = sqrt(half_root);
    c = mix(12.92 * c, 0.585122381 * half_root + 0.783140355 * quarter_root -
            0.368262736 * sqrt(quarter_root), step(vec3(0.0031308), c));
  }
  return vec4(c, alpha);
}

float fog_share(vec3 rel) {
  return fog.w > 0.5 ? 0.0 : clamp((length(rel) - fog.x) * fog.y, 0.0, 1.0);
}

vec3 towards_eye(vec3 rel) { return fog.w > 0.5 ? back.xyz : normalize(-rel); }

#if defined(SHADOWS)
uniform sampler2DShadow shadow_map;
// how much of the sun reaches a place: four looks at the map, each of 2 x 2 texels
float sunlight(vec3 rel) {
  vec3 at = (shadow_from_rel * vec4(rel, 1.0)).xyz;
  if (any(greaterThan(abs(at - 0.5), vec3(0.49)))) return 1.0;
  at.z -= light_sky.w;
  float texel = 0.75 / float(textureSize(shadow_map, 0).x);
  return 0.25 * (texture(shadow_map, at + vec3(-texel, -texel, 0.0)) +
                 texture(shadow_map, at + vec3(texel, -texel, 0.0)) +
                 texture(shadow_map, at + vec3(-texel, texel, 0.0)) +
                 texture(shadow_map, at + vec3(texel, texel, 0.0)));
}
#else
float sunlight(vec3 rel) { return 1.0; }
#endif

float axial_distance(vec3 rel) { return -dot(rel, back.xyz); }
)";

const std::string_view kMeshVertex = R"(
layout(location = 0) in vec3 position;
layout(location = 1) in vec4 normal;
layout(location = 2) in vec4 color;
layout(location = 3) in uint vertex_id;
layout(location = 4) in vec3 body_position;
layout(location = 5) in vec3 body_scale;
layout(location = 6) in vec4 body_quat;
layout(location = 7) in vec4 body_color;
layout(location = 8) in uint body_id;
#if defined(OUT_COLOR)
out vec3 rel;
out vec3 world_normal;
out vec4 albedo;
#elif defined(OUT_DEPTH)
out vec3 rel;
#elif defined(OUT_ID)
flat out uint id;
#endif
void main() {
  vec3 at = turn(body_quat, position * body_scale) + body_position;
#if defined(OUT_COLOR)
  rel = at;
  world_normal = turn(body_quat, normal.xyz / body_scale);
  albedo = vec4(linear(mix(color.rgb, body_color.rgb, color.a)), body_color.a);
  gl_ClipDistance[0] = at.z - back.w;
#elif defined(OUT_DEPTH)
  rel = at;
#elif defined(OUT_ID)
  id = vertex_id + body_id;
#endif
  gl_Position = clip_from_rel * vec4(at, 1.0);
}
)";

const std::string_view kMeshFragment = R"(
#if defined(OUT_COLOR)
in vec3 rel;
in vec3 world_normal;
in vec4 albedo;
out vec4 result;
void main() {
  vec3 n = normalize(gl_FrontFacing ? world_normal : -world_normal);
  vec3 e = towards_eye(rel);
  float facing = max(dot(n, sun.xyz), 0.0);
  // looked up beside the surface, so that it does not shade itself
  float light = facing > 0.0 ? sunlight(rel + n * window.w) * sun.w : 0.0;
  float s = max(dot(n, normalize(sun.xyz + e)), 0.0);
  s *= s, s *= s, s *= s, s *= s, s *= s;  // to the power 32
  vec3 c = albedo.rgb * (mix(light_ground.rgb, light_sky.rgb, n.z * 0.5 + 0.5) + facing * light) +
           light_ground.w * s * light;
  result = finish(mix(c, horizon.rgb, fog_share(rel)), albedo.a);
}
#elif defined(OUT_DEPTH)
in vec3 rel;
out float result;
void main() { result = axial_distance(rel); }
#elif defined(OUT_ID)
flat in uint id;
out uint result;
void main() { result = id; }
#else
void main() {}
#endif
)";

const std::string_view kPointVertex = R"(
layout(location = 4) in vec3 body_position;
layout(location = 5) in vec3 body_scale;  // x: diameter in pixels
layout(location = 7) in vec4 body_color;
layout(location = 8) in uint body_id;
// where it is in the window: what is drawn of a point may be moved by half a pixel
flat out vec2 middle;
flat out float radius;
#if defined(OUT_COLOR)
out vec3 rel;
out vec3 albedo;
#elif defined(OUT_DEPTH)
out vec3 rel;
#elif defined(OUT_ID)
flat out uint id;
#endif
void main() {
#if defined(OUT_COLOR)
  rel = body_position;
  albedo = linear(body_color.rgb);
#elif defined(OUT_DEPTH)
  rel = body_position;
#elif defined(OUT_ID)
  id = body_id;
#endif
  gl_Position = clip_from_rel * vec4(body_position, 1.0);
  middle = window.xy + (gl_Position.xy / gl_Position.w * 0.5 + 0.5) * screen.xy;
  radius = 0.5 * body_scale.x;
  gl_PointSize = body_scale.x + 2.0;
}
)";

const std::string_view kPointFragment = R"(
flat in vec2 middle;
flat in float radius;
#if defined(OUT_COLOR)
in vec3 rel;
in vec3 albedo;
out vec4 result;
void main() {
  vec2 p = (gl_FragCoord.xy - middle) / radius;
  float r2 = dot(p, p);
  float alpha = clamp((1.0 - sqrt(r2)) * radius + 0.5, 0.0, 1.0);
  if (alpha <= 0.0) discard;
  vec3 n = right.xyz * p.x + up.xyz * p.y + back.xyz * sqrt(max(1.0 - r2, 0.0));
  vec3 c = albedo * (mix(light_ground.rgb, light_sky.rgb, n.z * 0.5 + 0.5) +
                     sun.w * max(dot(n, sun.xyz), 0.0));
  result = finish(mix(c, horizon.rgb, fog_share(rel)), alpha);
}
#elif defined(OUT_DEPTH)
in vec3 rel;
out float result;
void main() {
  vec2 p = gl_FragCoord.xy - middle;
  if (dot(p, p) > radius * radius) discard;
  result = axial_distance(rel);
}
#else
flat in uint id;
out uint result;
void main() {
  vec2 p = gl_FragCoord.xy - middle;
  if (dot(p, p) > radius * radius) discard;
  result = id;
}
#endif
)";

const std::string_view kGroundVertex = R"(
uniform float height;  // of the ground, relative to the eye
out vec3 rel;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
  rel = vec3(corner * grid.w, height);
  gl_Position = clip_from_rel * vec4(rel, 1.0);
}
)";

const std::string_view kGroundFragment = R"(
in vec3 rel;
out vec4 result;

// how much of a line of this width (pixels) every `cell` meters covers the pixel
float lines(vec2 at, vec2 px_per_m, float cell, float width) {
  vec2 away = abs(fract(at * (1.0 / cell) - 0.5) - 0.5) * (cell * px_per_m);  // pixels
  vec2 cover = clamp(width * 0.5 + 0.5 - away, 0.0, 1.0);
  // gone where a cell is of two pixels, whole from ten on
  float fade = clamp(cell * 0.125 * min(px_per_m.x, px_per_m.y) - 0.25, 0.0, 1.0);
  return max(cover.x, cover.y) * fade;
}

void main() {
  vec3 c = ground.rgb;
  c *= mix(0.4, 1.0, sunlight(rel));
  if (grid.z > 0.5) {
    vec2 at = rel.xy + grid.xy;
    vec2 per_m = 1.0 / max(fwidth(rel.xy), vec2(1e-6));
    float width = screen.z;
    float cover = max(max(0.25 * lines(at, per_m, 1.0, width), 0.6 * lines(at, per_m, 10.0, width)),
                      0.9 * lines(at, per_m, 100.0, width * 1.5));
    c = mix(c, grid_line.rgb, cover);
  }
  result = finish(mix(c, horizon.rgb, fog_share(rel)), 1.0);
}
)";

const std::string_view kSkyVertex = R"(
out vec3 direction;
out float screen_y;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 4.0 - 1.0;
  direction = right.xyz * (corner.x * right.w) + up.xyz * (corner.y * up.w) - back.xyz;
  screen_y = corner.y;
  gl_Position = vec4(corner, 1.0, 1.0);
}
)";

const std::string_view kSkyFragment = R"(
in vec3 direction;
in float screen_y;
out vec4 result;
void main() {
  float share = fog.w > 0.5 ? screen_y * 0.5 + 0.5 : normalize(direction).z * 1.6;
  share = clamp(share, 0.0, 1.0);
  result = finish(mix(horizon.rgb, zenith.rgb, share * (2.0 - share)), 1.0);
}
)";

}  // namespace volery::render
