// Up to eight selected agents side by side, in the drawer below the picture.

const kCompared = 8;

class Compare {
  constructor(player) {
    this.player = player;
    this.box = document.getElementById("compare");
  }

  get agents() {
    return [...this.player.selection].slice(0, kCompared);
  }

  draw() {
    const { box, player, agents } = this;
    box.hidden = agents.length < 2;
    if (box.hidden || document.getElementById("drawer").hidden) return;
    const columns = agents.map((a) => new Map(facts_of(player, a).flatMap(split_fact)));
    const names = [...new Set(columns.flatMap((c) => [...c.keys()]))];
    const key = [agents, names, player.selection.size, player.theme.name].join("|");
    if (key !== this.key) this.build(agents, names);
    this.key = key;
    names.forEach((name, r) => columns.forEach((column, c) => {
      const cell = this.rows[r].cells[c + 1];
      const text = column.get(name) || "";
      if (cell.textContent !== text) cell.textContent = text;
    }));
  }

  // The table is built once and only its numbers change.
  build(agents, names) {
    const { player } = this;
    const table = make("table");
    const head = table.createTHead().insertRow();
    const left_out = player.selection.size - agents.length;
    head.append(make("th", { textContent: left_out ? `${left_out} more` : "" }));
    agents.forEach((a, i) => {
      const cell = make("th");
      cell.innerHTML = line_icon(css(curve_color(player.theme, i)), curve_style(i), null);
      cell.append(make("div", { textContent: `d${a}` }));
      head.append(cell);
    });
    const body = table.createTBody();
    this.rows = names.map((name) => {
      const row = body.insertRow();
      row.append(make("td", { textContent: name }), ...agents.map(() => make("td")));
      return row;
    });
    this.box.replaceChildren(table);
  }
}

// {name: "x, y", unit: "m", texts} -> [["x (m)", text], ["y (m)", text]]
function split_fact({ name, unit, texts }) {
  const names = texts.length > 1 ? name.split(", ") : [name];
  return names.map((part, i) => [unit ? `${part} (${unit})` : part, texts[i]]);
}

// The same agent has the same color and dashes in the table and in the chart.
const curve_color = (theme, i) => theme.teams[i % theme.teams.length];
const curve_style = (i) => (i < 4 ? "solid" : "dashed");
