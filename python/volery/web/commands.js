// Every key with what it does: one table for the keyboard, the help and its test.

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
  ["[", "saved view before", (p) => p.recall(-1)],
  ["]", "next saved view", (p) => p.recall(1)],
  ["Ctrl+[", "save this view", (p) => p.say(`view ${p.camera.save()} saved`)],
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
  ...kLayers.map(([name, label], i) =>
    [String(i + 1), `${label.split(",")[0].toLowerCase()}: off, selected, all`,
      (p) => p.cycle_layer(name)]),
  ["Tab", "left panel", (p) => p.panel("left")],
  ["Shift+Tab", "right panel", (p) => p.panel("right")],
  ["H", "both panels", (p) => p.panel("both")],
  ["F1", "this list", (p) => p.help()],
  ["?", "this list", (p) => p.help()],
  ["F2", "the chart, large", (p) => p.chart.toggle_drawer()],
  ["F11", "full screen", (p) => p.full_screen()],
  ["Escape", "one step out: view, follow, selection", (p) => p.escape()],
];

function key_name(event) {
  const pad = /^Numpad([013579])$/.exec(event.code);
  if (pad) return `${event.ctrlKey ? "Ctrl+" : ""}Alt+${pad[1]}`;
  const digit = /^Digit(\d)$/.exec(event.code);
  let key = digit && !event.shiftKey ? digit[1] : event.key === " " ? "Space" : event.key;
  if (key.length === 1) key = key.toUpperCase();
  // of signs Shift is a part
  const shift = event.shiftKey && (key.length > 1 || /[A-Z]/.test(key));
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") +
    (shift ? "Shift+" : "") + key;
}

function make_help() {
  const names = { ArrowLeft: "Left", ArrowRight: "Right", PageUp: "PgUp", PageDown: "PgDn",
    Escape: "Esc" };
  const rows = kCommands.map(([key, text]) => [key.replace(/[A-Z]\w+$/, (k) => names[k] || k), text]);
  rows.push(["left drag", "orbit"], ["right or Shift drag", "pan"], ["wheel, pinch", "zoom"],
    ["click", "select; Ctrl adds"], ["double click", "look there"],
    ["touch", "one finger orbits, two pan"]);
  document.getElementById("key_list").replaceChildren(...rows.map(([key, text]) => {
    const row = make("div");
    row.append(make("kbd", { textContent: key }), make("span", { textContent: text }));
    return row;
  }));
}
