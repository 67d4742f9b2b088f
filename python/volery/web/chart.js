// A figure over time, with the playhead. Wherever it stands, a click seeks.

class Chart {
  constructor(player) {
    this.player = player;
    this.canvas = document.getElementById("chart");
    this.chosen = 0;
    const select = document.getElementById("series");
    player.track.series.forEach((s, i) => select.append(new Option(`${s.name} (${s.unit})`, i)));
    select.onchange = () => {
      this.chosen = Number(select.value);
      player.touch();
    };
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

  // Small in the panel, or wide below the picture.
  toggle_drawer() {
    const drawer = document.getElementById("drawer");
    drawer.hidden = !drawer.hidden;
    (drawer.hidden ? document.getElementById("small_chart") : drawer).append(this.canvas);
    this.player.resize();
  }

  draw() {
    const { canvas, player } = this;
    const { track } = player;
    const series = track.series[this.chosen];
    const { width, height } = fit_canvas(canvas);
    if (!series || width < 20) return;
    const ink = canvas.getContext("2d");
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(`--${name}`);
    const values = series.values;
    let low = Infinity;
    let high = -Infinity;
    for (const v of values) {
      if (!Number.isFinite(v)) continue;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    if (!(high - low > 1e-9 * Math.abs(high))) [low, high] = [low - 0.5, high + 0.5];
    const decimals = clamp(Math.ceil(1 - Math.log10(high - low)), 0, 4);
    ink.clearRect(0, 0, width, height);
    ink.font = "11px system-ui, sans-serif";
    const marks = [low, (low + high) / 2, high];
    this.left = 8 + Math.max(...marks.map((v) => ink.measureText(number_text(v, decimals)).width));
    const x = (t) => this.left + ((width - this.left - 6) * t) / (track.end_s || 1);
    const y = (v) => 18 + (height - 36) * (1 - (v - low) / (high - low));
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
    ink.fillText(`${number_text(track.end_s, 1)} s`, width - 6, height - 1);
    this.curve(ink, values, x, y, color("accent"));
    const now = values[track.index];
    ink.strokeStyle = color("text");
    ink.beginPath();
    ink.moveTo(x(player.time), 16);
    ink.lineTo(x(player.time), height - 16);
    ink.stroke();
    ink.fillStyle = color("text");
    ink.textBaseline = "top";
    ink.textAlign = "left";
    ink.fillText(`${number_text(now, decimals)} ${series.unit}`, this.left, 1);
  }

  // Lowest and highest of what falls on a pixel, so that no peak is lost.
  curve(ink, values, x, y, color) {
    const { times, num_times } = this.player.track;
    ink.strokeStyle = color;
    ink.lineWidth = 1.3;
    ink.beginPath();
    let pen = false;
    for (let i = 0; i < num_times;) {
      const column = Math.round(x(times[i]));
      let low = Infinity;
      let high = -Infinity;
      for (; i < num_times && Math.round(x(times[i])) === column; i++) {
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
  }
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
