// The time bar: where it is, what happened when, bookmarks, the part that loops.

class TimeBar {
  constructor(player) {
    this.player = player;
    this.canvas = document.getElementById("bar");
    this.hover = null;
    const { canvas } = this;
    const time_of = (event) => {
      const box = canvas.getBoundingClientRect();
      const k = (event.clientX - box.left - 8) / Math.max(1, box.width - 16);
      return clamp(k, 0, 1) * player.track.end_s;
    };
    canvas.onpointerdown = (event) => {
      canvas.setPointerCapture(event.pointerId);
      // a drag holds playback and gives it back as it was
      this.dragging = true;
      player.seek(time_of(event));
    };
    canvas.onpointermove = (event) => {
      this.hover = time_of(event);
      if (this.dragging) player.seek(this.hover);
      else player.touch();
    };
    canvas.onpointerup = canvas.onpointercancel = () => {
      this.dragging = false;
      player.touch();
    };
    canvas.onpointerleave = () => {
      this.hover = null;
      player.touch();
    };
    const field = document.getElementById("time");
    field.onfocus = () => field.select();
    field.onchange = () => {
      const time = parsed_time(field.value, player.track.header.step_s);
      if (time !== null) player.seek(time);
      field.blur();
      player.touch();
    };
    field.onkeydown = (event) => {
      if (event.key === "Escape") field.blur();
      event.stopPropagation();
    };
    const speeds = document.getElementById("speed");
    for (let k = -6; k <= 6; k++) {
      speeds.append(new Option(k < 0 ? `x1/${2 ** -k}` : `x${2 ** k}`, 2 ** k));
    }
    speeds.value = 1;
    speeds.onchange = () => player.set_speed(Number(speeds.value));
  }

  draw() {
    const { player, canvas } = this;
    const { track } = player;
    const { width, height } = fit_canvas(canvas);
    const ink = canvas.getContext("2d");
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(`--${name}`);
    const x = (t) => 8 + ((width - 16) * t) / (track.end_s || 1);
    const y = height / 2;
    ink.clearRect(0, 0, width, height);
    ink.fillStyle = color("edge");
    ink.fillRect(8, y - 3, width - 16, 6);
    ink.fillStyle = color("accent");
    ink.globalAlpha = 0.35;
    ink.fillRect(x(player.in_s), y - 3, x(player.out_s) - x(player.in_s), 6);
    ink.globalAlpha = 1;
    ink.fillRect(8, y - 3, x(player.time) - 8, 6);
    this.events(ink, x, y, color);
    for (const time of player.bookmarks) {
      ink.fillStyle = css(player.theme.warning);
      ink.beginPath();
      ink.moveTo(x(time) - 4, 1);
      ink.lineTo(x(time) + 4, 1);
      ink.lineTo(x(time), 9);
      ink.fill();
    }
    ink.fillStyle = color("text");
    ink.beginPath();
    ink.arc(x(player.time), y, 7, 0, 2 * Math.PI);
    ink.fill();
    if (this.hover !== null) this.tip(ink, x(this.hover), width, height, color);
    this.write_fields();
  }

  // A cross for a death, a bar for a reset, a triangle for who joins; at most one per pixel.
  events(ink, x, y, color) {
    const { player } = this;
    const seen = new Set();
    ink.lineWidth = 1.6;
    for (const { time, kind } of player.track.events) {
      const at = Math.round(x(time));
      const key = `${kind}${at}`;
      if (seen.has(key)) continue;
      seen.add(key);
      ink.strokeStyle = kind === "died" ? css(player.theme.fault) : color("text");
      ink.beginPath();
      if (kind === "reset") {
        ink.moveTo(at, y - 10);
        ink.lineTo(at, y + 10);
      } else if (kind === "died") {
        ink.moveTo(at - 3, y - 12);
        ink.lineTo(at + 3, y - 6);
        ink.moveTo(at + 3, y - 12);
        ink.lineTo(at - 3, y - 6);
      } else {
        ink.moveTo(at - 3, y - 6);
        ink.lineTo(at, y - 12);
        ink.lineTo(at + 3, y - 6);
      }
      ink.stroke();
    }
  }

  tip(ink, at, width, height, color) {
    const { track } = this.player;
    const step = Math.round(this.hover / track.header.step_s);
    const near = track.events.find((e) => Math.abs(e.time - this.hover) < (4 * track.end_s) / width);
    const what = near ? ` ${near.kind}${near.agent === undefined ? "" : ` d${near.agent}`}` : "";
    const text = `${time_text(this.hover)} #${step}${what}`;
    ink.font = "11px system-ui, sans-serif";
    const wide = ink.measureText(text).width + 10;
    const left = clamp(at - wide / 2, 0, width - wide);
    ink.fillStyle = color("back");
    ink.fillRect(left, height - 14, wide, 14);
    ink.fillStyle = color("text");
    ink.textBaseline = "middle";
    ink.fillText(text, left + 5, height - 6);
  }

  write_fields() {
    const { player } = this;
    const { track } = player;
    const field = document.getElementById("time");
    if (document.activeElement !== field) field.value = time_text(player.time);
    const at_end = player.time >= player.out_s - 1e-9 && !player.loop;
    const text = player.playing ? "Pause" : at_end ? "Replay" : "Play";
    set_text("play", text);
    set_text("clock", `t ${player.time.toFixed(3)} s of ${track.end_s.toFixed(3)} s`);
    const episode = track.cut.some((c) => c)
      ? ` | episode ${track.episode_at(track.index)}, ${number_text(track.episode_s[track.index])} s`
      : "";
    const achieved = player.playing && Math.abs(player.achieved / player.speed - 1) > 0.1
      ? ` (${player.achieved.toFixed(2)})` : "";
    const speed = player.speed < 1 ? `x1/${1 / player.speed}` : `x${player.speed}`;
    set_text("where", `step ${track.steps[track.index]}${episode} | ` +
      `${player.direction < 0 ? "reverse " : ""}${speed}${achieved}`);
    this.canvas.setAttribute("aria-valuenow", player.time.toFixed(2));
    this.canvas.setAttribute("aria-valuemax", track.end_s.toFixed(2));
  }
}

// Writes only what changed: laying out again costs more than drawing.
function set_text(id, text) {
  const element = document.getElementById(id);
  if (element.textContent !== text) element.textContent = text;
}
