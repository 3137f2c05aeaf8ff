// What the map has to draw: five kinds of bytes, asked for by address and swapped in together,
// so that values never colour the units of another layer and the old picture stays until the new one is whole.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const KINDS = ["shapes", "outlines", "values", "classes", "flows"];

  class Bytes {
    // changed(kinds) after a swap; status("loading" | "ready" | "late"); byClass(): the day shown is in the classes only.
    constructor(changed, status, byClass) {
      Object.assign(this, { changed, status, byClass });
      this.now = {}; // what is drawn
      this.next = {}; // what has come and waits for the rest
      this.wanted = {};
      this.asking = {};
      this.late = new Set();
    }

    // addresses = {shapes, outlines, values, classes, flows}; null or undefined: none.
    want(addresses) {
      const moved = KINDS.filter((kind) => (addresses[kind] || null) !== (this.wanted[kind] || null));
      if (!moved.length) return;
      for (const kind of moved) {
        this.wanted[kind] = addresses[kind] || null;
        this.drop(kind);
      }
      this.gathering = true; // what is in memory comes at once, and is swapped in together
      for (const kind of moved) if (kind !== "classes" || this.needs().includes(kind)) this.ask(kind);
      this.gathering = false;
      this.swap();
      this.report();
    }

    // What a picture needs: classes come after it, unless its numbers are nowhere else.
    needs() {
      const classes = this.wanted.classes && (!this.wanted.values || this.byClass());
      return ["shapes", "outlines", classes ? "classes" : "values"];
    }

    drop(kind) {
      if (this.asking[kind]) this.asking[kind].abort();
      delete this.asking[kind];
      delete this.next[kind];
      this.late.delete(kind);
    }

    async ask(kind) {
      const url = this.wanted[kind];
      if (!url) return;
      const stop = (this.asking[kind] = new AbortController());
      const late = (is) => this.tell(kind, is);
      const what = painter.fetch.recall(url) || (await painter.fetch.bytes(url, painter.decode[kind], stop.signal, late));
      if (!what || stop.signal.aborted) return;
      delete this.asking[kind];
      this.next[kind] = { url, what };
      if (this.gathering) return;
      this.swap();
      this.report();
    }

    tell(kind, late) {
      if (late === this.late.has(kind)) return;
      if (late) this.late.add(kind);
      else this.late.delete(kind);
      this.report();
    }

    holds(kind) {
      const have = this.now[kind];
      return (have ? have.url : null) === (this.wanted[kind] || null);
    }

    // What would be drawn if everything that has come were taken now.
    after(kind) {
      if (!this.wanted[kind]) return null;
      return this.next[kind] || (this.holds(kind) ? this.now[kind] : undefined);
    }

    // A picture is whole when all it needs is there and its numbers are about its units.
    whole() {
      const [shapes, outlines, numbers] = this.needs().map((kind) => this.after(kind));
      if (shapes === undefined || outlines === undefined || numbers === undefined) return false;
      return !shapes || !numbers || numbers.what.units === shapes.what.units;
    }

    swap() {
      const whole = this.whole(), moved = [];
      for (const kind of KINDS) {
        const early = kind === "outlines" && !this.now.shapes; // nothing to keep yet: borders as soon as they come
        if ((whole ? this.fits(kind) : early) && this.take(kind)) moved.push(kind);
      }
      if (moved.length) this.changed(moved);
      if (whole) this.askClasses();
    }

    // Whether a kind may join the picture: numbers only if they are about its units (flows name their own places).
    fits(kind) {
      const come = this.after(kind), shapes = this.after("shapes");
      if (!come || kind === "shapes" || kind === "outlines" || kind === "flows") return true;
      return Boolean(shapes && come.what.units === shapes.what.units);
    }

    take(kind) {
      const what = this.after(kind);
      if (what === undefined || what === (this.now[kind] || null)) return false;
      this.now[kind] = what;
      delete this.next[kind];
      return true;
    }

    // After the first picture is on the screen, so that it does not wait for the days.
    askClasses() {
      if (this.holds("classes") || this.asking.classes || this.next.classes) return;
      const mine = (this.asking.classes = new AbortController());
      requestAnimationFrame(() => setTimeout(() => this.asking.classes === mine && this.ask("classes")));
    }

    // Whether the picture is still that of an earlier question.
    waiting() {
      return this.needs().some((kind) => this.wanted[kind] && !this.holds(kind));
    }

    report() {
      this.status(this.late.size ? "late" : this.waiting() ? "loading" : "ready");
    }

    get(kind) {
      return this.now[kind] ? this.now[kind].what : null;
    }

    end() {
      KINDS.forEach((kind) => this.drop(kind));
    }
  }

  painter.Bytes = Bytes;
})();
