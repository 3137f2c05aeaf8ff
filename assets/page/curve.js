// The area's layer on every day, as a picture of our own: it is there with the first paint and moves with the replay.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});
  const HEIGHT = 132, TOP = 16, BOTTOM = 20; // CSS pixels at the base size; room for the axis words

  const known = (value) => value !== null && value !== undefined;

  // {y(value), zero}: the scale, with nought in it.
  function scale({ values, mean }, height) {
    const all = values.concat(mean || []).filter(known);
    const high = Math.max(0, ...all), low = Math.min(0, ...all), reach = high - low || 1;
    const y = (value) => TOP + ((high - value) / reach) * (height - TOP - BOTTOM);
    return { y, zero: y(0), high, low };
  }

  // Runs of neighbouring days that have a value, as "M x y L ..." paths: a gap stays a gap.
  function line(values, x, y) {
    let path = "", open = false;
    values.forEach((value, n) => {
      if (!known(value)) return void (open = false);
      path += `${open ? "L" : "M"}${x(n).toFixed(1)} ${y(value).toFixed(1)}`;
      if (!open && !known(values[n + 1])) path += "h.01"; // a day alone is a dot
      open = true;
    });
    return path;
  }

  function bars(values, x, y, zero, width) {
    return values
      .map((value, n) => {
        if (!known(value) || value === 0) return "";
        const top = Math.min(y(value), zero), tall = Math.max(Math.abs(zero - y(value)), 0.75);
        return `M${(x(n) - width / 2).toFixed(2)} ${top.toFixed(2)}h${width.toFixed(2)}v${tall.toFixed(2)}h${(-width).toFixed(2)}Z`;
      })
      .join("");
  }

  // Days without a report: hatched from top to bottom, never a bar of nought.
  const gaps = (states, x, step, height) =>
    states
      .map((state, n) => (state === "missing" ? `M${(x(n) - step / 2).toFixed(2)} ${TOP}h${step.toFixed(2)}V${height - BOTTOM}h${(-step).toFixed(2)}Z` : ""))
      .join("");

  function Picture({ curve, width, height, index }) {
    const { h } = page, { values, states, mean, form, ticks } = curve, count = values.length;
    const step = width / count, x = (n) => (n + 0.5) * step, { y, zero, high } = scale(curve, height);
    const bar = Math.max(step * 0.72, 0.6), spot = values[index];
    return h("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": true },
      h("defs", null, h("pattern", { id: "unreported", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, h("line", { x1: 0, y1: 0, x2: 0, y2: 5 }))),
      h("path", { className: "gap", d: gaps(states, x, step, height) }),
      h("line", { className: "base", x1: 0, x2: width, y1: zero, y2: zero }),
      high > 0 && h("line", { className: "grid", x1: 0, x2: width, y1: TOP, y2: TOP }),
      high > 0 && h("text", { className: "axis", x: width, y: TOP - 5, textAnchor: "end" }, curve.top),
      form === "bars" && h("path", { className: "bars", d: bars(values, x, y, zero, bar) }),
      form === "bars" && h("path", { className: "mean", d: line(mean, x, y) }),
      form === "line" && h("path", { className: "mean", d: line(values, x, y) }),
      h("line", { className: "now", x1: x(index), x2: x(index), y1: TOP - 4, y2: height - BOTTOM + 4 }),
      form === "bars" && known(spot) && h("path", { className: "bar-now", d: bars(values.map((value, n) => (n === index ? value : null)), x, y, zero, Math.max(bar, 2)) }),
      form === "line" && known(spot) && h("circle", { className: "spot", cx: x(index), cy: y(spot), r: 3 }),
      ticks.map(([n, word]) => h("text", { key: n, className: "axis", x: Math.min(x(n), width - 24), y: height - 5, textAnchor: n ? "middle" : "start" }, word)));
  }

  onescreen.page.Curve = function Curve({ curve, words }) {
    const { h } = page, { useRef, useState, useEffect } = window.React;
    const box = useRef(null), width = page.useWidth(box, 340), [over, setOver] = useState(null), [index, setIndex] = useState(curve.index);
    useEffect(() => setIndex(curve.index), [curve]);
    page.useDocumentEvent("onescreen:index", (event) => setIndex(Math.min(event.detail, curve.values.length - 1)));
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16, height = Math.round(HEIGHT * rem);
    const at = (event) => {
      const { left, width: wide } = box.current.getBoundingClientRect();
      return Math.max(0, Math.min(curve.values.length - 1, Math.floor(((event.clientX - left) / wide) * curve.values.length)));
    };
    const pick = (n) => document.dispatchEvent(new CustomEvent("onescreen:pick", { detail: n }));
    const key = (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by) pick(Math.max(0, Math.min(index + by, curve.values.length - 1))), event.preventDefault();
    };
    const told = over === null ? index : over;
    return h("figure", { className: "curve" },
      h("figcaption", null,
        h("h3", null, curve.name, h("span", { className: "unit" }, curve.unit)),
        h("output", null, curve.days[told], " ", h("b", null, curve.texts[told]))),
      h("div", {
        ref: box, className: "plot", role: "slider", tabIndex: 0, "aria-label": curve.about, "aria-valuemin": 0, "aria-valuemax": curve.values.length - 1,
        "aria-valuenow": index, "aria-valuetext": `${curve.days[index]} ${curve.texts[index]}`,
        onPointerMove: (event) => setOver(at(event)), onPointerLeave: () => setOver(null), onClick: (event) => pick(at(event)), onKeyDown: key,
      }, h(Picture, { curve, width, height, index }),
        over !== null && h("i", { className: "over", style: { left: `${((over + 0.5) / curve.values.length) * 100}%` } })),
      curve.mean && h("p", { className: "key" }, h("i", { className: "key-bar" }), words.daily, h("i", { className: "key-line" }), words.mean));
  };

  // The same days as faint bars behind the slider; stretched, so no words in it.
  page.Bars = function Bars({ values, states }) {
    const { h } = page, days = values.length;
    if (days < 2) return null;
    const high = Math.max(...values.map((value) => Math.abs(value || 0))) || 1, step = 1000 / (days - 1);
    const bar = (value, n) => (known(value) && value !== 0 ? `M${(n * step).toFixed(1)} 100V${(100 - (Math.abs(value) / high) * 100).toFixed(1)}` : "");
    const gap = (state, n) => (state === "missing" ? `M${(n * step).toFixed(1)} 100V90` : "");
    return h("svg", { className: "bars-behind", viewBox: "0 0 1000 100", preserveAspectRatio: "none", "aria-hidden": true },
      h("path", { d: values.map(bar).join(""), strokeWidth: step * 0.62 }),
      h("path", { className: "gap", d: states.map(gap).join(""), strokeWidth: step * 0.8 }));
  };
})();
