// The menu of an agent, and the palette: every command by a few of its letters.

const kMenuKeys = ["Shift+F", "F", "C", "Shift+I", "F2", "Ctrl+C"];

class Menu {
  constructor(player) {
    this.player = player;
    this.box = document.getElementById("menu");
    const { box } = this;
    box.onkeydown = (event) => this.key(event);
    // what is done in it is not done in the view below
    for (const kind of ["pointerdown", "dblclick", "wheel"]) {
      box.addEventListener(kind, (event) => event.stopPropagation());
    }
    box.onfocusout = (event) => {
      if (!box.contains(event.relatedTarget)) box.hidden = true;
    };
  }

  // At a place in the view; with what can be done to the agent there, or to all.
  open(x, y, agent) {
    const { box, player } = this;
    if (agent >= 0 && !player.selection.has(agent)) player.select(agent);
    const chosen = player.selection.size;
    const title = chosen > 1 ? `${chosen} agents` : chosen ? `d${player.primary}` : "no agent here";
    const items = kMenuKeys.map(command_of)
      .filter(([key]) => chosen || key === "F" || (key === "Shift+I" && player.track.only))
      .map((command) => {
        const button = make("button", { role: "menuitem" });
        button.append(make("span", { textContent: command[1] }),
          make("kbd", { textContent: key_text(command[0]) }));
        button.onclick = () => {
          this.close();
          command[2](player);
          player.touch();
        };
        return button;
      });
    box.replaceChildren(make("b", { textContent: title }), ...items);
    box.hidden = false;
    box.style.left = `${clamp(x, 0, Math.max(0, player.camera.width - box.offsetWidth))}px`;
    box.style.top = `${clamp(y, 0, Math.max(0, player.camera.height - box.offsetHeight))}px`;
    items[0].focus({ preventScroll: true });
  }

  // For who has no mouse: at the selection, or in the middle.
  open_here() {
    const { camera, track, primary } = this.player;
    const at = primary >= 0 && camera.project(row3(track.position, primary));
    const [x, y] = at || [camera.width / 2, camera.height / 2];
    this.open(x, y, primary);
  }

  close() {
    this.box.hidden = true;
    document.getElementById("view").focus({ preventScroll: true });
  }

  key(event) {
    event.stopPropagation();
    const items = [...this.box.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) items[(at + by + items.length) % items.length].focus();
    if (event.key === "Escape" || event.key === "Tab") this.close();
    if (by || event.key === "Tab") event.preventDefault();
  }
}

class Palette {
  constructor(player) {
    this.player = player;
    this.dialog = document.getElementById("palette");
    this.words = document.getElementById("words");
    this.list = document.getElementById("commands");
    this.words.oninput = () => this.search();
    this.words.onkeydown = (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (by) this.choose((this.chosen + by + this.found.length) % this.found.length);
      if (event.key === "Enter") this.run(this.chosen);
      if (by || event.key === "Enter") event.preventDefault();
    };
    this.list.onclick = (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.run([...this.list.children].indexOf(row));
    };
  }

  open() {
    this.words.value = "";
    this.search();
    this.dialog.showModal();
  }

  search() {
    const words = this.words.value.toLowerCase().replace(/\s/g, "");
    const metrics = this.player.chart.kinds.map(({ name, unit }, i) =>
      ["", `chart: ${name} (${unit})`, (p) => p.chart.choose(i)]);
    this.found = [...kCommands, ...metrics]
      .map((command) => [mismatch(words, command[1].toLowerCase()), command])
      .filter(([misses]) => misses < Infinity).sort((a, b) => a[0] - b[0]).map(([, c]) => c);
    this.list.replaceChildren(...this.found.map(([key, text]) => {
      const row = make("div", { role: "option" });
      row.append(make("span", { textContent: text }), make("kbd", { textContent: key_text(key) }));
      return row;
    }));
    this.choose(0);
  }

  choose(number) {
    this.chosen = number;
    [...this.list.children].forEach((row, i) => {
      row.setAttribute("aria-selected", i === number);
      if (i === number) row.scrollIntoView({ block: "nearest" });
    });
  }

  run(number) {
    const command = this.found[number];
    if (!command) return;
    this.dialog.close();
    // at once: a closed dialog keeps the keys until the next picture
    document.getElementById("view").focus();
    command[2](this.player);
    this.player.touch();
  }
}

// What is skipped between the letters, Infinity where one is missing; starts of words cost nothing.
function mismatch(letters, text) {
  let at = 0;
  let skipped = 0;
  for (const letter of letters) {
    const found = text.indexOf(letter, at);
    if (found < 0) return Infinity;
    if (found > at && text[found - 1] !== " ") skipped += found - at;
    at = found + 1;
  }
  return skipped;
}
