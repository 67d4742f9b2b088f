// Where it is looked from: a pivot, two angles and a distance; or from on board. In flight the eye
// stays where it is and the pivot is what lies ahead.

const kFov = Math.PI / 4;
const kMaxPitch = (89 * Math.PI) / 180;
const kEase_ms = 150;
const kFlyFast = 4;
const kMaxTick_s = 0.1;  // a page that was hidden does not jump
const kViews = {
  front: { yaw: 0, pitch: 0.05 },
  back: { yaw: Math.PI, pitch: 0.05 },
  right: { yaw: -Math.PI / 2, pitch: 0.05 },
  left: { yaw: Math.PI / 2, pitch: 0.05 },
  top: { yaw: -Math.PI / 2, pitch: kMaxPitch, ortho: true },
  bottom: { yaw: -Math.PI / 2, pitch: -kMaxPitch, ortho: true },
};

class Camera {
  constructor(still) {
    this.still = still;  // no motion of its own
    this.pivot = [0, 0, 0];
    this.yaw = -2.2;
    this.pitch = 0.55;
    this.distance = 10;
    this.ortho = false;
    this.mode = "orbit";  // or follow, chase, onboard: of the selected agent; or fly
    this.saved = [];
    this.saved_at = -1;
    this.width = 1;
    this.height = 1;
    this.bounds_m = 10;
    this.heading = null;
    this.fly_mps = 4;
    this.before = {};
    this.hands = { forward: 0, left: 0, up: 0, fast: false };
    this.flown_at = null;
    this.update();
  }

  // Moves to a view in a moment.
  go(goal) {
    const { pivot, yaw, pitch, distance } = this;
    if ("ortho" in goal) this.ortho = goal.ortho;
    if (this.still) {
      Object.assign(this, goal);
      return;
    }
    const to = { pivot, yaw, pitch, distance, ...goal };
    // the short way round
    to.yaw = yaw + Math.atan2(Math.sin(to.yaw - yaw), Math.cos(to.yaw - yaw));
    this.ease = { from: { pivot, yaw, pitch, distance }, to, begun: performance.now() };
  }

  get moving() {
    return Boolean(this.ease) || this.flying;
  }

  get flying() {
    const { forward, left, up } = this.hands;
    return this.mode === "fly" && Boolean(forward || left || up);
  }

  // Goes where the hands say: ahead and aside as it looks, up and down in the world.
  fly() {
    const now = performance.now();
    const before = this.flown_at;
    this.flown_at = this.flying ? now : null;
    if (!this.flying || before === null) return;
    const { forward, left, up, fast } = this.hands;
    const step = this.fly_mps * (fast ? kFlyFast : 1) * Math.min(kMaxTick_s, (now - before) / 1000);
    this.ease = null;
    this.pivot = add(this.pivot, add(scale(this.forward, forward * step),
      add(scale(this.right, -left * step), [0, 0, up * step])));
  }

  // Follows the selected agent and goes on with what `go` began.
  advance(track, selected) {
    if (this.ease) {
      const { from, to, begun } = this.ease;
      const k = clamp((performance.now() - begun) / kEase_ms, 0, 1);
      const s = k * k * (3 - 2 * k);
      this.pivot = from.pivot.map((v, i) => mix(v, to.pivot[i], s));
      this.yaw = mix(from.yaw, to.yaw, s);
      this.pitch = mix(from.pitch, to.pitch, s);
      this.distance = mix(from.distance, to.distance, s);
      if (k >= 1) this.ease = null;
    }
    this.fly();
    if (this.hangs && selected >= 0) {
      const position = row3(track.position, selected);
      if (position.every(Number.isFinite)) {
        const quat = row4(track.quat, selected);
        this.pivot = position;
        const nose = rotate(quat, [1, 0, 0]);
        const heading = Math.atan2(nose[1], nose[0]);
        if (this.mode === "chase") {
          // 2.5 m behind and 1 m up, unless the user turned it
          if (this.heading !== null) {
            this.yaw += Math.atan2(Math.sin(heading - this.heading),
              Math.cos(heading - this.heading));
          }
          this.heading = heading;
        }
        if (this.mode === "onboard") this.body = quat;
      }
    }
    this.update();
  }

  get near_by() {
    return this.mode === "chase" || this.mode === "onboard";
  }

  // True where it goes with an agent.
  get hangs() {
    return this.mode !== "orbit" && this.mode !== "fly";
  }

  set_mode(mode, track, selected) {
    if (mode === "fly") this.take_off();
    const was_near = this.near_by;
    this.mode = mode;
    // what chasing turned is as before again
    if (this.near_by && !was_near) {
      const { yaw, pitch, distance, ortho } = this;
      this.before = { yaw, pitch, distance, ortho };
    } else if (was_near && !this.near_by && mode !== "fly") this.go(this.before);
    this.heading = null;
    this.body = null;
    if (mode === "chase" && selected >= 0) {
      this.ease = null;
      const nose = rotate(row4(track.quat, selected), [1, 0, 0]);
      this.heading = Math.atan2(nose[1], nose[0]);
      this.yaw = this.heading + Math.PI;
      this.pitch = Math.atan2(1, 2.5);
      this.distance = Math.hypot(2.5, 1);
      this.ortho = false;
    }
  }

  // From where the eye is, looking where it looks.
  take_off() {
    const { eye, forward } = this;
    if (this.mode === "onboard") {
      this.yaw = Math.atan2(-forward[1], -forward[0]);
      this.pitch = clamp(Math.asin(clamp(-forward[2], -1, 1)), -kMaxPitch, kMaxPitch);
    }
    this.ease = null;
    this.ortho = false;
    this.pivot = add(eye, scale(forward, this.distance));
  }

  update() {
    if (this.mode === "onboard" && this.body) {
      this.forward = rotate(this.body, [1, 0, 0]);
      this.up = rotate(this.body, [0, 0, 1]);
      this.right = cross(this.forward, this.up);
      this.eye = this.pivot;
    } else {
      const c = Math.cos(this.pitch);
      const away = [c * Math.cos(this.yaw), c * Math.sin(this.yaw), Math.sin(this.pitch)];
      this.forward = scale(away, -1);
      this.right = [-Math.sin(this.yaw), Math.cos(this.yaw), 0];
      this.up = cross(this.right, this.forward);
      this.eye = add(this.pivot, scale(away, this.distance));
    }
    const fov_y = this.mode === "onboard" ? 1.4 : kFov;
    const parallel = this.ortho && this.mode !== "onboard";
    const reach = this.distance + 4 * this.bounds_m;
    Object.assign(this, {
      fov_y,
      aspect: this.width / this.height,
      ortho_m: parallel ? 2 * this.distance * Math.tan(kFov / 2) : 0,
      near: parallel ? -reach : Math.max(0.02, 0.001 * this.distance),
      far: reach,
    });
    this.matrix = view_projection(this);
  }

  // Pixels that a meter takes at some depth.
  px_per_m(depth) {
    if (this.ortho_m > 0) return this.height / this.ortho_m;
    return this.height / (2 * Math.tan(this.fov_y / 2) * Math.max(depth, 1e-6));
  }

  depth(p) {
    return dot(sub(p, this.eye), this.forward);
  }

  // -> [x, y, depth] in pixels from the top left, or null behind the eye
  project(p) {
    const d = sub(p, this.eye);
    const depth = dot(d, this.forward);
    if (!this.ortho_m && !(depth > this.near)) return null;
    const k = this.px_per_m(depth);
    return [this.width / 2 + dot(d, this.right) * k, this.height / 2 - dot(d, this.up) * k, depth];
  }

  // The point under a pixel, as deep as the pivot.
  under(x, y) {
    const k = 1 / this.px_per_m(this.depth(this.pivot));
    return add(this.pivot, add(scale(this.right, (x - this.width / 2) * k),
      scale(this.up, (this.height / 2 - y) * k)));
  }

  orbit(dx, dy) {
    this.ease = null;
    if (this.mode === "onboard") this.mode = "chase";
    const eye = this.eye;
    this.yaw -= dx * 0.006;
    this.pitch = clamp(this.pitch + dy * 0.006, -kMaxPitch, kMaxPitch);
    if (this.mode === "fly") {
      this.update();
      this.pivot = add(this.pivot, sub(eye, this.eye));
    }
    if (this.ortho && Math.abs(this.pitch) < 1.5) this.ortho = false;
  }

  pan(dx, dy) {
    this.ease = null;
    if (this.mode !== "orbit") return;
    const k = 1 / this.px_per_m(this.distance);
    this.pivot = add(this.pivot, add(scale(this.right, -dx * k), scale(this.up, dy * k)));
  }

  // Towards what is under the cursor; while following only the distance changes.
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    this.ease = null;
    if (this.mode === "fly") {
      this.fly_mps = clamp(this.fly_mps / factor, 0.1, 1000);
      return;
    }
    const distance = clamp(this.distance * factor, 0.05, 20 * this.bounds_m);
    const k = distance / this.distance;
    if (this.mode === "orbit") {
      const point = this.under(x, y);
      this.pivot = add(point, scale(sub(this.pivot, point), k));
    }
    this.distance = distance;
  }

  // A view of all points that are finite. `shift_px`: how far its middle is from the canvas's.
  frame(points, at_least_m = 0.5, now = false) {
    const seen = points.filter((p) => p && p.every(Number.isFinite));
    if (!seen.length) return;
    const low = [0, 1, 2].map((c) => Math.min(...seen.map((p) => p[c])));
    const high = [0, 1, 2].map((c) => Math.max(...seen.map((p) => p[c])));
    const radius = Math.max(at_least_m, norm(sub(high, low)) / 2);
    const fit = Math.min(1, this.width / this.height);
    const goal = { pivot: scale(add(low, high), 0.5),
      distance: (1.05 * radius) / Math.sin(kFov / 2) / fit };
    if (now) Object.assign(this, goal);
    else this.go(goal);
  }

  save() {
    const { pivot, yaw, pitch, distance, ortho } = this;
    this.saved_at = this.saved.push({ pivot, yaw, pitch, distance, ortho }) - 1;
    return this.saved.length;
  }

  recall(direction) {
    if (!this.saved.length) return 0;
    const n = this.saved.length;
    const from = this.saved_at < 0 && direction < 0 ? 0 : this.saved_at;
    this.saved_at = (from + direction + n) % n;
    this.go(this.saved[this.saved_at]);
    return this.saved_at + 1;
  }

  // As a link holds it, and back: false for what is no view.
  text() {
    const r = (v) => Number(v.toFixed(3));
    const parallel = this.ortho ? [1] : [];
    return [this.yaw, this.pitch, this.distance, ...this.pivot, ...parallel].map(r).join(",");
  }

  read(text) {
    if (text in kViews) {
      Object.assign(this, { ortho: false }, kViews[text]);
      return true;
    }
    const v = text.split(",").map(Number);
    if (v.length < 6 || v.length > 7 || !v.every(Number.isFinite)) return false;
    Object.assign(this, { yaw: v[0], pitch: clamp(v[1], -kMaxPitch, kMaxPitch),
      distance: Math.max(0.05, v[2]), pivot: v.slice(3, 6), ortho: v[6] === 1 });
    return true;
  }
}
