// One map on the page, without Dash or React: properties in (update), events out (tell).
//
// stats: {paints, rasters, days, last_paint_ms, last_work_ms, last_raster_ms, unit}; last_paint_ms is from the change to after
// the frame that shows it, last_work_ms the part of it in which this code ran, `unit` the row under the pointer.
// With flows also {lights, last_light_ms}: frames in which light moved, and the work of the last of them alone.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const SETTLE = 110; // milliseconds of rest after which a moved picture is rastered anew
  const GLIDE = 250; // milliseconds of an animated move
  const REPORT = 250; // milliseconds between days told to the server during replay
  const ECHO = 800; // milliseconds within which a reported day may come back from the page
  const MOST_PIXELS = 12e6; // a wall of 6656 x 1792; above, the picture is made coarser rather than slow
  const MARGIN = 20; // CSS pixels around a fitted area
  const MOST_ARCS = 1000; // drawn unless the page says otherwise: more are a haze, and a burden without a GPU
  const ARROW = 0.16; // share of the screen that an arrow key pans
  const KEY_ZOOM = 1.5;
  const PROBES = [0, 0.2, 0.4, 0.6, 0.8, 1]; // shares of a rectangle's sides at which one looks what is under it

  // Large screens are read from farther away: text and lines grow half as fast as a screen beyond 1,600 CSS pixels.
  const growth = (width) => painter.view.clamp(1 + (width - 1600) / 3200, 1, 2);

  const FLOWS = ["flows_day", "flows_level", "flows_top", "flows_format"];

  const DARK = {
    background: "#0f1417", land: "#161d21", zero: "#222d33", suppressed: ["#1b2429", "#7f95a0"],
    missing: ["#13191d", "#44535b"], doubtful: "#0f1417", ink: "#dfe7ea", ink_soft: "#9fb0b8",
    line: "#0f1417", line_strong: "#aebfc7", accent: "#f2f6f7", panel: "#1b2327",
    flow: "#86bfd6", light: "#f2fbff",
  };
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const still = () => calm.matches;
  const changed = (a, b) => a !== b && JSON.stringify(a) !== JSON.stringify(b);

  class LiveMap {
    // tell(properties) reports what the person did; id names the map on the page.
    constructor(host, id, tell) {
      Object.assign(this, { host, id, tell, props: {}, clicks: 0, escapes: 0, lightDue: 0, day: 0, dirty: {}, reported: [], look: {} });
      this.stats = { paints: 0, rasters: 0, days: 0, last_paint_ms: 0, last_work_ms: 0, last_raster_ms: 0, unit: -1 };
      Object.assign(this.stats, { lights: 0, last_light_ms: 0 });
      this.stack = document.createElement("div");
      this.stack.className = "onescreen-map-stack";
      host.appendChild(this.stack);
      this.picture = new painter.Picture();
      this.stack.append(this.picture.base, this.picture.over);
      this.hints = new painter.Hints(host, this.stack);
      const byClass = () => this.day !== this.comingDay;
      this.bytes = new painter.Bytes((kinds) => this.swapped(kinds), (status) => this.setStatus(status), byClass);
      this.clock = new painter.Clock();
      this.ticked = (now) => this.tick(now);
      this.watch();
    }

    // ---- the page's properties ----

    update(props) {
      const old = this.props, differs = (...names) => names.some((name) => changed(old[name], props[name]));
      this.props = props;
      this.words = painter.words.of(props.lang, props.words);
      if (!this.theme || differs("theme")) this.recolour();
      if (differs("values_url", "values_day")) this.comingDay = props.values_day ?? props.day_index ?? this.day;
      if (differs("day_index")) this.dayFromPage(props.day_index);
      this.bytes.want({
        shapes: props.shapes_url, outlines: props.outlines_url, values: props.values_url, classes: props.classes_url,
        flows: props.flows_url,
      });
      if (this.bytes.holds("values")) this.about(this.comingDay);
      if (!this.bytes.waiting()) this.applyLook();
      if (differs("lang", "words", "label_levels", "label_values", "label_clear", "show_values", "marked") || differs(...FLOWS)) this.mark({ over: true });
      if (differs("text_scale")) this.measure();
      if (differs("padding")) this.placePadding();
      if (differs("interactive") || !this.ready) this.setInteractive(props.interactive !== false);
      if (differs("view") && props.view && changed(props.view, this.told)) this.setView(props.view);
      if (differs("selected")) this.select(props.selected, old.shapes_url !== undefined);
      if (differs("playing")) props.playing ? this.play() : this.pause();
      if (differs("lang", "aria_label", "words")) this.name();
      this.ready = true;
    }

    // Classes and their colours belong to the numbers: they change with them, not while those are on their way.
    applyLook() {
      const { ramp = [], breaks = [], class_labels = [], value_format } = this.props;
      const look = { ramp: ramp || [], breaks: breaks || [], class_labels: class_labels || [], value_format };
      if (!changed(look, this.look)) return;
      this.look = look;
      this.recolour();
    }

    // Which day the exact values are about.
    about(day) {
      if (day === this.valuesDay) return;
      this.valuesDay = day;
      this.mark({ codes: true });
    }

    recolour() {
      this.theme = { ...DARK, ...this.props.theme };
      this.palette = painter.paint.palette(this.look.ramp || [], this.theme);
      const { style } = this.host, { background, ink, ink_soft, accent, panel } = this.theme;
      const names = { background, ink, "ink-soft": ink_soft, accent, panel, edge: painter.paint.mix(panel, ink, 0.16) };
      for (const [name, value] of Object.entries(names)) style.setProperty(`--map-${name}`, value);
      this.mark({ codes: true, ground: true, over: true });
    }

    name() {
      const { host, props, words } = this;
      host.setAttribute("role", "application");
      host.setAttribute("aria-label", props.aria_label || words.map);
      this.hints.help.id = `${this.id}-help`;
      this.hints.help.textContent = words.help;
      host.setAttribute("aria-describedby", this.hints.help.id);
    }

    setInteractive(on) {
      if (on === Boolean(this.gestures)) return;
      this.host.toggleAttribute("data-live", on); // not a class: React owns those
      if (on) {
        this.host.tabIndex = 0;
        this.gestures = new painter.Gestures(this.host, this.means());
      } else {
        this.host.removeAttribute("tabindex");
        if (this.gestures) this.gestures.end();
        this.gestures = null;
        this.leave();
      }
    }

    placePadding() {
      const [, , bottom = 0, left = 0] = this.props.padding || [];
      this.host.style.setProperty("--map-left", `${left}px`);
      this.host.style.setProperty("--map-bottom", `${bottom}px`);
      if (this.fitted) this.fit(this.props.selected, false);
    }

    // ---- size ----

    watch() {
      this.observer = new ResizeObserver(() => this.measure());
      this.observer.observe(this.host);
      this.listening = new AbortController();
      // A window moved to another screen changes the ratio without changing the size.
      window.addEventListener("resize", () => this.measure(), { signal: this.listening.signal });
      calm.addEventListener("change", () => this.mark({ over: true }), { signal: this.listening.signal });
      document.fonts.ready.then(() => this.mark({ over: true }));
    }

    measure() {
      const { clientWidth, clientHeight } = this.host;
      if (!clientWidth || !clientHeight) return;
      const wanted = window.devicePixelRatio || 1;
      const dpr = Math.min(wanted, Math.sqrt(MOST_PIXELS / (clientWidth * clientHeight)));
      const width = Math.max(1, Math.round(clientWidth * dpr)), height = Math.max(1, Math.round(clientHeight * dpr));
      const { size } = this.picture;
      const grain = dpr * growth(clientWidth) * (this.props.text_scale || 1);
      if (this.dpr === dpr && size.width === width && size.height === height && this.picture.grain === grain) return;
      if (this.view) this.view.scale *= dpr / this.dpr;
      this.dpr = dpr;
      this.host.style.setProperty("--map-text", grain / dpr);
      this.picture.resize(width, height, dpr, grain);
      if (this.waitingView) this.setView(this.waitingView);
      else if (this.fitted || !this.view) this.fit(this.props.selected, false);
      else this.mark({ raster: true });
      this.flush(); // at once: a resized canvas is empty
    }

    // ---- what is drawn ----

    swapped(kinds) {
      this.shapes = this.bytes.get("shapes");
      this.outlines = this.bytes.get("outlines");
      if (kinds.includes("shapes") || kinds.includes("outlines")) this.placed();
      if (this.waitingArea && this.selectedArea()) this.select(this.props.selected, Boolean(this.picture.view));
      if (kinds.includes("values")) this.about(this.comingDay);
      this.applyLook();
      this.mark({ codes: true, over: Boolean(this.props.show_values) || kinds.includes("flows") });
    }

    // New geometry: a picture of the same place keeps its view.
    placed() {
      const { boxOf, union } = painter.view;
      const box = union(this.shapes && boxOf(this.shapes), this.outlines && boxOf(this.outlines.shapes));
      if (!box) return;
      const reach = Math.max(box[2] - box[0], box[3] - box[1]);
      const moved = !this.box || box.some((side, i) => Math.abs(side - this.box[i]) > reach / 50);
      this.box = box;
      if (this.waitingView) this.setView(this.waitingView);
      else if (moved && (this.fitted !== false || !this.view)) this.fit(this.props.selected, Boolean(this.picture.view));
      this.unitCodes = null;
      this.hover(null);
      this.mark({ raster: true });
    }

    selectedArea() {
      return (this.outlines && this.props.selected && this.outlines.byCode.get(this.props.selected)) || null;
    }

    // The exact values, where they are about these units and the day shown.
    exact() {
      const values = this.bytes.get("values"), about = this.day === this.valuesDay || !this.bytes.get("classes");
      return values && about && this.shapes && values.units === this.shapes.units ? values : null;
    }

    // The codes to paint: the exact day where it is the day shown, else the replay's, else what there was.
    codes() {
      const classes = this.bytes.get("classes"), units = this.shapes ? this.shapes.units : 0, values = this.exact();
      if (values) return painter.paint.classify(values, this.look.breaks || []);
      if (classes && classes.units === units) return classes.day(Math.min(this.day, classes.days - 1));
      if (this.painted && this.painted.length === units && units) return this.painted;
      return new Uint8Array(units).fill(painter.paint.MISSING);
    }

    mark(what) {
      for (const key in what) {
        if (!what[key]) continue;
        this.dirty[key] = true;
        this.since = this.since || performance.now();
      }
      this.wake();
    }

    wake() {
      if (!this.frame && !this.gone) this.frame = requestAnimationFrame(this.ticked);
    }

    tick(now) {
      this.frame = 0;
      if (this.glide) this.glideOn(now);
      if (this.clock.running) this.playOn(now);
      if (!this.flush() && this.picture.light.moves && performance.now() >= this.lightDue) this.shine(now);
      if (this.glide || this.clock.running || this.picture.light.moves) this.wake();
    }

    // Light moves on while nothing else changes; a picture that was painted has moved it already.
    shine(now) {
      const begun = performance.now();
      this.picture.shine(now);
      this.stats.last_light_ms = performance.now() - begun;
      this.lightDue = begun + 1.5 * this.stats.last_light_ms; // rests half as long as it worked: the page has work too
      this.stats.lights++;
    }

    // Does what is marked, everything in one frame; whether that was anything.
    flush() {
      const { dirty, picture } = this, begun = performance.now();
      if (!this.view || !this.dpr || !this.theme) return false;
      if (!(dirty.raster || dirty.codes || dirty.ground || dirty.over)) return false;
      this.dirty = {};
      if (dirty.raster) this.rasterNow();
      if (dirty.raster || dirty.codes || dirty.ground) {
        this.painted = this.codes();
        picture.paint(this.shapes ? this.painted : null, this.palette, Boolean(dirty.raster || dirty.ground), begun);
        this.stats.paints++;
        this.send("paint", { day: this.day });
        if (this.hovered && this.hovered.unit >= 0) this.hints.value(this.valueText(this.hovered.unit));
      }
      if (dirty.raster || dirty.over) this.overlay();
      if (this.picture.light.moves) this.stats.lights++;
      this.timed(begun);
      return true;
    }

    rasterNow() {
      const begun = performance.now();
      this.picture.raster(this.view, this.shapes, this.outlines);
      this.transform();
      this.hover(null);
      if (this.pointer) this.point(...this.pointer);
      this.hints.scale(this.metres(), this.words);
      this.stats.rasters++;
      this.stats.last_raster_ms = performance.now() - begun;
    }

    overlay() {
      this.labels = this.picture.overlay(this.scene());
      if (this.hovered) this.hints.around(this.shapes, this.hovered.unit, this.picture.view, this.picture.size);
      if (this.shapes) this.hints.keep(this.shapes, this.markedUnit(), this.picture.view, this.picture.size);
      this.tellFlows();
    }

    markedUnit() {
      const { marked } = this.props, { codes } = this.shapes;
      return marked && codes ? codes.indexOf(marked) : -1;
    }

    tellFlows() {
      const { flows, props, words } = this;
      const text = flows ? painter.flows.caption(flows, props.flows_format, props.lang || "zh", words) : "";
      if (text === this.flowsSaid) return;
      this.flowsSaid = text;
      this.hints.flows(text);
      this.send("flows", { text, level: flows && flows.level });
    }

    // The flows of the day shown between the areas that the view has room for; regrouped only when one of these changes.
    grouped() {
      const flows = this.bytes.get("flows"), { outlines, props } = this, { view, grain } = this.picture;
      if (!flows || !flows.days || !outlines) return null;
      const day = painter.view.clamp(props.flows_day ?? this.day, 0, flows.days - 1), most = props.flows_top || MOST_ARCS;
      const asked = outlines.levels.includes(props.flows_level) && props.flows_level;
      const level = asked || painter.flowTree.levelFor(outlines, view, grain);
      const old = this.flows, same = old && old.of === flows && old.on === outlines && old.most === most;
      if (same && old.day === day && old.level === level) return old;
      const made = painter.flowTree.group(flows, outlines, day, level, most);
      return Object.assign(made, { of: flows, on: outlines, most });
    }

    // Whether the days of the flows go with the days of the map.
    flowsFollow() {
      const flows = this.bytes.get("flows");
      return Boolean(flows && flows.days > 1 && (this.props.flows_day ?? null) === null);
    }

    // What arrives, leaves and stays in each area of the level drawn: [{code, zh, en, in, out, within}].
    flowTotals() {
      if (!this.flows) return [];
      const { areas } = this.flows.on;
      const named = ({ code, zh, en }, sums) => ({ code, zh, en, ...sums });
      return [...this.flows.areas].map(([unit, sums]) => named(areas[unit], sums));
    }

    // The arcs as drawn, largest first, and every remainder: what the page or a test may want to say.
    flowSummary() {
      if (!this.flows) return null;
      const { level, day, all, drawn, rest, within, beyond, others, suppressed, missing } = this.flows;
      const code = (unit) => this.flows.on.areas[unit].code;
      const arcs = this.flows.arcs.map((arc) => ({ ...arc, from: code(arc.from), to: code(arc.to) }));
      return { level, day, all, drawn, rest, within, beyond, others, suppressed, missing, arcs };
    }

    flowText(found) {
      const area = this.flows && found.find(({ unit }) => this.flows.areas.has(unit));
      if (!area) return "";
      const sums = this.flows.areas.get(area.unit), { flows_format: format, lang } = this.props, { words } = this;
      const say = (text, value) => text.replace("{n}", painter.words.number(value, format, lang || "zh"));
      const numbers = [say(words.flows_in, sums.in), say(words.flows_out, sums.out), say(words.flows_stay, sums.within)];
      return `${this.nameOf(area)} ${numbers.join(" · ")}`;
    }

    scene() {
      const { shapes, outlines, theme, props } = this;
      this.flows = this.grouped();
      const covered = shapes && outlines && shapes.codes && outlines.byCode.has(shapes.codes[0]); // units have outlines
      return {
        shapes, outlines, theme, selected: this.selectedArea(), unitBorders: !covered, lang: props.lang || "zh",
        levels: props.label_levels, clear: props.label_clear, values: (area) => this.labelValue(area), line_scale: props.line_scale,
        flows: this.flows, still: still(), now: performance.now(),
      };
    }

    // The frame is on the screen when a task queued after it runs.
    timed(begun) {
      const { stats } = this, since = this.since || begun;
      this.since = 0;
      stats.last_work_ms = performance.now() - begun;
      this.channel = this.channel || new MessageChannel();
      this.channel.port1.onmessage = () => {
        stats.last_paint_ms = performance.now() - since;
        stats.shown = stats.paints;
      };
      this.channel.port2.postMessage(0);
    }

    // ---- looking ----

    setViewNow(view, fitted) {
      this.glide = null;
      this.view = painter.view.limit(view, this.box, this.fitView(this.box));
      this.fitted = fitted;
    }

    transform() {
      const shown = this.picture.view;
      if (!shown) return;
      const { scale, x, y } = painter.view.between(shown, this.view, this.picture.size);
      const same = Math.abs(scale - 1) < 1e-9 && Math.abs(x) < 1e-3 && Math.abs(y) < 1e-3;
      this.stack.style.transform = same ? "" : `translate(${x / this.dpr}px, ${y / this.dpr}px) scale(${scale})`;
    }

    fitView(box) {
      const padding = (this.props.padding || [0, 0, 0, 0]).map((side) => (side + MARGIN) * this.dpr);
      return painter.view.fit(box, this.picture.size, padding);
    }

    // The box of an area's code, or of everything.
    boxFor(code) {
      const area = code && this.outlines && this.outlines.byCode.get(code);
      return (area && painter.view.boxOf(this.outlines.shapes, area.unit)) || this.box;
    }

    fit(code, animated = true) {
      if (!this.box || !this.dpr) return;
      this.moveTo(this.fitView(this.boxFor(code)), animated, true);
    }

    // Whether any area would lie under a rectangle of the host (CSS pixels: left, top, right, bottom) if all were fitted
    // into a padding.
    under([left, top, right, bottom], padding) {
      const { size } = this.picture, fitted = painter.view.fit(this.box, size, padding.map((side) => (side + MARGIN) * this.dpr));
      const holds = (across, down) => {
        const x = left + (right - left) * across, y = top + (bottom - top) * down;
        return this.areasAt(...painter.view.toWorld(fitted, size, x * this.dpr, y * this.dpr)).length > 0;
      };
      return PROBES.some((across) => PROBES.some((down) => holds(across, down)));
    }

    setView(view) {
      if (!this.box || !this.dpr) return void (this.waitingView = view);
      this.waitingView = null;
      this.told = view;
      this.moveTo(painter.view.parse(view, this.dpr), Boolean(this.picture.view), false);
    }

    // Zooming out, the new picture is made first, so that no empty margin shows; zooming in, it is made at the end.
    moveTo(view, animated, fitted) {
      const from = this.view;
      this.setViewNow(view, fitted);
      if (!animated || !from || still() || !this.picture.view) return this.settle();
      const to = this.view;
      if (to.scale < from.scale) {
        this.mark({ raster: true });
        this.flush();
      }
      this.view = from;
      this.glide = { from, to, since: performance.now() };
      this.transform();
      this.mark({});
    }

    glideOn(now) {
      const { from, to, since } = this.glide, share = Math.min((now - since) / GLIDE, 1);
      this.view = share < 1 ? painter.view.mix(from, to, 1 - Math.pow(1 - share, 3)) : to;
      if (share < 1) return this.transform();
      this.glide = null;
      this.settle();
    }

    // A whole number of pixels from the picture that is shown, so that nothing blurs while it is dragged.
    snapped(view) {
      const shown = this.picture.view;
      if (!shown || shown.scale !== view.scale) return view;
      const snap = (a, b) => b + Math.round((a - b) * view.scale) / view.scale;
      return { x: snap(view.x, shown.x), y: snap(view.y, shown.y), scale: view.scale };
    }

    moved(view) {
      if (!this.box) return;
      this.setViewNow(view, false);
      this.transform();
      clearTimeout(this.settling);
      this.settling = setTimeout(() => this.settle(), SETTLE);
    }

    settle() {
      clearTimeout(this.settling);
      if (!this.view) return;
      this.view = this.snapped(this.view);
      const shown = this.picture.view;
      if (!shown || changed(shown, this.view)) this.mark({ raster: true });
      if (this.box) this.tellView();
    }

    tellView() {
      const told = painter.view.describe(this.view, this.dpr);
      if (!changed(told, this.told)) return;
      this.told = told;
      this.tell({ view: told });
      this.send("view", told);
    }

    metres() {
      return this.dpr / (this.view.scale * painter.view.stretch(this.view.y));
    }

    // ---- what the person does ----

    means() {
      const scaled = (act) => (x, y, ...more) => act(x * this.dpr, y * this.dpr, ...more);
      return {
        pan: scaled((dx, dy) => this.view && this.moved(painter.view.pan(this.view, dx, dy))),
        zoom: (factor, x, y) => this.zoomBy(factor, x, y, false),
        settle: () => this.settle(),
        hover: (x, y) => this.point(x, y),
        leave: () => this.leave(),
        tap: (x, y) => this.tap(x, y),
        doubleTap: (x, y, out) => this.zoomBy(out ? 0.5 : 2, x, y, true),
        key: (key) => this.key(key),
      };
    }

    // About (x, y) in CSS pixels, or the middle.
    zoomBy(factor, x, y, animated = true) {
      if (!this.view) return;
      const { size } = this.picture, px = x === undefined ? size.width / 2 : x * this.dpr, py = y === undefined ? size.height / 2 : y * this.dpr;
      const limited = painter.view.limit({ ...this.view, scale: this.view.scale * factor }, this.box, this.fitView(this.box));
      const next = painter.view.zoom(this.view, size, limited.scale / this.view.scale, px, py);
      if (animated) this.moveTo(next, true, false);
      else this.moved(next);
    }

    // What is at a CSS pixel of the picture as it is shown: {unit, code, areas, lon, lat, where}.
    at(x, y) {
      const { view: shown, size } = this.picture;
      const [wx, wy] = painter.view.toWorld(this.view, size, x * this.dpr, y * this.dpr);
      const [px, py] = shown ? painter.view.toScreen(shown, size, wx, wy) : [-1, -1];
      const unit = this.picture.unitAt(px, py);
      const found = this.areasAt(wx, wy);
      return {
        unit,
        code: unit >= 0 && this.shapes.codes ? this.shapes.codes[unit] : null,
        areas: Object.fromEntries(found.map((area) => [area.level, area.code])),
        lon: +painter.view.toLon(wx).toFixed(6),
        lat: +painter.view.toLat(wy).toFixed(6),
        found,
      };
    }

    areasAt(x, y) {
      if (!this.outlines) return [];
      const { levels, areas, shapes } = this.outlines;
      const found = areas.filter((area) => painter.raster.holds(shapes, area.unit, x, y));
      return found.sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
    }

    nameOf(thing) {
      return (this.props.lang === "en" && thing.en) || thing.zh || thing.en || "";
    }

    unitName(unit) {
      const { zh, en, codes } = this.shapes, area = codes && this.outlines && this.outlines.byCode.get(codes[unit]);
      return this.nameOf({ zh: zh && zh[unit], en: en && en[unit] }) || (area && this.nameOf(area)) || (codes ? codes[unit] : "");
    }

    // The number of a unit as it is painted now, in words; on the map itself hatching says that it is doubtful.
    valueText(unit, plain) {
      const { words, props, look } = this, code = this.painted[unit], state = painter.words.state(code, words);
      const values = state ? null : this.exact();
      const text = values
        ? painter.words.number(values.values[unit], look.value_format, props.lang || "zh")
        : state || (look.class_labels || [])[code & 127] || "";
      const doubtful = !plain && code & painter.paint.DOUBTFUL && [null, words.zero].includes(state);
      return doubtful ? `${text} · ${words.doubtful}` : text;
    }

    labelValue(area) {
      const { label_values: given, show_values: show } = this.props;
      if (given && given[area.code] !== undefined) return String(given[area.code]);
      if (!show || this.clock.running || !this.shapes || !this.shapes.codes) return "";
      this.unitCodes = this.unitCodes || new Map(this.shapes.codes.map((code, unit) => [code, unit]));
      const unit = this.unitCodes.get(area.code);
      return unit === undefined || !this.painted ? "" : this.valueText(unit, true);
    }

    lines(spot) {
      const { unit, found } = spot, value = unit >= 0 ? this.valueText(unit) : found.length ? this.words.land : "";
      const names = found.map((area) => this.nameOf(area));
      const name = unit >= 0 ? this.unitName(unit) : names[names.length - 1] || "";
      return { name, where: names.filter((other) => other !== name).join(" · "), value, flows: this.flowText(found) };
    }

    point(x, y) {
      this.pointer = [x, y];
      this.hints.cross.hidden = true;
      if (this.pointing) return;
      this.pointing = requestAnimationFrame(() => {
        this.pointing = 0;
        if (this.pointer) this.hoverAt(...this.pointer);
      });
    }

    hoverAt(x, y) {
      if (!this.view || !this.painted) return;
      const spot = this.at(x, y);
      if (spot.unit < 0 && !spot.found.length) return this.leave();
      const lines = this.lines(spot);
      this.hints.show(lines, x, y);
      this.hover(spot, lines);
    }

    // Marks a unit and says its name; null forgets it.
    hover(spot, lines) {
      const unit = spot ? spot.unit : -1, before = this.hovered ? this.hovered.unit : -1;
      this.stats.unit = unit;
      this.hovered = spot;
      if (unit === before && spot) return;
      if (this.picture.view && this.shapes) this.hints.around(this.shapes, unit, this.picture.view, this.picture.size);
      if (!spot) return this.hints.hide();
      const text = [lines.name, lines.where, lines.value].filter(Boolean).join(" ");
      this.hints.say(text);
      this.send("hover", { unit, code: spot.code, text });
    }

    leave() {
      this.pointer = null;
      this.hover(null);
      this.hints.cross.hidden = true;
    }

    tap(x, y) {
      this.host.focus({ preventScroll: true });
      if (!this.view || !this.painted) return;
      this.hoverAt(x, y);
      this.click(this.at(x, y), "pointer");
    }

    click({ unit, code, areas, lon, lat }, via) {
      if (unit < 0 && !Object.keys(areas).length) return;
      this.tell({ clicked: { unit, code, areas, lon, lat, via, n: ++this.clicks } });
    }

    // ---- keys: the unit in the middle of the screen is the focused one ----

    key(key) {
      const { clientWidth: width, clientHeight: height } = this.host;
      const pan = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
      if (key === "Blur") return this.leave();
      if (!this.view) return false;
      if (pan) this.moveBy(pan[0] * width * ARROW, pan[1] * height * ARROW);
      else if (key === "+" || key === "=") this.zoomBy(KEY_ZOOM);
      else if (key === "-" || key === "_") this.zoomBy(1 / KEY_ZOOM);
      else if (key === "0" || key === "Home") this.fit(this.props.selected);
      else if (key === "Enter") this.click(this.at(width / 2, height / 2), "key");
      else if (key === "Escape") this.tell({ escaped: ++this.escapes });
      else if (key === " ") this.clock.running ? this.pause() : this.play();
      else return false;
      if (key !== "Escape" && key !== " ") this.focusMiddle();
      return true;
    }

    moveBy(dx, dy) {
      const from = this.glide ? this.glide.to : this.view;
      this.moveTo(this.snapped(painter.view.pan(from, dx * this.dpr, dy * this.dpr)), true, false);
    }

    // Speaks of where the view is going, shows it on arrival.
    focusMiddle() {
      clearTimeout(this.focusing);
      this.focusing = setTimeout(() => {
        this.hints.cross.hidden = false;
        this.hoverAt(this.host.clientWidth / 2, this.host.clientHeight / 2);
      }, this.glide ? GLIDE + 80 : 30);
    }

    // ---- days ----

    days() {
      const classes = this.bytes.get("classes");
      return classes ? classes.days : 0;
    }

    dayFromPage(day) {
      if (day === undefined || day === null || this.isEcho(day)) return;
      this.reported = [];
      this.setDay(day);
      if (this.clock.running) this.clock.start(this.day, performance.now());
    }

    // The page hands a reported day back, perhaps by way of its slider; that is no command.
    isEcho(day) {
      const now = performance.now();
      return day === this.day || this.reported.some((report) => report.day === day && now - report.at < ECHO);
    }

    setDay(day) {
      if (!Number.isFinite(day)) return;
      const days = this.days();
      this.day = Math.max(Math.round(day), 0); // beyond the last day, the last day is painted: more may be on their way
      this.stats.days++;
      this.mark({ codes: true, over: this.flowsFollow() || Boolean(this.props.show_values && !this.clock.running) });
      this.send("day", { day: this.day, days, playing: this.clock.running });
    }

    play() {
      if (this.clock.running) return;
      const days = this.days();
      if (days && this.day >= days - 1) this.setDay(0);
      this.clock.start(this.day, performance.now());
      if (!this.props.playing) this.tell({ playing: true });
      this.mark({ over: Boolean(this.props.show_values) });
    }

    playOn(now) {
      const days = this.days();
      if (!days) return this.clock.start(this.day, now); // the days are still on their way
      const { day, ended } = this.clock.at(now, this.props.speed || 4, days, this.props.loop);
      if (day !== this.day) this.setDay(day);
      if (ended) return this.pause();
      if (now - (this.reportedAt || 0) > REPORT) this.reportDay(now);
    }

    reportDay(now) {
      this.reportedAt = now;
      this.reported = [...this.reported.slice(-3), { day: this.day, at: now }];
      if (this.props.day_index !== this.day) this.tell({ day_index: this.day });
    }

    pause() {
      if (!this.clock.running) return;
      this.clock.stop();
      this.reportDay(performance.now());
      if (this.props.playing) this.tell({ playing: false });
      this.send("day", { day: this.day, days: this.days(), playing: false });
      this.mark({ over: Boolean(this.props.show_values) });
    }

    // ---- the rest ----

    // An area whose outline is still on its way is fitted when it comes.
    select(code, animated) {
      this.waitingArea = Boolean(code) && !this.selectedArea();
      if (this.props.fit !== false && !this.waitingView && !this.waitingArea) this.fit(code, animated);
      this.mark({ over: true });
    }

    setStatus(status) {
      this.hints.late(status === "late" ? this.words.late : "");
      if (status === this.status) return;
      this.status = status;
      this.tell({ status });
      this.send("status", { status });
    }

    send(name, detail) {
      this.host.dispatchEvent(new CustomEvent(`onescreen:${name}`, { bubbles: true, detail: { id: this.id, ...detail } }));
    }

    // A picture to keep; scale 2 draws it twice as fine rather than stretching it.
    toBlob(callback, { scale = 1 } = {}) {
      const { width, height } = this.picture.size;
      const picture = new painter.Picture();
      picture.resize(Math.round(width * scale), Math.round(height * scale), this.dpr * scale, this.picture.grain * scale);
      picture.raster({ ...this.view, scale: this.view.scale * scale }, this.shapes, this.outlines);
      picture.paint(this.shapes ? this.codes() : null, this.palette, true);
      picture.overlay(this.scene());
      picture.flat().toBlob(callback, "image/png");
    }

    // How many units of the layer wear each class code (wire.py), as painted now: Uint32Array(256).
    counts() {
      const counts = new Uint32Array(256);
      if (this.shapes && this.painted) for (const code of this.painted) counts[code]++;
      return counts;
    }

    unitAt(x, y) {
      return this.at(x, y).unit;
    }
    colourAt(x, y) {
      const { data } = this.picture.baseContext.getImageData(Math.floor(x * this.dpr), Math.floor(y * this.dpr), 1, 1);
      return `#${[...data].slice(0, 3).map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
    }
    checksum() {
      return this.picture.checksum();
    }

    end() {
      this.gone = true;
      cancelAnimationFrame(this.frame);
      cancelAnimationFrame(this.pointing);
      clearTimeout(this.settling);
      clearTimeout(this.focusing);
      this.observer.disconnect();
      this.listening.abort();
      if (this.gestures) this.gestures.end();
      if (this.channel) this.channel.port1.close();
      this.bytes.end();
      this.hints.end();
      this.host.replaceChildren();
    }
  }

  painter.LiveMap = LiveMap;
})();
