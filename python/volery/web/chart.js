// Figures over time, of the world or of the selected agents, with the playhead. Wherever it stands,
// a click seeks.

// From the poses of single agents: [name, unit, (track) => (agent, sample) => number]
const kFigures = [
  ["height z", "m", (track) => (a, i) => (track.agents.at(i, a, [0, 0, 0]) || [0, 0, NaN])[2]],
  ["speed", "m/s", (track) => (a, i) => norm(track.velocity(a, i))],
  ["to goal", "m", (track) => (a, i) => {
    const goal = track.goals.at(i, a, [0, 0, 0]);
    const at = track.agents.at(i, a, [0, 0, 0]);
    return goal && at ? norm(sub(goal, at)) : NaN;
  }],
];

class Chart {
  constructor(player) {
    this.player = player;
    this.canvas = document.getElementById("chart");
    this.chosen = 0;
    const { track } = player;
    const own = kFigures.filter(([name]) => name !== "to goal" || track.goals)
      .map(([name, unit, of]) => ({ name: `selected: ${name}`, unit, of: of(track) }));
    this.kinds = [...track.series, ...own];
    this.select = document.getElementById("series");
    this.kinds.forEach((s, i) => this.select.append(new Option(`${s.name} (${s.unit})`, i)));
    this.select.onchange = () => this.choose(Number(this.select.value));
    const seek = (event) => {
      const box = this.canvas.getBoundingClientRect();
      const share = (event.clientX - box.left - this.left) / (box.width - this.left - 6);
      player.seek(clamp(share, 0, 1) * player.track.end_s);
    };
    this.canvas.onpointerdown = (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      seek(event);
    };
    this.canvas.onpointermove = (event) => event.buttons && seek(event);
  }

  choose(number) {
    this.chosen = number;
    this.select.value = number;
    this.player.touch();
  }

  // Small in the panel, or wide below the picture.
  toggle_drawer() {
    const drawer = document.getElementById("drawer");
    drawer.hidden = !drawer.hidden;
    (drawer.hidden ? document.getElementById("small_chart") : drawer).prepend(this.canvas);
    this.player.resize();
  }

  // -> [{values, color, style, label}]
  curves(color) {
    const { player } = this;
    const kind = this.kinds[this.chosen];
    if (!kind) return [];
    if (kind.values) return [{ values: kind.values, color: color("accent"), style: "solid", label: "" }];
    return player.compare.agents.map((a, i) => ({
      values: player.track.figure(kind.name, a, kind.of), label: `d${a} `,
      color: css(curve_color(player.theme, i)), style: curve_style(i) }));
  }

  draw() {
    const { canvas, player } = this;
    const { track } = player;
    const { width, height } = fit_canvas(canvas);
    if (width < 20) return;
    const ink = canvas.getContext("2d");
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(`--${name}`);
    ink.clearRect(0, 0, width, height);
    ink.font = "11px system-ui, sans-serif";
    const curves = this.curves(color);
    const [low, high] = span_of(curves);
    const decimals = clamp(Math.ceil(1 - Math.log10(high - low)), 0, 4);
    const marks = [low, (low + high) / 2, high];
    this.left = 8 + Math.max(...marks.map((v) => ink.measureText(number_text(v, decimals)).width));
    const x = (t) => this.left + ((width - this.left - 6) * t) / (track.end_s || 1);
    const y = (v) => 18 + (height - 36) * (1 - (v - low) / (high - low));
    this.frame(ink, width, height, color, curves.length ? marks : [], y, decimals);
    for (const curve of curves) this.curve(ink, curve, x, y);
    ink.strokeStyle = color("text");
    ink.beginPath();
    ink.moveTo(x(player.time), 16);
    ink.lineTo(x(player.time), height - 16);
    ink.stroke();
    const whole = curves.every(({ values }) => values.every((v) => !(v % 1)));
    const room = width >= 360 || curves.length < 2;
    this.readings(ink, curves, color, room ? (whole ? 0 : decimals + 1) : null);
  }

  frame(ink, width, height, color, marks, y, decimals) {
    ink.strokeStyle = color("edge");
    ink.fillStyle = color("soft");
    ink.textBaseline = "middle";
    ink.textAlign = "right";
    ink.lineWidth = 1;
    for (const v of marks) {
      ink.beginPath();
      ink.moveTo(this.left, y(v));
      ink.lineTo(width - 6, y(v));
      ink.stroke();
      ink.fillText(number_text(v, decimals), this.left - 4, y(v));
    }
    ink.textBaseline = "bottom";
    ink.textAlign = "left";
    ink.fillText("0 s", this.left, height - 1);
    ink.textAlign = "right";
    ink.fillText(`${number_text(this.player.track.end_s, 1)} s`, width - 6, height - 1);
  }

  // What every curve has at the playhead; without `decimals`, for which there is no room, whose it is.
  readings(ink, curves, color, decimals) {
    const { index } = this.player.track;
    const kind = this.kinds[this.chosen];
    ink.textBaseline = "top";
    ink.textAlign = "left";
    let at = this.left;
    const put = (text, ink_color) => {
      ink.fillStyle = ink_color;
      ink.fillText(text, at, 1);
      at += ink.measureText(text).width;
    };
    if (kind && !curves.length) put("select agents to see theirs", color("soft"));
    curves.forEach(({ values, label, color: own }, i) => {
      put(label, own);
      const number = decimals === null ? "" : `${number_text(values[index], decimals)} `;
      put(number + (i === curves.length - 1 ? kind.unit : ""), color("text"));
    });
  }

  // Lowest and highest of what falls on half a pixel, so that no peak is lost; broken at resets.
  curve(ink, { values, color, style }, x, y) {
    const { times, num_times, cut } = this.player.track;
    ink.strokeStyle = color;
    ink.lineWidth = 1.3;
    ink.setLineDash(style === "solid" ? [] : [5, 3]);
    ink.beginPath();
    let pen = false;
    for (let i = 0; i < num_times;) {
      const column = Math.round(2 * x(times[i])) / 2;
      let low = Infinity;
      let high = -Infinity;
      for (; i < num_times && Math.round(2 * x(times[i])) / 2 === column; i++) {
        if (cut[i]) pen = false;
        if (!Number.isFinite(values[i])) continue;
        low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
      }
      if (low > high) {
        pen = false;
        continue;
      }
      if (pen) ink.lineTo(column, y(high));
      else ink.moveTo(column, y(high));
      if (low < high) ink.lineTo(column, y(low));
      pen = true;
    }
    ink.stroke();
    ink.setLineDash([]);
  }
}

// Lowest and highest of all curves, a little apart at least.
function span_of(curves) {
  let low = Infinity;
  let high = -Infinity;
  for (const { values } of curves) {
    for (const v of values) {
      if (!Number.isFinite(v)) continue;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  }
  if (low > high) return [0, 1];
  return high - low > 1e-9 * Math.abs(high) ? [low, high] : [low - 0.5, high + 0.5];
}

// Makes a canvas as fine as the screen; -> its size in CSS pixels.
function fit_canvas(canvas) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const wanted = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wanted[0]) canvas.width = wanted[0];
  if (canvas.height !== wanted[1]) canvas.height = wanted[1];
  canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
  return { width, height };
}
