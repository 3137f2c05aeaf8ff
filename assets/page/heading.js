// Over the map: where one is, what is painted, by which units.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});

  function Path({ path, words }) {
    const { h } = page, last = path.length - 1;
    const step = ({ code, name }, n) =>
      h("li", { key: code },
        n === last ? h("span", { "aria-current": "location" }, name)
          : h("button", { type: "button", className: "quiet", onClick: () => page.go({ area: code }) }, name));
    return h("nav", { className: "path", "aria-label": words.path },
      last > 0 && h("button", { type: "button", className: "back", title: words.back, "aria-label": words.back, onClick: page.up },
        h("svg", { viewBox: "0 0 16 16", "aria-hidden": true }, h("path", { d: "M10 3 5 8l5 5" }))),
      h("ol", null, path.map(step)));
  }

  function Family({ family, chosen, words, choose }) {
    const { h } = page;
    const layer = ({ id, name, about, has }) =>
      h("button", { key: id, type: "button", role: "menuitemradio", "aria-checked": id === chosen, disabled: !has, title: has ? about : words.no_data_yet, onClick: () => choose(id) }, name);
    return h("div", { className: "family", role: "group", "aria-label": family.name }, h("h3", null, family.name), family.layers.map(layer));
  }

  // Closes on Escape, on a click elsewhere, and when the focus leaves.
  function useMenu() {
    const { useState, useRef, useEffect } = window.React;
    const [open, setOpen] = useState(false), box = useRef(null), button = useRef(null);
    useEffect(() => {
      if (!open) return;
      const outside = (event) => box.current && !box.current.contains(event.target) && setOpen(false);
      const key = (event) => event.key === "Escape" && (setOpen(false), button.current.focus());
      document.addEventListener("pointerdown", outside);
      document.addEventListener("focusin", outside);
      document.addEventListener("keydown", key);
      const first = box.current.querySelector("[aria-checked=true]") || box.current.querySelector("[role=menuitemradio]");
      if (first) first.focus();
      return () => {
        document.removeEventListener("pointerdown", outside);
        document.removeEventListener("focusin", outside);
        document.removeEventListener("keydown", key);
      };
    }, [open]);
    return { open, setOpen, box, button };
  }

  // Up and down move between the layers, as in every menu.
  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [...event.currentTarget.querySelectorAll("button:not(:disabled)")];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    if (next) next.focus();
    event.preventDefault();
  }

  function Layers({ data }) {
    const { h } = page, { open, setOpen, box, button } = useMenu(), { layer, families, words, estimate } = data;
    const choose = (id) => (setOpen(false), button.current.focus(), page.go({ layer: id }));
    return h("div", { className: "layers", ref: box },
      h("button", { type: "button", className: "layer", ref: button, "aria-haspopup": "menu", "aria-expanded": open, title: layer.about, onClick: () => setOpen(!open) },
        h("b", null, layer.name), layer.unit && h("span", { className: "unit" }, layer.unit), estimate && h("span", { className: "estimate" }, estimate),
        h("svg", { viewBox: "0 0 16 16", "aria-hidden": true }, h("path", { d: "M3 6l5 5 5-5" }))),
      open && h("div", { className: "menu", role: "menu", "aria-label": words.layer_choose, onKeyDown: walk },
        families.map((family) => h(Family, { key: family.name, family, chosen: layer.id, words, choose })),
        h("p", { className: "about" }, layer.about)));
  }

  function Levels({ data }) {
    const { h } = page, { levels, chosen, level, words } = data;
    if (levels.length < 2) return null;
    const one = (id, name, pressed) =>
      h("button", { key: id || "auto", type: "button", "aria-pressed": pressed, className: page.classes("quiet", !chosen && id === level && "meant"), onClick: () => page.go({ level: id }) }, name);
    return h("div", { className: "levels", role: "group", "aria-label": words.granularity },
      one(null, words.auto, !chosen), levels.map(({ id, name }) => one(id, name, chosen === id)));
  }

  // What lies over the map is left free when an area is fitted: above and below it on a phone; where there is width, beside
  // the legend, and where the heading would hide a part, beside or below that too if it costs the picture little.
  const LITTLE = 0.8;
  function padding(stage, heading) {
    const { clientWidth: wide, clientHeight: tall } = stage, legend = document.getElementById("legend"), map = page.map();
    const beside = legend.offsetLeft + legend.offsetWidth, { offsetLeft: left, offsetTop: top } = heading;
    const right = left + heading.offsetWidth, above = top + heading.offsetHeight, plain = [4, 8, 4, beside];
    if (wide <= tall * 1.1 || wide <= 700) return [above, 0, legend.offsetHeight + 8, 0];
    if (!map || !map.box || !map.under([left, top, right, above], plain)) return plain;
    const [x0, y0, x1, y1] = map.box;
    const scale = (sides) => Math.min((wide - sides[1] - sides[3]) / (x1 - x0), (tall - sides[0] - sides[2]) / (y1 - y0));
    const below = [above, 8, 4, beside], after = [4, 8, 4, Math.max(beside, right)];
    const best = scale(below) > scale(after) ? below : after;
    return scale(best) >= LITTLE * scale(plain) ? best : plain;
  }

  function usePadding(box) {
    window.React.useLayoutEffect(() => {
      const stage = box.current.parentNode;
      const measure = () => page.set("map", { padding: padding(stage, box.current) });
      const watch = new ResizeObserver(measure);
      [stage, box.current, document.getElementById("legend")].forEach((part) => part && watch.observe(part));
      stage.addEventListener("onescreen:paint", measure, { once: true }); // only now the shape of what is drawn is known
      return () => (watch.disconnect(), stage.removeEventListener("onescreen:paint", measure));
    }, []);
  }

  onescreen.Heading = function Heading({ id, data }) {
    const { h } = page, box = window.React.useRef(null);
    page.heading = data;
    usePadding(box);
    return h("div", { id, ref: box, className: "heading" }, data && [h(Path, { key: "path", ...data }), h(Layers, { key: "layers", data }), h(Levels, { key: "levels", data })]);
  };
})();
