// A scene on the wall: title, clock, panels, hairlines. Everything of it is one layer that is thrown away with it.
(function () {
  "use strict";
  const wall = (window.onescreen.wall = window.onescreen.wall || {});
  const { element, place, text, pick, width } = wall.base;
  const PAD = 1.1; // ems between a panel's edge and what stands in it

  // The largest part of a place that no bezel cuts.
  const largest = (boxes) => boxes.reduce((a, b) => (b[2] * b[3] > a[2] * a[3] * 1.1 ? b : a), boxes[0]);

  // A box of the layer inside a rect, less the padding.
  function inner(layer, [x, y, w, h], em, top = 0.55, bottom = 0.35) {
    const pad = Math.round(em * PAD), box = element("div", "wall-box", layer);
    const room = { box, w: w - 2 * pad, h: Math.round(h - em * (top + bottom)) };
    place(box, x + pad, y + em * top, room.w, room.h);
    return room;
  }

  // City, scene, and that it is simulated: in the first wording that fits on one line.
  function title(layer, picture, scene, pen) {
    const { em } = pen, spot = scene.places.title;
    if (!spot) return;
    const { box, w } = inner(layer, largest(spot.boxes), em, 0.55, 0), { words } = picture;
    const large = Math.round(em * 1.45), down = Math.round(em * 0.35);
    const badges = picture.simulated ? [words.simulated, words.simulated_short] : [""];
    const tries = [`${picture.city} · ${scene.title}`, scene.title].flatMap((name) => badges.map((badge) => [name, badge]));
    const need = ([name, badge]) => width(name, large, true) + (badge ? width(badge, em) + em * 2.4 : 0);
    const [, beside] = spot.boxes.filter((one) => one[1] === largest(spot.boxes)[1]); // behind the first bezel
    if (badges[0] && beside && need([tries[0][0], badges[0]]) > w) return titleOver(layer, tries[0][0], badges[0], { box, w, em, large, down }, beside);
    const [name, badge] = tries.find((one) => need(one) <= w) || tries[tries.length - 1];
    const left = w - need([name, badge]) < 0 ? w - need(["", badge]) : w;
    const wide = text(box, pick([name], left, large, true), 0, down, { px: large, strong: true });
    if (!badge) return largest(spot.boxes)[0] + em * PAD + wide;
    const x = wide + em, y = down + (large - em) / 2;
    place(element("div", "simulated", box), x, y - em * 0.28, width(badge, em) + em * 1.4, em * 1.56);
    text(box, badge, x + em * 0.7, y, { px: em, tone: "mark" });
    return largest(spot.boxes)[0] + em * PAD + x + width(badge, em) + em * 1.4;
  }

  // The same on two panels of the wall.
  function titleOver(layer, name, badge, { box, w, em, large, down }, beside) {
    text(box, pick([name], w, large, true), 0, down, { px: large, strong: true });
    const other = inner(layer, beside, em, 0.55, 0), y = down + (large - em) / 2;
    place(element("div", "simulated", other.box), 0, y - em * 0.28, width(badge, em) + em * 1.4, em * 1.56);
    text(other.box, badge, em * 0.7, y, { px: em, tone: "mark" });
    return beside[0] + em * PAD + width(badge, em) + em * 1.4;
  }

  // The clock (it ticks, or says that it is the data's moment), and which scene of the rotation this is.
  function head(layer, picture, scene, pen, turns) {
    const { em } = pen, spot = scene.places.head;
    if (!spot) return null;
    const { box, w } = inner(layer, spot.boxes[spot.boxes.length - 1], em, 0.9, 0);
    box.classList.add("head");
    const large = Math.round(em * 1.45), clock = element("span", "t figure", box);
    clock.dataset.of = "clock";
    const day = element("span", "t quiet", box);
    day.dataset.of = "clock";
    const lights = turns.length > 1 ? turns.length : 0;
    const set = (node, words, right, y, px) => {
      node.textContent = words;
      node.style.fontSize = `${px}px`;
      const wide = width(words, px);
      place(node, right - wide, y, wide, px);
      return wide;
    };
    let shown = "";
    const show = (now) => {
      if (shown === now.text + now.day) return; // asked several times a second
      shown = now.text + now.day;
      const wide = set(clock, now.text, w, 0, large), room = w - wide - em * 0.7;
      set(day, pick([`${now.about}${now.day}`, now.day, ""], room, em), w - wide - em * 0.7, (large - em) * 0.8, em);
    };
    if (lights) {
      const gap = Math.round(em * 0.35), each = Math.round(em * 1.1), all = lights * each + (lights - 1) * gap;
      turns.forEach((turn, n) => {
        const bar = place(element("div", `bar ${turn.scene === scene.id ? "" : "track"}`, box), w - all + n * (each + gap), large * 1.3, each, Math.max(2, em * 0.12));
        if (turn.scene === scene.id) bar.style.background = "var(--ink-2)";
      });
    }
    return show;
  }

  // Hairlines: between neighbours in a column, not around them, and never on a bezel.
  function rules(layer, scene, pen) {
    const { em } = pen, thick = Math.max(1, Math.round(em / 24));
    for (const { id, kind, rect: [x, y, w] } of scene.panels) {
      if (kind === "map") continue;
      const above = scene.panels.some((other) => other.id !== id && other.kind !== "map" && other.rect[1] + other.rect[3] === y && other.rect[0] < x + w && other.rect[0] + other.rect[2] > x);
      if (above) place(element("div", "wall-rule", layer), x + em * PAD, y - thick / 2, w - 2 * em * PAD, thick);
    }
  }

  // Rooms of a panel: the parts that no bezel cuts, those large enough to hold a row of text.
  function roomsOf(layer, panel, em) {
    const main = largest(panel.boxes), beside = panel.boxes.filter((box) => box[2] > main[2] * 0.6 && box[3] > em * 4);
    const used = beside.length && ["ranking", "shares", "listing", "sources", "figures"].includes(panel.kind) ? beside : [main];
    return used.map((box) => ({ ...inner(layer, box, em), y: box[1] }));
  }

  function panelIn(layer, panel, pen) {
    const rooms = roomsOf(layer, panel, pen.em);
    const stale = panel.asof && (panel.asof.state === "warn" || panel.asof.state === "error");
    for (const room of rooms) {
      room.box.dataset.panel = panel.id;
      if (stale) place(element("div", "stale", room.box), 0, 0, room.w, room.h);
    }
    const draw = wall.panels[panel.error ? "line" : panel.kind];
    return draw({ ...pen, ...rooms[0], rooms }, panel);
  }

  // Builds the layer of a scene; returns {layer, clock, timeline}.
  function build(parent, picture, scene, pen, turns, stage) {
    const layer = element("div", "wall-scene coming", parent), made = { layer, scene: scene.id };
    layer.dataset.scene = scene.id;
    made.from = title(layer, picture, scene, pen) || 0; // right end of the title: the banner stands behind it
    made.clock = head(layer, picture, scene, pen, turns);
    rules(layer, scene, pen);
    const map = scene.panels.find((panel) => panel.kind === "map") || null;
    stage.show(map, layer, pen);
    for (const panel of scene.panels) {
      if (panel.kind === "map") continue;
      const live = panelIn(layer, panel, pen);
      if (panel.kind === "timeline") made.timeline = live;
    }
    if (scene.line) calm(layer, scene, pen);
    return made;
  }

  // What a scene without data says, in the part of the wall that is nearest to its middle.
  function calm(layer, scene, pen) {
    const { rect: [left, top, wide, high], boxes } = scene.places.line;
    const off = ([x, y, w, h]) => Math.hypot(x + w / 2 - left - wide / 2, y + h / 2 - top - high / 2);
    const { box, w, h } = inner(layer, boxes.reduce((a, b) => (off(b) < off(a) ? b : a)), pen.em);
    wall.wrapped(box, scene.line, w, h, Math.round(pen.em * 1.2), "soft");
  }

  wall.frame = { build };
})();
