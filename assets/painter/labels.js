// Names of areas: wide areas first, none over another, none where the area is too small for its name.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const FAMILY = '"Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "Segoe UI", system-ui, sans-serif';
  // Size (CSS pixels), weight, letter spacing (em), share of ink by rank.
  const STYLES = [[14, 600, 0.06, 1], [11.5, 400, 0.02, 0.86], [11, 400, 0, 0.8], [10.5, 400, 0, 0.76]];
  const ROOM = 0.36; // a name may be as wide as its area's inner circle over this, i.e. stick out by about a third
  const APART = ["city", "province"]; // there is ground between these that nobody reads: their names may stand over it
  const HALO = 4; // CSS pixels of ground around a letter: a light page has classes as dark as its ink
  const GAP = 3; // CSS pixels kept free around a label
  const LIFT = 11; // CSS pixels from a ring of flows up to the middle of its area's name
  const widths = new Map();

  function measure(context, text) {
    const key = context.font + context.letterSpacing + text;
    if (!widths.has(key)) {
      if (widths.size > 20000) widths.clear();
      widths.set(key, context.measureText(text).width);
    }
    return widths.get(key);
  }

  function setFont(context, rank, grain) {
    const [size, weight, spacing] = STYLES[Math.min(rank, STYLES.length - 1)];
    const pixels = size * grain;
    context.font = `${weight} ${pixels}px ${FAMILY}`;
    if ("letterSpacing" in context) context.letterSpacing = `${(spacing * pixels).toFixed(2)}px`;
    return pixels;
  }

  class Places {
    constructor(size) {
      this.taken = [];
      this.size = size;
    }
    free([left, top, right, bottom]) {
      if (left < 0 || top < 0 || right > this.size.width || bottom > this.size.height) return false;
      return !this.taken.some((box) => left < box[2] && right > box[0] && top < box[3] && bottom > box[1]);
    }
    take(box) {
      this.taken.push(box);
    }
  }

  // Where a label may sit: on the anchor, or moved a little inside the area.
  const SHIFTS = [[0, 0], [0, -0.6], [0, 0.6], [-0.35, 0], [0.35, 0], [-0.35, -0.6], [0.35, 0.6], [0.35, -0.6], [-0.35, 0.6]];

  const BESIDE = [[-0.62, 0], [0.62, 0], [-0.62, 0.6], [0.62, 0.6], [-0.62, -0.6], [0.62, -0.6]]; // a bezel through the anchor

  function placed(places, x, y, width, height, gap, spots) {
    for (const [dx, dy] of spots) {
      const cx = x + dx * width, cy = y + dy * height;
      const box = [cx - width / 2 - gap, cy - height / 2 - gap, cx + width / 2 + gap, cy + height / 2 + gap];
      if (places.free(box)) {
        places.take(box);
        return { x: Math.round(cx), y: Math.round(cy), box };
      }
    }
    return null;
  }

  // An area that fills the screen needs no name there: its parts have theirs.
  const tooWide = (area, view, size) => area.r * view.scale > Math.min(size.width, size.height) * 0.7;

  function candidates(scene) {
    const { outlines, view, size, dpr, levels, selected } = scene;
    const ranked = [];
    outlines.levels.forEach((level, rank) => {
      if (levels && !levels.includes(level)) return;
      const finest = rank === outlines.levels.length - 1;
      if (painter.outlines.presence(outlines, level, view, dpr) < 0.35) return;
      for (const unit of painter.outlines.levelUnits(outlines, level)) {
        const area = outlines.areas[unit];
        if (!area.r || (!finest && (area === selected || tooWide(area, view, size)))) continue;
        ranked.push({ area, rank, apart: APART.includes(level) });
      }
    });
    return ranked.sort((a, b) => a.rank - b.rank || b.area.r - a.area.r);
  }

  function layOut(context, scene, { area, rank, apart }, places) {
    const { view, size, grain, lang, values } = scene;
    const [x, anchor] = painter.view.toScreen(view, size, area.x, area.y), ring = (scene.rings && scene.rings.get(area.unit)) || 0;
    const y = ring ? anchor - ring - LIFT * grain : anchor;
    if (x < 0 || y < 0 || x > size.width || y > size.height) return null;
    const name = (lang === "en" && area.en) || area.zh || area.en, value = values(area);
    const pixels = setFont(context, rank, grain), width = measure(context, name);
    if (!apart && area.r * view.scale < width * ROOM) return null;
    const spot = placed(places, x, y, width, pixels * (value ? 2.1 : 1.1), GAP * grain, scene.clear && scene.clear.length ? [...SHIFTS, ...BESIDE] : SHIFTS);
    return spot && { ...spot, name, value, rank, pixels };
  }

  function write(context, text, x, y, theme, share, halo) {
    context.lineWidth = halo;
    context.strokeStyle = painter.paint.fade(theme.background, 0.92);
    context.strokeText(text, x, y);
    context.fillStyle = painter.paint.mix(theme.background, theme.ink, share);
    context.fillText(text, x, y);
  }

  // scene adds {lang, levels, values: area -> text or "", rings: unit -> radius of a ring on its anchor, clear: boxes (CSS
  // pixels) in which no name may stand}. Returns what was drawn, for tests and pictures.
  function draw(context, scene) {
    if (!scene.outlines) return [];
    const places = new Places(scene.size), drawn = [];
    for (const box of scene.clear || []) places.take(box.map((edge) => edge * scene.dpr));
    for (const candidate of candidates(scene)) {
      const label = layOut(context, scene, candidate, places);
      if (label) drawn.push(label);
    }
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const label of drawn.reverse()) {
      setFont(context, label.rank, scene.grain);
      const share = STYLES[Math.min(label.rank, STYLES.length - 1)][3];
      const lift = label.value ? label.pixels * 0.52 : 0;
      write(context, label.name, label.x, label.y - lift, scene.theme, share, HALO * scene.grain);
      if (!label.value) continue;
      setFont(context, Math.max(label.rank, 1), scene.grain);
      write(context, label.value, label.x, label.y + lift, scene.theme, share, HALO * scene.grain);
    }
    return drawn;
  }

  painter.labels = { draw, FAMILY };
})();
