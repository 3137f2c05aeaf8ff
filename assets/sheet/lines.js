// A small line chart over days.
(function () {
  "use strict";
  const page = ((window.onescreen = window.onescreen || {}).page = window.onescreen.page || {});
  page.blocks = page.blocks || {};
  const HEIGHT = 150, TOP = 18, BOTTOM = 22; // CSS pixels at the base size

  const known = (value) => value !== null && value !== undefined;

  // Neighbouring days with a value are joined; a gap stays a gap, a day alone is a dot.
  function path(values, x, y) {
    let made = "", open = false;
    values.forEach((value, n) => {
      if (!known(value)) return void (open = false);
      made += `${open ? "L" : "M"}${x(n).toFixed(1)} ${y(value).toFixed(1)}`;
      if (!open && !known(values[n + 1])) made += "h.01";
      open = true;
    });
    return made;
  }

  function Picture({ block, width, height, over }) {
    const { h } = page, { lines, days, ticks, top, index } = block, most = Math.max(1e-9, ...lines.flatMap(({ values }) => values.filter(known)));
    const step = width / Math.max(1, days.length), x = (n) => (n + 0.5) * step, y = (value) => TOP + (1 - value / most) * (height - TOP - BOTTOM);
    const at = over === null ? index : over;
    return h("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": true },
      h("line", { className: "base", x1: 0, x2: width, y1: y(0), y2: y(0) }),
      top && h("line", { className: "grid", x1: 0, x2: width, y1: TOP, y2: TOP }),
      top && h("text", { className: "axis", x: width, y: TOP - 6, textAnchor: "end" }, top),
      known(at) && h("line", { className: "now", x1: x(at), x2: x(at), y1: TOP - 4, y2: height - BOTTOM + 4 }),
      lines.map(({ name, values, tone }, n) => h("path", { key: name, className: `tone-${tone}`, strokeDasharray: n ? `${5 - n} ${2 + n}` : undefined, d: path(values, x, y) })),
      known(at) && lines.map(({ name, values, tone }) => known(values[at]) && h("circle", { key: name, className: `tone-${tone}`, cx: x(at), cy: y(values[at]), r: 2.6 })),
      ticks.map(([n, word]) => h("text", { key: n, className: "axis", x: Math.min(Math.max(x(n), 14), width - 24), y: height - 6, textAnchor: "middle" }, word)));
  }

  page.blocks.lines = function Lines({ block }) {
    const { h } = page, { useRef, useState } = page.React, box = useRef(null), width = page.useWidth(box, 480), [over, setOver] = useState(null);
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16, count = block.days.length;
    const at = (event) => Math.max(0, Math.min(count - 1, Math.floor(((event.clientX - box.current.getBoundingClientRect().left) / width) * count)));
    const told = over === null ? (known(block.index) ? block.index : count - 1) : over;
    return h("figure", { className: "curve" },
      h(page.Heading3, { block }, h("output", null, block.days[told], " ", h("b", null, block.texts[told]))),
      h("div", { ref: box, className: "plot", onPointerMove: (event) => setOver(at(event)), onPointerLeave: () => setOver(null) },
        h(Picture, { block, width, height: Math.round(HEIGHT * rem), over })),
      h("ul", { className: "line-key" }, block.lines.map(({ name, text, tone }, n) =>
        h("li", { key: name }, h("svg", { viewBox: "0 0 22 6", "aria-hidden": true }, h("path", { className: `tone-${tone}`, d: "M0 3H22", strokeDasharray: n ? `${5 - n} ${2 + n}` : undefined })), name, text && h("b", null, text)))));
  };
})();
