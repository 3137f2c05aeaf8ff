// What the colours mean and how many units have each, counted from the picture that is shown.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});
  const CODES = { zero: 125, suppressed: 126, missing: 127, doubtful: 128 }; // as dashboard/wire.py codes them
  const EVERY = 200; // milliseconds between counts during replay

  // Units of each class code among the rows from lo to hi of the painted layer; null if that is not there yet.
  function count([lo, hi]) {
    const map = page.map(), painted = map && map.painted;
    if (!painted || painted.length < hi) return null;
    const counts = new Array(129).fill(0);
    for (let i = lo; i < hi; i++) {
      counts[painted[i] & 127]++;
      if (painted[i] & CODES.doubtful) counts[CODES.doubtful]++; // in its class, and once more as doubtful
    }
    return counts;
  }

  function useCounts(data) {
    const { useState, useRef, useEffect } = window.React;
    const [counts, setCounts] = useState(null), timer = useRef(0);
    const soon = (after) => {
      if (timer.current) return;
      timer.current = setTimeout(() => {
        timer.current = 0;
        setCounts(data && count(data.inside));
      }, after);
    };
    useEffect(() => {
      soon(60);
      const again = setTimeout(() => soon(0), 600); // borders may come after values
      return () => clearTimeout(again);
    }, [data]);
    page.useDocumentEvent("onescreen:day", () => soon(EVERY));
    page.useDocumentEvent("onescreen:status", () => soon(80));
    return counts;
  }

  onescreen.Legend = function Legend({ id, data }) {
    const { h } = page, counts = useCounts(data);
    if (!data) return h("aside", { id, className: "legend" });
    const total = data.inside[1] - data.inside[0];
    const number = (code) => h("td", null, counts ? counts[code].toLocaleString("en") : "");
    const row = (key, swatch, label, code, title) =>
      h("tr", { key, title, className: counts && !counts[code] ? "none" : "" }, h("th", { scope: "row" }, swatch, label), number(code));
    const classes = data.classes.map(({ label, colour }, n) =>
      row(n, h("i", { style: { background: colour } }, data.glyph), label, n)).reverse();
    const states = data.states
      .filter(({ id: state }) => !["suppressed", "doubtful"].includes(state) || (counts && counts[CODES[state]]))
      .map(({ id: state, label, about }) => row(state, h("i", { className: `swatch-${state}` }), label, CODES[state], about));
    return h("aside", { id, className: "legend", "aria-label": data.title },
      h("table", null,
        h("caption", null, h("b", null, data.name), data.unit && h("span", null, data.unit)),
        h("tbody", null, classes, states)),
      h("p", null, page.fill(data.units, { n: total.toLocaleString("en") })));
  };
})();
