// The panels at the sides, the legend, and what lies over the picture as text.

const kRow_px = 24;

class Panels {
  constructor(player) {
    this.player = player;
    this.find = document.getElementById("find");
    this.list = document.getElementById("list");
    this.rows = document.getElementById("rows");
    this.find.oninput = () => this.filter();
    this.find.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && this.found.length) {
        player.select(this.found[0]);
        player.frame();
      }
      if (event.key === "Enter" || event.key === "Escape") document.getElementById("view").focus();
    };
    this.list.onscroll = () => player.touch();
    this.list.onclick = (event) => {
      const row = event.target.closest(".row");
      if (row) player.select(Number(row.dataset.agent), event.ctrlKey || event.metaKey);
    };
    this.list.ondblclick = () => player.frame();
    this.make_layers();
    this.make_views();
    this.filter();
    this.about();
  }

  filter() {
    const { track } = this.player;
    const words = this.find.value.trim().toLowerCase();
    const number = /^d?0*(\d+)$/.exec(words);
    this.found = [];
    for (let a = 0; a < track.num_agents; a++) {
      const team = (track.header.teams[track.team_of[a]] || "").toLowerCase();
      if (!words || (number && String(a).startsWith(number[1])) || (team && team.includes(words))) {
        this.found.push(a);
      }
    }
    this.player.touch();
  }

  // Only the rows that are seen exist.
  draw_list() {
    const { player, found, list, rows } = this;
    const { track, selection } = player;
    const first = Math.floor(list.scrollTop / kRow_px);
    const last = Math.min(found.length, first + Math.ceil(list.clientHeight / kRow_px) + 1);
    const key = [first, last, found.length, [...selection], this.find.value,
      found.slice(first, last).map((a) => track.state[a]).join("")].join("|");
    if (key === this.list_key) return;
    this.list_key = key;
    rows.style.height = `${found.length * kRow_px}px`;
    rows.replaceChildren(...found.slice(first, last).map((a, i) => {
      const row = make("div", { className: "row", role: "option" });
      row.style.top = `${(first + i) * kRow_px}px`;
      row.dataset.agent = a;
      row.setAttribute("aria-selected", selection.has(a));
      const swatch = make("span", { className: "swatch" });
      swatch.style.background = css(player.layers.color(a));
      const life = ["absent", "", "dead", ""][track.state[a]];
      row.append(swatch, `d${a}`, make("i", { textContent: life || this.team_name(a) }));
      return row;
    }));
  }

  team_name(agent) {
    const { track } = this.player;
    return track.header.teams[track.team_of[agent]] ||
      (track.header.vehicles.length > 1 ? this.vehicle(agent).name : "");
  }

  vehicle(agent) {
    const { vehicles } = this.player.track.header;
    return vehicles[agent % vehicles.length];
  }

  make_layers() {
    const { player } = this;
    const box = document.getElementById("layers");
    kLayers.forEach(([name, label], i) => {
      const title = player.layers.scopes(name).join(", ");
      const button = make("button", { className: "layer", title: i < 9 ? `${i + 1}: ${title}` : title });
      button.append(label.split(",")[0], make("span"));
      button.onclick = () => {
        player.layers.cycle(name);
        player.touch();
      };
      button.dataset.layer = name;
      box.append(button);
    });
  }

  make_views() {
    const { player } = this;
    const box = document.getElementById("views");
    const views = [["home", "Home"], ["top", "Top"], ["front", "Front"], ["follow", "Follow"],
      ["chase", "Chase"], ["onboard", "Onboard"], ["fly", "Fly"]];
    for (const [name, label] of views) {
      const button = make("button", { textContent: label });
      button.dataset.view = name;
      button.onclick = () => player.view(name);
      box.append(button);
    }
  }

  about() {
    const { header } = this.player.track;
    const lines = [`task ${header.task}, scene ${header.scene.name}`,
      `world ${header.world} of ${header.worlds}, ${header.agents} agents` +
      (header.num_props ? `, ${header.num_props} prop${header.num_props > 1 ? "s" : ""}` : ""),
      header.vehicles.map((v) => v.name).filter((v, i, all) => all.indexOf(v) === i).join(", ") +
      ` | agent step ${number_text(header.step_s * 1000, 1)} ms`,
      (header.seed === null ? "" : `seed ${header.seed}, `) +
      `config ${header.config}, Volery ${header.volery}`];
    if (header.packets_total) {
      const cut = [[header.packet_stride, "step"], [header.packet_sender_stride, "sender"]]
        .filter(([n]) => n > 1).map(([n, what]) => `every ${n === 2 ? "2nd" : `${n}th`} ${what}`);
      lines.push(cut.length ? `messages of ${cut.join(", ")} are kept: ` +
        `${this.player.track.num_packets} of ${header.packets_total}`
        : `${header.packets_total} messages`);
    }
    if (header.note) lines.push(header.note);
    document.getElementById("about").replaceChildren(
      ...lines.map((text) => make("div", { textContent: text })));
    set_text("title", header.title);
    set_text("facts", `${header.task} | ${header.agents} agents` +
      (header.worlds > 1 ? ` | world ${header.world} of ${header.worlds}` : "") +
      (header.seed === null ? "" : ` | seed ${header.seed}`));
  }

  draw() {
    this.draw_list();
    this.inspect();
    this.legend();
    const { player } = this;
    for (const button of document.querySelectorAll("[data-layer]")) {
      const scope = player.layers.scope[button.dataset.layer];
      if (button.dataset.scope === scope) continue;
      button.dataset.scope = scope;
      button.lastChild.textContent = scope;
    }
    for (const button of document.querySelectorAll("[data-view]")) {
      button.setAttribute("aria-pressed", button.dataset.view === player.camera.mode);
    }
    document.getElementById("loop").setAttribute("aria-pressed", player.loop);
    const badge = document.getElementById("badge");
    badge.hidden = player.camera.mode === "orbit";
    if (!badge.hidden) set_text("badge", `${this.badge()} (Esc ends)`);
    const { drawn } = player.scene;
    const total = player.track.num_agents;
    const why = player.track.only ? "Shift+I shows all" : "the others are absent";
    const notes = drawn < total ? [`drawn ${drawn} of ${total} agents, ${why}`] : [];
    if (player.flat) notes.push("no WebGL2 here: flat view");
    set_text("notes", [...notes, ...player.layers.notes].join(" | "));
  }

  badge() {
    const { camera, primary } = this.player;
    if (camera.mode === "fly") {
      const fast = camera.hands.fast ? ` x${kFlyFast}` : "";
      return `FLY ${number_text(camera.fly_mps, 1)} m/s${fast}: WASD, Q E, Shift, wheel`;
    }
    const names = { follow: "FOLLOW", chase: "CHASE", onboard: "ON BOARD" };
    return `${names[camera.mode] || ""} d${primary}`;
  }

  inspect() {
    const { player } = this;
    const { primary: a } = player;
    const box = document.getElementById("inspect");
    if (a < 0) {
      if (box.dataset.agent === "none") return;
      box.dataset.agent = "none";
      box.replaceChildren(make("p", { className: "hint",
        textContent: "Click an agent in the picture or in the list." }));
      return;
    }
    const team = this.team_name(a);
    const rows = [["agent", `d${a}${team ? `, ${team}` : ""}`],
      ...facts_of(player, a).map(({ name, unit, texts }) => [name, `${texts.join(", ")} ${unit}`.trim()])];
    const others = player.selection.size - 1;
    // the table is built once and only its numbers change
    const key = `${a} ${rows.map((r) => r[0])} ${others > 0}`;
    if (box.dataset.agent !== key) {
      box.dataset.agent = key;
      const table = make("table");
      for (const [name] of rows) {
        const row = table.insertRow();
        row.append(make("td", { textContent: name }), make("td"));
      }
      box.replaceChildren(table);
      if (others > 0) {
        box.append(make("button", { id: "side_by_side", onclick: () => player.chart.toggle_drawer() }));
      }
    }
    if (others > 0) set_text("side_by_side", `and ${others} more: compare (F2)`);
    [...box.querySelectorAll("tr")].forEach((row, i) => {
      if (row.cells[1].textContent !== rows[i][1]) row.cells[1].textContent = rows[i][1];
    });
  }

  // Teams, and the fates that are on the screen with their shape and number.
  legend() {
    const { player } = this;
    const { track, layers, theme } = player;
    const { teams, vehicles } = track.header;
    const entries = [];
    const counts = new Map();
    let dead = 0;
    for (let a = 0; a < track.num_agents; a++) {
      if (track.state[a] === kDead) dead++;
      else if (track.state[a] !== kAbsent) {
        counts.set(track.team_of[a], (counts.get(track.team_of[a]) || 0) + 1);
      }
    }
    const kind = vehicles.length === 1 && vehicles[0].kind === "rotorcraft" ? "drones" : "agents";
    (teams.length ? teams : [kind]).forEach((name, t) => {
      entries.push([dot_icon(css(layers.team_color(t))), name, counts.get(t) || 0]);
    });
    if (dead) entries.push([dot_icon(css(theme.dead)), "dead", dead]);
    if (track.touch && layers.scope.contacts !== "off") {
      entries.push([shape_icon("ring", css(theme.fault)), "touching", this.touching()]);
    }
    if (track.num_props) entries.push([dot_icon(css(theme.prop)), "props", track.num_props]);
    if (layers.scope.goals !== "off" && track.goals) {
      entries.push([shape_icon("diamond", css(theme.ink, 0.8)), "goal", ""]);
    }
    for (const [look, count] of [...layers.shown_looks].sort()) {
      const [name, kind, state] = look;
      const [icons, ...words] = kLooks[kind];
      const stage = ["open", "busy", "done"].indexOf(state);
      const word = words[stage - 1];
      const color = css(layers.look_color(look));
      entries.push([shape_icon(icons[stage], color), word ? `${name}, ${word}` : name, count]);
    }
    const links = layers.scope.links !== "off" || layers.scope.messages !== "off";
    if (links && track.num_packets) {
      const fates = new Map(this.recent_fates());
      for (const [fate, share] of fates) {
        const [label, color, style, mark] = kFates[fate];
        entries.push([line_icon(css(theme[color]), style, mark), label, share]);
      }
    }
    const key = JSON.stringify(entries);
    if (key === this.legend_key) return;
    this.legend_key = key;
    document.getElementById("legend").replaceChildren(...entries.map(([icon, label, value]) => {
      const row = make("div");
      row.innerHTML = icon;
      row.append(make("span", { textContent: label }), make("b", { textContent: value }));
      return row;
    }));
  }

  touching() {
    const { track } = this.player;
    let count = 0;
    for (let a = 0; a < track.num_agents; a++) {
      if (track.state[a] !== kAbsent && track.touching(a)) count++;
    }
    return count;
  }

  // Fates about now with their number per second, from the counts of all messages.
  *recent_fates() {
    const { track, layers } = this.player;
    const { fates } = track.header;
    const n = fates.length;
    const first = track.index_at(Math.max(0, track.now - 1));
    const span = Math.max(track.header.step_s, track.times[track.index] - track.times[first]);
    for (let f = 0; f < n; f++) {
      if (!kFates[fates[f]]) continue;
      let count = 0;
      for (let i = first + 1; i <= track.index; i++) count += track.fate_counts[i * n + f];
      if (count) yield [fates[f], `${number_text(count / span, 0)} /s`];
    }
    if (layers.shown_fates.has("late")) yield ["late", ""];
  }
}

function make(tag, values = {}) {
  const element = document.createElement(tag);
  const { role, ...rest } = values;
  if (role) element.setAttribute("role", role);
  return Object.assign(element, rest);
}

const icon = (body) => `<svg width="26" height="12" viewBox="0 0 26 12">${body}</svg>`;
const dot_icon = (color) => icon(`<circle cx="13" cy="6" r="5" fill="${color}"/>`);

function shape_icon(shape, color) {
  const paths = { diamond: "M13 1l5 5-5 5-5-5z", cross: "M9 2l8 8M17 2l-8 8",
    burst: "M13 0v12M7 6h12M9 2l8 8M17 2l-8 8", square: "M9 2h8v8h-8z",
    ring: "M13 1a5 5 0 1 1 0 10a5 5 0 1 1 0-10z", dot: "M12 6h2" };
  paths.box = paths.square;
  paths.doubled = `${paths.square}M12 5h2v2h-2z`;
  paths.ringed = paths.ring + paths.dot;
  if (shape === "ball") return dot_icon(color);
  const fill = shape === "box" ? color : "none";
  return icon(`<path d="${paths[shape]}" fill="${fill}" stroke="${color}" stroke-width="1.8"/>`);
}

function line_icon(color, style, mark) {
  const dashes = { solid: "", dashed: "6 4", dotted: "2 3", gap: "10 6" }[style];
  const line = `<path d="M0 6h26" stroke="${color}" stroke-width="2" stroke-dasharray="${dashes}"/>`;
  const shape = mark ? shape_icon(mark, color).replace(/<\/?svg[^>]*>/g, "") : "";
  return icon(line + (shape && `<g transform="translate(9 0)">${shape}</g>`));
}
