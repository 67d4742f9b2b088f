// Vectors as arrays of three numbers, quaternions x, y, z, w, matrices by columns.

const add = (a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
const sub = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const scale = (a, k) => [a[0] * k, a[1] * k, a[2] * k];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0]];
const norm = (a) => Math.hypot(a[0], a[1], a[2]);
const unit = (a) => scale(a, 1 / (norm(a) || 1));
const mix = (a, b, k) => a + (b - a) * k;
const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
const row3 = (array, i) => [array[3 * i], array[3 * i + 1], array[3 * i + 2]];
const row4 = (array, i) => Array.from(array.subarray(4 * i, 4 * i + 4));

function rotate(q, v) {
  const t = scale(cross(q, v), 2);
  return add(add(v, scale(t, q[3])), cross(q, t));
}

// Roll, pitch, yaw in degrees: about world x, then y, then z.
function angles_deg([x, y, z, w]) {
  const k = 180 / Math.PI;
  return [
    k * Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)),
    k * Math.asin(clamp(2 * (w * y - z * x), -1, 1)),
    k * Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
  ];
}

// Projection times rotation: clip coordinates of points that are relative to the eye.
function view_projection({ right, up, forward, fov_y, aspect, near, far, ortho_m }) {
  const f = 1 / Math.tan(fov_y / 2);
  const rows = ortho_m > 0
    ? [scale(right, 2 / (ortho_m * aspect)), scale(up, 2 / ortho_m)]
    : [scale(right, f / aspect), scale(up, f)];
  const m = new Float32Array(16);
  for (let c = 0; c < 3; c++) {
    m[4 * c] = rows[0][c];
    m[4 * c + 1] = rows[1][c];
    // w is the depth in perspective, 1 in a parallel view
    if (ortho_m > 0) m[4 * c + 2] = (2 / (far - near)) * forward[c];
    else {
      m[4 * c + 2] = ((far + near) / (far - near)) * forward[c];
      m[4 * c + 3] = forward[c];
    }
  }
  if (ortho_m > 0) {
    m[14] = -(far + near) / (far - near);
    m[15] = 1;
  } else m[14] = (-2 * far * near) / (far - near);
  return m;
}

// 12345 -> "12.3 k", NaN said so; decimals stay the same so that digits do not jump.
function number_text(value, decimals = 2) {
  if (!Number.isFinite(value)) return "none";
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  if (Math.abs(value) >= 10000) return `${(value / 1000).toFixed(1)} k`;
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? (0).toFixed(decimals) : text;
}

// 62.5 -> "01:02.500"
function time_text(seconds) {
  const ms = Math.round(Math.max(0, seconds) * 1000);
  const pad = (v, n) => String(v).padStart(n, "0");
  return `${pad(Math.floor(ms / 60000), 2)}:${pad(Math.floor(ms / 1000) % 60, 2)}` +
    `.${pad(ms % 1000, 3)}`;
}

// "12.5", "1:02.5" in seconds, "#300" in steps of the recording -> seconds, or null
function parsed_time(text, step_s) {
  const word = text.trim().replace(/\s*s$/, "");
  if (/^#\d+$/.test(word)) return Number(word.slice(1)) * step_s;
  const match = /^(?:(\d+):)?(\d+(?:\.\d*)?|\.\d+)$/.exec(word);
  return match ? 60 * Number(match[1] || 0) + Number(match[2]) : null;
}

// A round number of at most `limit`: 1, 2 or 5 times a power of ten.
function round_below(limit) {
  const power = 10 ** Math.floor(Math.log10(limit));
  return power * (limit / power >= 5 ? 5 : limit / power >= 2 ? 2 : 1);
}
