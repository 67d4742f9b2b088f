// Without WebGL2: the same moment in two dimensions, on a canvas, from wherever the camera looks.

class FlatScene {
  constructor(canvas, track, theme) {
    Object.assign(this, { canvas, track, theme });
    this.ink = canvas.getContext("2d");
    this.vehicles = track.header.vehicles.map((v) => ({ radius: vehicle_radius(v) }));
  }

  draw(camera, layers) {
    const { ink, canvas, theme, track } = this;
    const ratio = canvas.width / camera.width;
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.fillStyle = css(theme.deep);
    ink.fillRect(0, 0, camera.width, camera.height);
    this.camera = camera;
    if (layers.scope.grid !== "off") this.grid();
    this.statics();
    for (const l of layers.lines) this.line(l);
    this.drawn = 0;
    for (let i = 0; i < track.num_props; i++) {
      this.ball(row3(track.prop_position, i), track.header.scene.props[0].size[0] / 2, theme.prop, 4);
    }
    for (let a = 0; a < track.num_agents; a++) {
      if (!track.shown(a)) continue;
      this.drawn++;
      const p = row3(track.position, a);
      this.ball(p, this.vehicles[a % this.vehicles.length].radius, layers.color(a), 2.5);
      this.nose(p, row4(track.quat, a), a);
    }
    for (const s of layers.sprites) this.mark(s);
  }

  path(points, close = false) {
    const at = points.map((p) => this.camera.project(p));
    if (at.some((p) => !p)) return false;
    this.ink.beginPath();
    at.forEach((p, i) => (i ? this.ink.lineTo(p[0], p[1]) : this.ink.moveTo(p[0], p[1])));
    if (close) this.ink.closePath();
    return true;
  }

  grid() {
    const { ink, theme } = this;
    const { low, high } = this.track.header.scene;
    const z = this.track.header.floor_m;
    const step = round_below(Math.max(high[0] - low[0], high[1] - low[1]) / 8);
    ink.lineWidth = 1;
    ink.strokeStyle = css(theme.grid, 0.35);
    for (let x = Math.ceil(low[0] / step) * step; x <= high[0] + 1e-9; x += step) {
      if (this.path([[x, low[1], z], [x, high[1], z]])) ink.stroke();
    }
    for (let y = Math.ceil(low[1] / step) * step; y <= high[1] + 1e-9; y += step) {
      if (this.path([[low[0], y, z], [high[0], y, z]])) ink.stroke();
    }
  }

  // Outlines of the static bodies; low ones first, so that what is above lies above.
  statics() {
    const { ink, theme } = this;
    const bodies = this.track.header.scene.statics.filter((s) => s.kind !== "plane");
    for (const body of bodies) {
      const faces = [];
      if (body.triangles) {
        for (let t = 0; t < body.triangles.length; t += 3) {
          faces.push([0, 1, 2].map((k) => body.vertices.slice(3 * body.triangles[t + k],
            3 * body.triangles[t + k] + 3)));
        }
      } else {
        const round = body.kind !== "box";
        const ring = round ? Array.from({ length: 20 }, (_, i) =>
          [Math.cos((i * Math.PI) / 10) / 2, Math.sin((i * Math.PI) / 10) / 2])
          : [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]];
        for (const z of body.kind === "sphere" ? [0] : [-0.5, 0.5]) {
          faces.push(ring.map(([x, y]) => [x * body.size[0], y * body.size[1], z * body.size[2]]));
        }
      }
      for (const face of faces) {
        const points = face.map((p) => add(body.position, rotate(body.quat, p)));
        if (!this.path(points, true)) continue;
        ink.fillStyle = css(theme.solid, 0.35);
        ink.fill();
        ink.strokeStyle = css(theme.solid, 0.8);
        ink.stroke();
      }
    }
  }

  line({ from, to, color, alpha, alpha_to, width, style }) {
    const { ink } = this;
    if (!this.path([from, to])) return;
    ink.setLineDash(style === 1 ? [6, 4] : style === 2 ? [2, 3] : style === 3 ? [4, 8] : []);
    ink.lineWidth = width;
    ink.strokeStyle = css(color, (alpha + alpha_to) / 2);
    ink.stroke();
    ink.setLineDash([]);
  }

  ball(p, radius_m, color, least) {
    const at = this.camera.project(p);
    if (!at || !p.every(Number.isFinite)) return;
    this.ink.beginPath();
    this.ink.arc(at[0], at[1], Math.max(least, radius_m * this.camera.px_per_m(at[2])), 0,
      2 * Math.PI);
    this.ink.fillStyle = css(color);
    this.ink.fill();
  }

  nose(p, quat, agent) {
    const radius = this.vehicles[agent % this.vehicles.length].radius;
    if (radius * this.camera.px_per_m(this.camera.depth(p)) < 4) return;
    if (!this.path([p, add(p, scale(rotate(quat, [1, 0, 0]), 1.5 * radius))])) return;
    this.ink.lineWidth = 2;
    this.ink.strokeStyle = css(this.theme.ink, 0.8);
    this.ink.stroke();
  }

  mark({ at, color, alpha, size, shape, radius_m }) {
    const p = this.camera.project(at);
    if (!p) return;
    const { ink } = this;
    const r = Math.max(size / 2, radius_m * this.camera.px_per_m(p[2]));
    ink.strokeStyle = ink.fillStyle = css(color, alpha);
    ink.lineWidth = 1.6;
    ink.beginPath();
    if (shape === kShape.cross || shape === kShape.burst) {
      ink.moveTo(p[0] - r, p[1] - r);
      ink.lineTo(p[0] + r, p[1] + r);
      ink.moveTo(p[0] - r, p[1] + r);
      ink.lineTo(p[0] + r, p[1] - r);
      ink.stroke();
    } else if (shape === kShape.diamond) {
      ink.moveTo(p[0], p[1] - r);
      for (const [x, y] of [[r, 0], [0, r], [-r, 0]]) ink.lineTo(p[0] + x, p[1] + y);
      ink.closePath();
      ink.stroke();
    } else if (shape === kShape.square) {
      ink.fillRect(p[0] - 0.75 * r, p[1] - 0.75 * r, 1.5 * r, 1.5 * r);
    } else {
      const whole = shape === kShape.ring || shape === kShape.ball;
      ink.arc(p[0], p[1], whole ? r : r * 0.6, 0, 2 * Math.PI);
      if (shape === kShape.ring) ink.stroke();
      else ink.fill();
    }
  }
}
