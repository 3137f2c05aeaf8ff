// Expected against found, on logarithmic axes: the band, the points, the names of those outside it.
(function () {
  "use strict";
  const page = ((window.onescreen = window.onescreen || {}).page = window.onescreen.page || {});
  page.blocks = page.blocks || {};
  const [LEAST, MOST, SHAPE] = [340, 520, 0.66], LEFT = 44, RIGHT = 12, TOP = 12, BOTTOM = 40; // CSS pixels at the base size; height over width
  const LETTER = 11, LINE = 14; // a name's size
  const HALF = 0.5; // nought stands where half of one would

  const log = (value) => Math.log10(Math.max(value, 0) + HALF);

  // Powers of ten inside a span, twice and five times as much where it is short; nought first where it is on the axis.
  function ticks([low, high]) {
    const found = low <= log(0) + 1e-9 ? [0] : [], steps = high - low < 2 ? [1, 2, 5] : [1];
    for (let power = 1; log(power) <= high; power *= 10) found.push(...steps.map((step) => step * power).filter((value) => log(value) >= low && log(value) <= high));
    return found;
  }

  function span(values) {
    const [low, high] = [Math.min(...values), Math.max(...values)], room = Math.max(0.06 * (high - low), 0.05);
    return [low - (low > log(0) ? room : 0), high + room];
  }

  const shortly = (value) => (value >= 1e6 ? `${value / 1e6}M` : value >= 1e4 ? `${value / 1e3}k` : value.toLocaleString("en"));

  function scales(points, width, height, rem) {
    const [left, right, top, bottom] = [LEFT, RIGHT, TOP, BOTTOM].map((n) => n * rem);
    const xs = span(points.map(({ x }) => log(x))), ys = span(points.flatMap(({ y, low, high }) => [log(y), log(low), log(high)]));
    const x = (value) => left + ((log(value) - xs[0]) / (xs[1] - xs[0])) * (width - left - right);
    const y = (value) => top + (1 - (log(value) - ys[0]) / (ys[1] - ys[0])) * (height - top - bottom);
    return { x, y, xs, ys, box: { left, right: width - right, top, bottom: height - bottom } };
  }

  // Width of a name: a Chinese letter is as wide as it is high.
  const wide = (name, rem) => [...name].reduce((sum, letter) => sum + (letter > "⺀" ? 1 : 0.56), 0) * LETTER * rem;

  // Names beside their points, each where it covers no other name and leaves the box nowhere; else it has none.
  function named(points, { x, y, box }, rem, taken) {
    const clear = (one) => one.x0 >= box.left && one.x1 <= box.right && one.y0 >= box.top - 4 && one.y1 <= box.bottom &&
      !taken.some((other) => one.x0 < other.x1 && one.x1 > other.x0 && one.y0 < other.y1 && one.y1 > other.y0);
    return points.filter(({ sign }) => sign).flatMap((point) => {
      const across = wide(point.name, rem), line = LINE * rem, px = x(point.x), py = y(point.y), gap = 6 * rem;
      const places = [[gap, -line / 2], [-gap - across, -line / 2], [gap / 2, -line - 2], [-across - gap / 2, -line - 2], [gap / 2, 2], [-across - gap / 2, 2]];
      for (const [dx, dy] of places) {
        const one = { x0: px + dx, x1: px + dx + across, y0: py + dy, y1: py + dy + line };
        if (!clear(one)) continue;
        taken.push(one);
        return [{ point, x: one.x0, y: one.y0 + line * 0.78 }];
      }
      return [];
    });
  }

  function Axes({ at, block }) {
    const { h } = page, { x, y, xs, ys, box } = at;
    return h("g", { className: "axes" },
      ticks(ys).map((n) => h("g", { key: `y${n}` }, h("line", { className: "grid", x1: box.left, x2: box.right, y1: y(n), y2: y(n) }), h("text", { className: "axis", x: box.left - 6, y: y(n) + 4, textAnchor: "end" }, shortly(n)))),
      ticks(xs).map((n) => h("g", { key: `x${n}` }, h("line", { className: "grid", x1: x(n), x2: x(n), y1: box.top, y2: box.bottom }), h("text", { className: "axis", x: x(n), y: box.bottom + 15, textAnchor: "middle" }, shortly(n)))),
      h("text", { className: "axis", x: box.right, y: box.bottom + 32, textAnchor: "end" }, `${block.x_name} →`),
      h("text", { className: "axis", x: box.left + 6, y: box.top + 8 }, `↑ ${block.y_name}`));
  }

  function Picture({ block, width, height, rem, over }) {
    const { h } = page, { points, above, below } = block, at = scales(points, width, height, rem), { x, y, box } = at;
    const along = [...points].sort((a, b) => a.x - b.x), ends = (key) => along.map((one) => `${x(one.x).toFixed(1)},${y(one[key]).toFixed(1)}`);
    const corner = LINE * rem, dots = points.map(({ x: px, y: py }) => ({ x0: x(px) - 3, x1: x(px) + 3, y0: y(py) - 3, y1: y(py) + 3 }));
    const words = [{ x0: box.left, x1: box.left + Math.max(wide(above, rem), wide(block.y_name, rem) + 16), y0: box.top - 4, y1: box.top + 2.4 * corner }, { x0: box.right - wide(below, rem) - 8, x1: box.right, y0: box.bottom - 1.6 * corner, y1: box.bottom }];
    const names = named(points, at, rem, [...words, ...dots.filter((_, n) => points[n].sign)]);
    const dot = (point, n) => h("circle", { key: n, className: page.classes(point.sign > 0 ? "high" : point.sign < 0 ? "low" : "inside", over === n && "over"), cx: x(point.x), cy: y(point.y), r: (point.sign || over === n ? 3.6 : 2.6) * rem });
    return h("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": true },
      h(Axes, { at, block }),
      h("polygon", { className: "band", points: [...ends("low"), ...ends("high").reverse()].join(" ") }),
      h("polyline", { className: "middle", points: ends("x").join(" ") }),
      h("text", { className: "corner high", x: box.left + 6, y: box.top + 8 + 1.3 * corner }, above),
      h("text", { className: "corner", x: box.right - 6, y: box.bottom - 6, textAnchor: "end" }, below),
      points.map(dot),
      names.map(({ point, x: nx, y: ny }) => h("text", { key: point.name, className: page.classes("name", point.sign > 0 && "high"), x: nx, y: ny }, point.name)));
  }

  page.blocks.scatter = function Scatter({ block }) {
    const { h } = page, { useRef, useState } = page.React, box = useRef(null), width = page.useWidth(box, 560), [over, setOver] = useState(null);
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16, height = Math.round(Math.min(MOST * rem, Math.max(LEAST * rem, width * SHAPE)));
    const nearest = (event) => {
      const { left, top } = box.current.getBoundingClientRect(), { x, y } = scales(block.points, width, height, rem);
      const far = block.points.map((point) => Math.hypot(x(point.x) - event.clientX + left, y(point.y) - event.clientY + top)), least = Math.min(...far);
      setOver(least < 24 * rem ? far.indexOf(least) : null);
    };
    const told = over === null ? null : block.points[over];
    return h("figure", { className: "curve" },
      h(page.Heading3, { block }, h("output", null, told && [h("b", { key: "name" }, told.name), " ", told.text])),
      h("div", { ref: box, className: "plot", onPointerMove: nearest, onPointerLeave: () => setOver(null) }, h(Picture, { block, width, height, rem, over })));
  };
})();
