// Shading in linear light; the last line of each turns it into what screens want.

const kCommon = `#version 300 es
precision highp float;
vec3 to_linear(vec3 c) { return mix(c / 12.92, pow((c + .055) / 1.055, vec3(2.4)), step(.04045, c)); }
vec3 to_screen(vec3 c) {
  c = clamp(c, 0., 1.);
  return mix(c * 12.92, 1.055 * pow(c, vec3(1. / 2.4)) - .055, step(.0031308, c));
}
vec3 turned(vec4 q, vec3 v) { return v + 2. * cross(q.xyz, cross(q.xyz, v) + q.w * v); }
`;

// the sun, a sky above and ground below, a small gleam
const kLight = `
vec3 lit(vec3 base, vec3 n, vec3 to_eye) {
  vec3 sun = normalize(vec3(-.4, -.5, .77));
  float up = n.z * .5 + .5;
  vec3 sky = mix(vec3(.28, .26, .24), vec3(.50, .55, .62), up);
  float gleam = .15 * pow(max(0., dot(n, normalize(sun + to_eye))), 32.);
  return base * (sky + .8 * max(0., dot(n, sun))) + gleam;
}
`;

const kMeshVertex = `${kCommon}
layout(location=0) in vec3 a_position;
layout(location=1) in vec3 a_normal;
layout(location=2) in vec4 a_color;
layout(location=3) in vec3 i_position;
layout(location=4) in vec4 i_quat;
layout(location=5) in vec3 i_scale;
layout(location=6) in vec4 i_color;
uniform mat4 view_projection;
out vec3 v_normal;
out vec3 v_position;
out vec4 v_color;
void main() {
  vec3 p = turned(i_quat, a_position * i_scale) + i_position;
  v_position = p;
  v_normal = turned(i_quat, a_normal / i_scale);
  // alpha of the vertex: how much of the color is the instance's own
  v_color = vec4(mix(a_color.rgb, i_color.rgb, a_color.a), i_color.a);
  gl_Position = view_projection * vec4(p, 1.);
}`;

const kMeshFragment = `${kCommon}${kLight}
in vec3 v_normal;
in vec3 v_position;
in vec4 v_color;
out vec4 color;
void main() {
  vec3 n = normalize(v_normal);
  vec3 to_eye = -normalize(v_position);
  if (dot(n, to_eye) < 0.) n = -n;
  color = vec4(to_screen(lit(to_linear(v_color.rgb), n, to_eye)), v_color.a);
}`;

// Ground and walls: lines each meter and each ten, as wide on the screen everywhere.
const kPlaneVertex = `${kCommon}
layout(location=0) in vec3 a_position;
layout(location=1) in vec2 a_uv;
uniform mat4 view_projection;
uniform vec3 offset;
out vec2 v_uv;
out vec3 v_position;
void main() {
  v_uv = a_uv;
  v_position = a_position + offset;
  gl_Position = view_projection * vec4(v_position, 1.);
}`;

const kPlaneFragment = `${kCommon}
in vec2 v_uv;
in vec3 v_position;
uniform vec4 base;
uniform vec3 ink;
uniform vec2 fade;
uniform vec2 cell;
out vec4 color;
float line(vec2 uv, float width, out float shown) {
  vec2 d = fwidth(uv);
  vec2 g = abs(fract(uv - .5) - .5) / max(d, vec2(1e-6));
  shown = 1. - smoothstep(.25, .5, max(d.x, d.y));
  return (1. - min(min(g.x, g.y) / width, 1.)) * shown;
}
void main() {
  float a, b;
  float thin = line(v_uv / cell.x, 1., a) * .3;
  float thick = line(v_uv / cell.y, 1.4, b) * .65;
  float k = max(thin, thick);
  float far = 1. - smoothstep(fade.x, fade.y, length(v_position));
  color = vec4(mix(base.rgb, ink, k), mix(base.a, 1., k) * far);
}`;

const kSkyVertex = `${kCommon}
out float v_height;
void main() {
  vec2 p = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2) * 2. - 1.;
  v_height = p.y * .5 + .5;
  gl_Position = vec4(p, 1., 1.);
}`;

const kSkyFragment = `${kCommon}
in float v_height;
uniform vec3 low;
uniform vec3 high;
out vec4 color;
void main() { color = vec4(mix(low, high, v_height), 1.); }`;

// Lines as strips of so many pixels: a segment is four vertices, moved apart on the screen.
const kLineVertex = `${kCommon}
layout(location=0) in vec3 a_from;
layout(location=1) in vec3 a_to;
layout(location=2) in vec4 a_shape;  // end, side, width in px, style
layout(location=3) in vec3 a_color;
layout(location=4) in vec2 a_alpha;
uniform mat4 view_projection;
uniform vec2 viewport;
out vec4 v_color;
out vec2 v_along;   // px along, and in [0, 1]
out float v_side;
flat out float v_style;
flat out float v_half;
void main() {
  vec4 p = view_projection * vec4(a_from, 1.);
  vec4 q = view_projection * vec4(a_to, 1.);
  const float eps = 1e-3;
  if (p.w < eps && q.w > eps) p = mix(p, q, (eps - p.w) / (q.w - p.w));
  else if (q.w < eps && p.w > eps) q = mix(q, p, (eps - q.w) / (p.w - q.w));
  vec2 s = p.xy / p.w * viewport * .5;
  vec2 e = q.xy / q.w * viewport * .5;
  vec2 along = e - s;
  float length_px = length(along);
  vec2 dir = length_px > 1e-4 ? along / length_px : vec2(1., 0.);
  float half_px = a_shape.z * .5 + .75;
  vec4 clip = a_shape.x < .5 ? p : q;
  vec2 push = vec2(-dir.y, dir.x) * a_shape.y * half_px;
  clip.xy += push / (viewport * .5) * clip.w;
  v_along = vec2(a_shape.x * length_px, a_shape.x);
  v_side = a_shape.y * half_px;
  v_half = a_shape.z * .5;
  v_style = a_shape.w;
  v_color = vec4(a_color, a_shape.x < .5 ? a_alpha.x : a_alpha.y);
  gl_Position = p.w < eps && q.w < eps ? vec4(0., 0., -2., 1.) : clip;
}`;

const kLineFragment = `${kCommon}
in vec4 v_color;
in vec2 v_along;
in float v_side;
flat in float v_style;
flat in float v_half;
out vec4 color;
void main() {
  if (v_style == 1. && mod(v_along.x, 10.) > 6.) discard;
  if (v_style == 2. && mod(v_along.x, 5.) > 2.) discard;
  if (v_style == 3. && abs(v_along.y - .5) < .14) discard;
  float edge = clamp(v_half + .75 - abs(v_side), 0., 1.);
  color = vec4(v_color.rgb, v_color.a * edge);
}`;

// Points that face the eye; shapes are drawn by distance.
const kSpriteVertex = `${kCommon}
layout(location=0) in vec3 a_position;
layout(location=1) in vec4 a_color;
layout(location=2) in vec3 a_shape;  // size in px, shape, turn
uniform mat4 view_projection;
out vec4 v_color;
flat out vec3 v_shape;
void main() {
  v_color = a_color;
  v_shape = a_shape;
  gl_Position = view_projection * vec4(a_position, 1.);
  gl_PointSize = a_shape.x + 2.;
}`;

const kSpriteFragment = `${kCommon}
in vec4 v_color;
flat in vec3 v_shape;
out vec4 color;
void main() {
  float r = v_shape.x * .5;
  vec2 p = (gl_PointCoord - .5) * (v_shape.x + 2.);
  p.y = -p.y;
  float c = cos(v_shape.z), s = sin(v_shape.z);
  p = vec2(c * p.x + s * p.y, -s * p.x + c * p.y);
  float d = length(p) - r;
  vec3 ink = v_color.rgb;
  int shape = int(v_shape.y);
  if (shape == 0) {
    vec2 q = p / r;
    float z = sqrt(max(0., 1. - dot(q, q)));
    ink *= .55 + .45 * max(0., dot(vec3(q, z), normalize(vec3(-.4, .6, .7))));
  } else if (shape == 2) {
    vec2 q = abs(p);
    d = max(abs(q.x - q.y) * .7071 - 1., max(q.x, q.y) - r * .8);
  } else if (shape == 3) {
    float a = atan(p.y, p.x);
    d = length(p) - r * (.55 + .45 * cos(a * 8.));
  } else if (shape == 4) {
    d = abs(length(p) - r + 1.) - .8;
  } else if (shape == 5) {
    d = abs((abs(p.x) + abs(p.y)) - r + 1.2) * .7071 - .8;
  } else if (shape == 6) {
    d = max(-p.x - r * .7, max(dot(p, vec2(.45, .893)), dot(p, vec2(.45, -.893))) - r * .42);
  } else if (shape == 7) {
    d = max(abs(p.x) , abs(p.y)) - r * .75;
  }
  float a = clamp(.5 - d, 0., 1.);
  if (a < .02) discard;
  color = vec4(ink, v_color.a * a);
}`;

// Soft discs on the ground, below what flies.
const kDiscVertex = `${kCommon}
layout(location=0) in vec4 a_center;  // and radius
layout(location=1) in vec3 a_corner;  // and alpha
uniform mat4 view_projection;
out vec3 v_corner;
void main() {
  v_corner = a_corner;
  vec3 p = a_center.xyz + vec3(a_corner.xy * a_center.w, 0.);
  gl_Position = view_projection * vec4(p, 1.);
}`;

const kDiscFragment = `${kCommon}
in vec3 v_corner;
out vec4 color;
void main() {
  float k = 1. - smoothstep(.35, 1., length(v_corner.xy));
  color = vec4(0., 0., 0., v_corner.z * k);
}`;
