// Colors on a dark ground and on a light one, and how fates of messages are drawn.

const kHex = (text) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16) / 255);
const css = (color, alpha = 1) => `rgba(${color.map((c) => Math.round(255 * c)).join(",")},${alpha})`;
const kShape = { ball: 0, dot: 1, cross: 2, burst: 3, ring: 4, diamond: 5, dart: 6, square: 7 };
const kLine = { solid: 0, dashed: 1, dotted: 2, gap: 3 };

// Teams after Okabe and Ito.
const kThemes = {
  dark: {
    name: "dark",
    teams: ["#56B4E9", "#E69F00", "#CC79A7", "#009E73"].map(kHex),
    warning: kHex("#F0E442"), fault: kHex("#D55E00"), dead: kHex("#8A8F98"), ink: [1, 1, 1],
    sky: kHex("#1B2027"), deep: kHex("#0F1114"), ground: kHex("#20262E"), wall: kHex("#1D2229"),
    grid: kHex("#66727F"), solid: kHex("#7C8794"), prop: kHex("#C9B458"),
    delivered: kHex("#56B4E9"), lost: kHex("#E69F00"), wind: kHex("#92C5DE"), shadow: 0.45,
  },
  light: {
    name: "light",
    teams: ["#0072B2", "#A86F00", "#A84F80", "#00795A"].map(kHex),
    warning: kHex("#8A7A00"), fault: kHex("#C04F00"), dead: kHex("#6C727B"), ink: [0.05, 0.06, 0.08],
    sky: kHex("#F3F6F9"), deep: kHex("#D5DCE3"), ground: kHex("#E3E8ED"), wall: kHex("#EAEEF2"),
    grid: kHex("#8D99A6"), solid: kHex("#B4BCC5"), prop: kHex("#B89B2F"),
    delivered: kHex("#0072B2"), lost: kHex("#A86F00"), wind: kHex("#2F6F93"), shadow: 0.3,
  },
};

// Landmarks in the legend: icons while they are open, busy and done, and what the last two mean.
const kLooks = {
  target: [["ball", "ringed", "ring"], "found", "reported"],
  item: [["box", "ringed", "ring"], "on its way", "delivered"],
  zone: [["ring", "ring", "ring"]],
  gate: [["square", "doubled", "square"], "next", "passed"],
  jammer: [["ring", "ring", "ring"]],
};

// How a fate is drawn: [what the legend says, color key, line style, mark at the receiver]
const kFates = {
  delivered: ["delivered", "delivered", "solid", null],
  late: ["delivered late", "delivered", "dotted", null],
  occluded: ["blocked by a body", "lost", "solid", "cross"],
  lost: ["lost", "lost", "gap", null],
  bit_error: ["bit error", "lost", "gap", "dot"],
  jammed: ["jammed", "fault", "gap", "cross"],
  collision: ["collision", "fault", "solid", "burst"],
  half_duplex: ["receiver was sending", "fault", "dotted", "burst"],
  queue_full: ["queue full", "dead", "dashed", "square"],
  inbox_full: ["inbox full", "dead", "dashed", "square"],
  expired: ["expired", "dead", "dotted", "square"],
  receiver_dead: ["receiver dead", "dead", "dashed", "cross"],
};
