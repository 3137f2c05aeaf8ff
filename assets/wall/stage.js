// The one map of the wall, and its replay. The map stays when scenes change: it is only moved, recoloured or hidden.
// Whatever the map can do is a property of the scene's panel (flows: flows_url and its like); addresses are the wall's own.
(function () {
  "use strict";
  const wall = (window.onescreen.wall = window.onescreen.wall || {});
  const { element, place, text, pick, width } = wall.base;
  const HOLD = 3; // seconds that a replay rests on its last day
  const LEGEND = 4.2; // ems under the map: what it shows, and what its colours mean
  const SMALLEST = 10.5; // the painter's smallest label, CSS pixels at text_scale 1 (labels.js)
  const GROWTH = (wide) => Math.min(Math.max(1 + (wide - 1600) / 3200, 1), 2); // what the painter scales by itself (map.js)
  const GROUND = "#0f1417";
  // What is no number, as the painter draws it (map.js).
  const ZERO = "#222d33", HATCH = "repeating-linear-gradient(135deg, #13191d 0 4px, #44535b 4px 6px)";
  const DOTS = "radial-gradient(#7f95a0 1.3px, #1b2429 1.8px) 0 0 / 6px 6px";
  const CLEAR = 12; // pixels on either side of a bezel (dashboard/wall/geometry.py)

  // The strips of the map along the wall's bezels, in the map's own pixels: no name stands there.
  function clear([x, y, w, h], [columns, rows]) {
    const upright = columns.map((at) => [at - x - CLEAR, 0, at - x + CLEAR, h]);
    return [...upright, ...rows.map((at) => [0, at - y - CLEAR, w, at - y + CLEAR])];
  }

  class Stage {
    constructor(parent, address) {
      this.address = address;
      this.frame = element("div", "wall-map", parent);
      this.host = element("div", "onescreen-map", this.frame);
      this.map = new window.onescreen.painter.LiveMap(this.host, "wall", () => {});
      this.stale = element("div", "stale over-map", null); // over the colours, under lines and names
      this.map.stack.insertBefore(this.stale, this.map.picture.over);
      this.frame.hidden = true;
    }

    // panel: the map of the scene, or null. layer: where its words go.
    show(panel, layer, pen) {
      this.panel = panel;
      this.frame.hidden = !panel;
      this.replayed = null;
      if (!panel || panel.error) return void (this.frame.hidden = true);
      const [x, y, w, h] = panel.rect, { em, least } = pen, legend = Math.round(em * LEGEND);
      place(this.frame, x, y, w, h - legend);
      const props = panel.properties;
      this.props = {
        ...props,
        ...Object.fromEntries(Object.entries(props).filter(([name, at]) => name.endsWith("_url") && at).map(([name, at]) => [name, this.address(at)])),
        values_day: panel.replay ? -1 : props.values_day, // a replay is painted from the classes as soon as they are there
        padding: [panel.over || 0, Math.round(em), 0, Math.round(em)],
        text_scale: (least / SMALLEST / GROWTH(w)) * 1.001,
        line_scale: Math.max(0.4, 1 / Math.sqrt(least / SMALLEST)),
        label_clear: clear(panel.rect, pen.bezels),
        theme: { background: GROUND, line: GROUND, line_strong: "#8b9da6" },
      };
      if (panel.replay) this.props.day_index = panel.replay.last;
      this.stale.hidden = !["warn", "error"].includes(panel.asof.state);
      this.map.update(this.props);
      this.legend(panel, layer, pen, y + h - legend);
    }

    // Two lines under the map, in the widest box that no bezel cuts.
    legend(panel, layer, pen, top) {
      const { em } = pen, whole = panel.boxes.filter((box) => box[1] + box[3] >= top + em);
      const [bx, by, bw, bh] = whole.reduce((a, b) => (b[2] * b[3] > a[2] * a[3] ? b : a), whole[0]);
      const bottom = by + bh - em * 0.9, from = Math.max(top, by);
      const box = element("div", "wall-box", layer);
      place(box, bx + em, from, bw - 2 * em, bottom - from);
      const room = bw - 2 * em, said = { ...pen, box, w: room, h: bottom - from };
      const name = [panel.name, panel.name.endsWith(panel.unit || " ") ? "" : panel.unit, panel.level_name].filter(Boolean);
      wall.caption(said, { ...panel, title: name.join(" · "), short: panel.short || panel.name });
      this.swatches(said, panel, em * 1.9);
    }

    // Colours of the classes, lowest first; the words between are left out before anything is cut.
    swatches({ box, w, em, words }, panel, y) {
      const side = Math.round(em * 0.9), classes = panel.legend;
      const hidden = panel.hides ? [{ ground: DOTS, label: words.legend_suppressed }] : [];
      const states = [...hidden, { ground: HATCH, label: words.legend_missing }];
      const all = [{ ground: ZERO, label: words.legend_zero }, ...classes, ...states];
      const widthOf = (one) => side + em * 0.35 + width(one.label, em) + em * 0.9;
      const labelled = all.reduce((sum, one) => sum + widthOf(one), 0) <= w;
      let x = 0;
      for (const [n, one] of all.entries()) {
        const end = n <= 1 || n >= all.length - 1 - states.length, said = labelled || end;
        const wide = said ? widthOf(one) : side + em * 0.12;
        if (x + wide - em * 0.9 > w) break;
        const swatch = place(element("div", "swatch", box), x, y + em * 0.05, side, side);
        swatch.style.background = one.ground || one.colour;
        if (said) text(box, one.label, x + side + em * 0.35, y, { px: em, tone: "quiet", data: { of: "legend" } });
        x += wide;
      }
    }

    // ---- replay: a function of the seconds since the scene began, so that all walls show the same day ----

    replayAt(seconds, dwell) {
      const { first, last } = this.panel.replay, days = last - first + 1, passes = this.panel.then_url ? 2 : 1;
      const speed = Math.min(Math.max((days * passes) / Math.max(dwell - HOLD * passes, 1), 1), 8);
      const pass = days / speed + HOLD, at = seconds % (pass * passes);
      const known = passes === 2 && at < pass ? "then" : "now";
      const day = Math.min(Math.floor((at % pass) * speed), days - 1);
      return { day, known, index: first + day };
    }

    // Called several times a second while a replay is shown; does something only when the day changes.
    replay(seconds, dwell, timeline) {
      if (!this.panel || !this.panel.replay || this.panel.error) return;
      const now = this.replayAt(seconds, dwell), old = this.replayed;
      if (old && old.index === now.index && old.known === now.known) return;
      if (!old || old.known !== now.known) {
        const url = now.known === "then" ? this.panel.then_url : this.panel.properties.classes_url;
        this.props = { ...this.props, classes_url: this.address(url), day_index: now.index };
        this.map.update(this.props);
      }
      this.replayed = now;
      this.map.setDay(now.index);
      if (timeline) timeline.day(now.day, now.known);
    }
  }

  wall.Stage = Stage;
})();
