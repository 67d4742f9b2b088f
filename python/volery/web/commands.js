// Every key with what it does: one table for the keyboard, the help, the menus and their test.
// What has no key is found in the palette.

const kCommands = [
  ["Space", "play or pause", (p) => p.toggle()],
  ["ArrowLeft", "one sample back", (p) => p.step(-1)],
  ["ArrowRight", "one sample on", (p) => p.step(1)],
  ["Shift+ArrowLeft", "1 s back", (p) => p.seek(p.time - 1)],
  ["Shift+ArrowRight", "1 s on", (p) => p.seek(p.time + 1)],
  ["Ctrl+ArrowLeft", "10 s back", (p) => p.seek(p.time - 10)],
  ["Ctrl+ArrowRight", "10 s on", (p) => p.seek(p.time + 10)],
  ["Home", "to the start", (p) => p.seek(0)],
  ["End", "to the end", (p) => p.seek(p.track.end_s)],
  ["Ctrl+G", "type a time", () => document.getElementById("time").focus()],
  ["-", "slower", (p) => p.set_speed(p.speed / 2)],
  ["=", "faster", (p) => p.set_speed(p.speed * 2)],
  ["J", "play backwards, again: twice as fast", (p) => p.shuttle(-1)],
  ["K", "stop", (p) => p.pause()],
  ["L", "play forwards, again: twice as fast", (p) => p.shuttle(1)],
  ["I", "loop from here", (p) => p.mark_in()],
  ["O", "loop to here", (p) => p.mark_out()],
  ["Ctrl+L", "loop on or off", (p) => p.toggle_loop()],
  ["N", "next event or bookmark", (p) => p.next_event(1)],
  ["Shift+N", "the one before", (p) => p.next_event(-1)],
  ["M", "bookmark here, or take it away", (p) => p.bookmark()],
  ["Backspace", "start, speed and loop as at first", (p) => p.reset()],
  ["F", "look at the selection, or at all", (p) => p.frame()],
  ["Shift+F", "follow the selection", (p) => p.view("follow")],
  ["C", "chase it, then on board", (p) => p.view(p.camera.mode === "chase" ? "onboard" : "chase")],
  ["V", "fly: WASD, Q down, E up, Shift faster", (p) => p.fly()],
  ["[", "saved view before", (p) => p.recall(-1)],
  ["]", "next saved view", (p) => p.recall(1)],
  ["Ctrl+[", "save this view", (p) => p.save_view()],
  ["", "forget the saved views", (p) => p.forget_views()],
  ["Alt+1", "view from the front (numpad 1)", (p) => p.view("front")],
  ["Ctrl+Alt+1", "from behind", (p) => p.view("back")],
  ["Alt+3", "view from the right (numpad 3)", (p) => p.view("right")],
  ["Ctrl+Alt+3", "from the left", (p) => p.view("left")],
  ["Alt+7", "view from above (numpad 7)", (p) => p.view("top")],
  ["Alt+5", "parallel view or perspective (numpad 5)", (p) => p.flip_ortho()],
  ["Alt+0", "the first view (numpad 0)", (p) => p.view("home")],
  ["PageUp", "agent before", (p) => p.next_agent(-1)],
  ["PageDown", "next agent", (p) => p.next_agent(1)],
  ["Ctrl+F", "find an agent", (p) => p.find()],
  ["B", "then drag: select by a box", (p) => p.input.begin_box()],
  ["Ctrl+A", "select all", (p) => p.select_all()],
  ["Shift+I", "show the selection alone, or all again", (p) => p.isolate()],
  ["Ctrl+C", "copy the selection as JSON", (p) => p.copy_json()],
  ["Shift+F10", "menu of the selection (or right click)", (p) => p.menu.open_here()],
  ...kLayers.flatMap(([name, label], i) => {
    const text = label.split(",")[0].toLowerCase();
    const key = i < 9 ? String(i + 1) : "";
    const rows = [[key, `${text} on or off`, (p) => p.toggle_layer(name)]];
    if (!kSwitches.has(name)) {
      const whose = `${text}: of the selection, neighbors or all`;
      rows.push([`Shift+${key}`, whose, (p) => p.scope_layer(name)]);
    }
    return rows;
  }),
  ["Tab", "left panel", (p) => p.panel("left")],
  ["Shift+Tab", "right panel", (p) => p.panel("right")],
  ["H", "both panels", (p) => p.panel("both")],
  ["F1", "keys and mouse", (p) => p.help()],
  ["F2", "large chart; the selected side by side", (p) => p.chart.toggle_drawer()],
  ["F11", "full screen", (p) => p.full_screen()],
  ["Ctrl+K", "find a command", (p) => p.palette.open()],
  ["", "copy a link to this moment and view", (p) => p.copy_link()],
  ["Escape", "one step out: box, fly, follow, alone, selection", (p) => p.escape()],
];

// other keys for some of them
const kAlso = { "?": "F1", ContextMenu: "Shift+F10" };

const command_of = (key) => kCommands.find(([own]) => own === (kAlso[key] || key) && own);

function key_name(event) {
  const pad = /^Numpad([013579])$/.exec(event.code);
  if (pad) return `${event.ctrlKey ? "Ctrl+" : ""}Alt+${pad[1]}`;
  const digit = /^Digit([1-9])$/.exec(event.code);
  let key = digit ? digit[1] : event.key === " " ? "Space" : event.key;
  if (key.length === 1) key = key.toUpperCase();
  // of signs Shift is a part
  const shift = event.shiftKey && (key.length > 1 || /[A-Z1-9]/.test(key));
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") +
    (shift ? "Shift+" : "") + key;
}

function key_text(key) {
  const names = { ArrowLeft: "Left", ArrowRight: "Right", PageUp: "PgUp", PageDown: "PgDn",
    Escape: "Esc" };
  return key.replace(/[A-Z]\w+$/, (k) => names[k] || k);
}

function make_help() {
  const rows = kCommands.filter(([key]) => key && !/^Shift.\d$/.test(key))
    .map(([key, text]) => [key_text(key), text]);
  rows.push(["Shift+1 to 8", "that layer: of the selection, its neighbors, all"],
    ["left drag", "orbit; look around in flight"], ["right or Shift drag", "pan"],
    ["wheel, pinch", "zoom; speed of flight"], ["click", "select; Ctrl adds"],
    ["double click", "look there"], ["right click", "menu"],
    ["touch", "one finger orbits, two pan"]);
  document.getElementById("key_list").replaceChildren(...rows.map(([key, text]) => {
    const row = make("div");
    row.append(make("kbd", { textContent: key }), make("span", { textContent: text }));
    return row;
  }));
}
