// What the wall's files share: text that is measured before it is written, and boxes in whole pixels.
//
// Every text is one absolutely placed line (class "t") whose width is known beforehand, so nothing is clipped and nothing
// overlaps: what has no room is said in fewer words, or left out by rule.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const wall = (onescreen.wall = onescreen.wall || {});
  const FAMILY = '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif';
  const MOST_WIDTHS = 1500; // a wall runs for weeks: words come and go

  const context = document.createElement("canvas").getContext("2d");
  context.fontKerning = "none"; // as in wall.css: a width measured at one size holds at every size
  const widths = new Map();

  function width(text, px, strong) {
    const key = `${strong ? 1 : 0}${text}`;
    let found = widths.get(key);
    if (found === undefined) {
      if (widths.size > MOST_WIDTHS) widths.clear();
      context.font = `${strong ? 700 : 400} 100px ${FAMILY}`;
      widths.set(key, (found = context.measureText(text).width / 100));
    }
    return Math.ceil(found * px);
  }

  function element(name, className, parent) {
    const made = document.createElement(name);
    made.className = className;
    if (parent) parent.appendChild(made);
    return made;
  }

  function place(node, x, y, wide, tall) {
    Object.assign(node.style, { left: `${Math.round(x)}px`, top: `${Math.round(y)}px`, width: `${Math.round(wide)}px`, height: `${Math.round(tall)}px` });
    return node;
  }

  // A line of text with its top left corner at (x, y); returns its width. options: {px, tone, strong, right: x is its right end}.
  function text(parent, words, x, y, { px, tone = "", strong = false, right = false, data = null } = {}) {
    const wide = width(words, px, strong);
    const node = element("span", `t ${tone}${strong ? " strong" : ""}`, parent);
    node.textContent = words;
    node.style.fontSize = `${px}px`;
    place(node, right ? x - wide : x, y, wide, px);
    if (data) Object.assign(node.dataset, data);
    return wide;
  }

  // The first of some wordings that fits; the last one, shortened, where none does.
  function pick(wordings, room, px, strong) {
    for (const words of wordings) if (words !== undefined && words !== null && width(words, px, strong) <= room) return words;
    let words = String(wordings[wordings.length - 1] || "");
    while (words && width(`${words}…`, px, strong) > room) words = words.slice(0, -1).trimEnd();
    return words ? `${words}…` : "";
  }

  const fill = (words, fields) => words.replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? fields[name] : whole));

  // What a number is about, as attributes: whoever reads the page can ask it again.
  function about(number) {
    const data = { of: "number" };
    for (const name of ["cite", "state"]) if (number[name]) data[name] = number[name];
    if (number.value !== undefined) data.value = number.value;
    return data;
  }

  // What a number is about whatever its day: with the next day's number it is compared.
  const subject = (number) => (number.cite || "").replace(/([?&])(day|first|last|now)=[^&#]*/g, "$1").replace(/\[\d{4}-\d\d-\d\d\]/, "");

  // A number with its unit; returns the width. It is drawn softly new when it is not what it was.
  function figure(parent, number, x, y, { px, unitPx, right = false, tone = "", strong = false, changed = false, unit = true } = {}) {
    const words = number.text, unitWords = unit && number.unit ? number.unit : "";
    const gap = unitWords ? Math.round(unitPx * 0.3) : 0;
    const wide = width(words, px, strong), whole = wide + (unitWords ? gap + width(unitWords, unitPx) : 0);
    const from = right ? x - whole : x;
    text(parent, words, from, y, { px, strong, tone: `figure ${tone}${changed ? " changed" : ""}`, data: about(number) });
    if (unitWords) text(parent, unitWords, from + wide + gap, y + Math.round((px - unitPx) * 0.86), { px: unitPx, tone: "quiet", data: { of: "name" } });
    return whole;
  }

  wall.base = { width, element, place, text, pick, fill, figure, about, subject, FAMILY };
})();
