// What lies above the picture: rings of the selection, labels, a scale and the axes. A 2D canvas.

const kText = "12px system-ui, sans-serif";

class Overlay {
  constructor(canvas, track, theme) {
    Object.assign(this, { canvas, track, theme });
    this.ink = canvas.getContext("2d");
  }

  draw(camera, layers, selection, hovered, radius_of) {
    const { ink, canvas } = this;
    const ratio = canvas.width / camera.width;
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.clearRect(0, 0, camera.width, camera.height);
    for (const a of layers.touching) this.ring(camera, a, radius_of(a), 4, this.theme.fault, 2);
    this.rings(camera, selection, hovered, radius_of);
    this.texts(camera, layers);
    this.scale_bar(camera);
    this.axes(camera);
    if (this.track.wind) this.wind(camera);
  }

  rings(camera, selection, hovered, radius_of) {
    for (const a of new Set([...selection, hovered])) {
      if (a < 0 || !this.track.shown(a)) continue;
      const own = selection.has(a);
      if (camera.mode === "onboard" && own) continue;
      this.ring(camera, a, radius_of(a), 0, this.theme.ink, own ? 2 : 1);
    }
  }

  // About an agent, so many pixels farther out.
  ring(camera, agent, radius_m, out, color, width) {
    const { ink } = this;
    const at = camera.project(row3(this.track.position, agent));
    if (!at) return;
    const radius = Math.max(9, radius_m * camera.px_per_m(at[2]) * 1.15 + 4) + out;
    // what fills the view needs no ring
    if (radius > (camera.hangs ? 60 : camera.height)) return;
    ink.beginPath();
    ink.arc(at[0], at[1], radius, 0, 2 * Math.PI);
    ink.lineWidth = width + 2;
    ink.strokeStyle = css(this.theme.deep, 0.55);
    ink.stroke();
    ink.lineWidth = width;
    ink.strokeStyle = css(color, width > 1 ? 1 : 0.7);
    ink.stroke();
  }

  // Labels by priority, then the nearest; what would overlap one that is there is dropped.
  texts(camera, layers) {
    const { ink, theme } = this;
    ink.font = kText;
    ink.textBaseline = "middle";
    ink.textAlign = "left";
    const found = [];
    for (const label of layers.labels) {
      const at = camera.project(label.at);
      if (at && at[0] > 0 && at[1] > 0 && at[0] < camera.width && at[1] < camera.height) {
        // above what it names
        const lift = label.radius_m ? Math.max(14, label.radius_m * camera.px_per_m(at[2]) + 4) : 0;
        found.push({ ...label, x: at[0] + 9, y: at[1] - lift, depth: at[2] });
      }
    }
    found.sort((a, b) => b.priority - a.priority || a.depth - b.depth);
    const taken = [];
    for (const { text, color, x: beside, y } of found) {
      if (taken.length >= kMaxLabels) break;
      const width = ink.measureText(text).width;
      const x = Math.min(beside, camera.width - width - 4);
      if (taken.some((t) => Math.abs(t.y - y) < 14 && x < t.x + t.width + 4 &&
        t.x < x + width + 4)) continue;
      taken.push({ x, y, width });
      ink.lineWidth = 3;
      ink.lineJoin = "round";
      ink.strokeStyle = css(theme.deep, 0.85);
      ink.strokeText(text, x, y);
      ink.fillStyle = css(color);
      ink.fillText(text, x, y);
    }
    if (found.length > kMaxLabels) layers.notes.push(`labels ${taken.length} of ${found.length}`);
  }

  scale_bar(camera) {
    const { ink, theme } = this;
    const depth = camera.ortho_m ? 1 : Math.max(camera.near, camera.depth(camera.pivot));
    const px = camera.px_per_m(camera.mode === "onboard" ? 5 : depth);
    const length = round_below(130 / px);
    const y = camera.height - 16;
    const x = 78;
    ink.strokeStyle = ink.fillStyle = css(theme.ink, 0.85);
    ink.lineWidth = 1.5;
    ink.beginPath();
    ink.moveTo(x, y - 5);
    ink.lineTo(x, y);
    ink.lineTo(x + length * px, y);
    ink.lineTo(x + length * px, y - 5);
    ink.stroke();
    ink.font = kText;
    const text = length >= 1000 ? `${length / 1000} km` : length >= 1 ? `${length} m`
      : `${Math.round(length * 100)} cm`;
    ink.textBaseline = "bottom";
    ink.fillText(camera.ortho_m ? text : `${text} at the pivot`, x + 6, y - 3);
  }

  // Where the air goes to, seen from here, above the axes.
  wind(camera) {
    const { ink, theme, track } = this;
    const wind = row3(track.wind, track.index);
    const speed = norm(wind);
    const x = 36;
    const y = camera.height - 92;
    ink.strokeStyle = ink.fillStyle = css(theme.wind);
    ink.font = kText;
    ink.textBaseline = "middle";
    ink.fillText(`wind ${number_text(speed)} m/s`, x + 28, y);
    const way = [dot(wind, camera.right), -dot(wind, camera.up)].map((v) => (20 * v) / (speed || 1));
    const length = Math.hypot(...way);
    ink.beginPath();
    ink.arc(x, y, 2, 0, 2 * Math.PI);
    ink.fill();
    if (length < 2) return;
    const [u, v] = way.map((c) => c / length);
    const [tip_x, tip_y] = [x + way[0], y + way[1]];
    ink.lineWidth = 2;
    ink.beginPath();
    ink.moveTo(x - way[0], y - way[1]);
    ink.lineTo(tip_x, tip_y);
    for (const side of [-1, 1]) {
      ink.moveTo(tip_x, tip_y);
      ink.lineTo(tip_x - 7 * u - side * 4 * v, tip_y - 7 * v + side * 4 * u);
    }
    ink.stroke();
  }

  axes(camera) {
    const { ink, theme } = this;
    const center = [36, camera.height - 36];
    const ends = [["x", [1, 0, 0]], ["y", [0, 1, 0]], ["z", [0, 0, 1]]].map(([name, axis]) => ({
      name, x: dot(axis, camera.right), y: -dot(axis, camera.up), z: dot(axis, camera.forward) }));
    ends.sort((a, b) => b.z - a.z);
    ink.font = kText;
    ink.textBaseline = "middle";
    ink.textAlign = "center";
    for (const { name, x, y, z } of ends) {
      ink.strokeStyle = ink.fillStyle = css(theme.ink, z > 0 ? 0.5 : 0.9);
      ink.lineWidth = 1.6;
      ink.beginPath();
      ink.moveTo(...center);
      ink.lineTo(center[0] + 20 * x, center[1] + 20 * y);
      ink.stroke();
      if (Math.hypot(x, y) > 0.25) {
        ink.fillText(name, center[0] + 28 * x, center[1] + 28 * y);
      }
    }
    ink.textAlign = "left";
  }
}
