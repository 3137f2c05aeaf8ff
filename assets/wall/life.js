// The wall's life: it looks for news, fetches a new picture when there is one, turns the scenes by the server's clock,
// and keeps the last picture whatever happens. One timer beats, one ticks; at any moment at most one picture is on its way.
(function () {
  "use strict";
  const wall = (window.onescreen.wall = window.onescreen.wall || {});
  const { element, place, text, width, fill } = wall.base;
  const TICK = 250; // milliseconds: clock, rotation, age and replay look at the time this often
  const LOST = 4400; // milliseconds without a sign of life until the banner: with TICK and drawing, within five seconds
  const SIGN = 2000; // milliseconds that a sign of life may take
  const PATIENCE = 60000; // milliseconds that a picture may take: a new version of a large city is computed first
  const FADE = 600; // milliseconds until a scene that went is taken away
  const JUMP = 1.5; // seconds by which a server's clock must differ to count as set rather than drifted
  const LASTS = 30000; // milliseconds for which signs of life may be behind the picture, before it is believed that it went back
  const HEALTHY = 20; // signs of life in a row before a wall takes on new scripts
  const DAY = 86400e3; // milliseconds after which a healthy wall begins anew: the engine's own caches grow by about 1 MB an hour

  class Wall {
    constructor(root) {
      this.root = root;
      this.base = root.dataset.base;
      this.build = root.dataset.build;
      this.forced = new URLSearchParams(location.search).get("scene");
      this.page = element("div", "wall-page", root);
      this.shift = element("div", "wall-shift", this.page);
      this.stage = new wall.Stage(this.shift, (address) => `${this.base}/${address}`);
      this.night = element("div", "wall-night", root);
      this.stats = { beats: 0, pictures: 0, failures: 0, lost: 0, scenes: 0, versions: [], errors: 0 };
      this.numbers = new Map();
      this.lastSign = performance.now();
      this.until = performance.now() + DAY;
      this.offset = null;
      this.past = []; // live parts of the stamps that were shown
      this.behind = 0; // since when signs of life are behind what is shown
      this.healthy = 0;
      this.at = [0, 0];
      performance.setResourceTimingBufferSize(1); // nobody reads them, and a wall asks for bytes for weeks
      window.addEventListener("resize", () => this.resized());
      window.addEventListener("contextmenu", (event) => event.preventDefault());
      this.beat();
      this.ticking = setInterval(() => this.tick(), TICK);
    }

    // ---- news ----

    async ask(address, patience) {
      const response = await fetch(`${this.base}/${address}`, { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(patience) });
      if (response.status === 410) throw Object.assign(new Error("revoked"), { revoked: true });
      if (!response.ok) throw Object.assign(new Error(`${response.status} ${address.split("?")[0]}`), { away: response.status === 503 });
      return response.json();
    }

    async beat() {
      const sent = performance.now();
      try {
        const sign = await this.ask("beat", SIGN);
        this.sign(sign, sent, performance.now());
      } catch (error) {
        this.missed(error);
      }
      const pause = this.revoked ? 5000 : 1000 * (this.soon || (this.picture ? this.picture.wall.refresh : 1));
      this.beating = setTimeout(() => this.beat(), pause);
    }

    sign(sign, sent, received) {
      this.stats.beats++;
      this.lastSign = received - 1000 * sign.lost; // of the database, whose age the picture has
      this.revoked = false;
      this.healthy++;
      this.sync(sign.now, sent, received);
      this.dark = sign.night;
      this.news = sign.stamp;
      this.soon = sign.soon; // seconds until the next picture, which is being made
      if (this.cover && this.picture) this.uncover();
      if (sign.build !== this.build && this.healthy > HEALTHY) return location.reload();
      this.refresh();
    }

    missed(error) {
      this.stats.failures++;
      this.healthy = 0;
      this.soon = 0;
      if (error.revoked) this.revoke();
    }

    // Server seconds = offset + performance.now() / 1000: the browser's own clock may be set or wrong. The shortest
    // way there and back tells best; a jump is taken as it is.
    sync(now, sent, received) {
      const way = received - sent, offset = now - (sent + received) / 2000;
      const jumped = this.offset !== null && Math.abs(offset - this.offset) > JUMP + way / 1000;
      if (this.offset === null || jumped || way <= this.way * 1.5 + 4) {
        this.offset = this.offset === null || jumped ? offset : this.offset + (offset - this.offset) * 0.3;
        this.way = jumped || this.way === undefined ? way : Math.min(this.way + 0.5, way);
      }
    }

    seconds() {
      return (this.offset || 0) + performance.now() / 1000;
    }

    // Single-flight: news that comes while a picture is on its way is fetched right after it.
    async refresh() {
      if (this.fetching || !this.isNews()) return;
      this.fetching = true;
      try {
        const [width_, height] = [window.innerWidth, window.innerHeight];
        const picture = await this.ask(`picture?w=${width_}&h=${height}&r=${window.devicePixelRatio || 1}`, PATIENCE);
        if (!this.isBehind(picture.stamp)) this.shown(picture);
        if (!picture.wall.fixed && (width_ !== window.innerWidth || height !== window.innerHeight)) this.picture.stamp = ""; // resized meanwhile
      } catch (error) {
        this.stats.failures++;
        if (error.revoked) this.revoke();
        else if (!error.away && !(error instanceof TypeError) && error.name !== "TimeoutError") this.complain(error);
      } finally {
        this.fetching = false;
      }
      if (this.picture && this.isNews() && !this.revoked && this.healthy) this.beatSoon();
    }

    isNews() {
      if (!this.picture || !this.picture.stamp) return true;
      if (this.picture.stamp !== this.news && !this.isBehind(this.news)) return true;
      if (this.picture.stamp === this.news) this.behind = 0;
      return false;
    }

    // Several processes may answer, one of them a moment later than the other: what comes from an older version, or was
    // live before, is no news, unless it lasts.
    isBehind(stamp) {
      if (!this.picture || !this.picture.stamp || stamp === this.picture.stamp) return false;
      const parts = (text) => [text.slice(0, text.lastIndexOf(".")), text.slice(text.lastIndexOf(".") + 1), parseInt(text)];
      const [still, live, version] = parts(stamp), [own, , newest] = parts(this.picture.stamp);
      if (!(version < newest || (still === own && this.past.includes(live)))) return false;
      this.behind = this.behind || performance.now();
      return performance.now() - this.behind < LASTS;
    }

    beatSoon() {
      clearTimeout(this.beating);
      this.beating = setTimeout(() => this.beat(), 100);
    }

    complain(error) {
      this.stats.errors++;
      this.stats.error = String(error.stack || error);
      console.warn("onescreen wall:", error.message);
    }

    // ---- the picture ----

    shown(picture) {
      const old = this.picture;
      this.picture = picture;
      this.behind = 0;
      this.past = [...this.past.slice(-20), picture.stamp.slice(picture.stamp.lastIndexOf(".") + 1)];
      this.stats.pictures++;
      if (this.cover && !this.revoked) this.uncover();
      if (!old || old.version !== picture.version) {
        this.stats.versions = [...this.stats.versions.slice(-999), picture.version];
        window.onescreen.painter.fetch.forget(); // bytes of the version before: a wall runs for weeks
      }
      const { width: w, height: h, em, least } = picture.wall;
      this.pen = { em, least, width: w, height: h, bezels: [picture.wall.bezels_x, picture.wall.bezels_y], words: picture.words, changed: (panel, number) => this.changed(panel, number) };
      this.fitPage();
      this.draw(old ? this.scene : null);
      this.remember();
    }

    // Whether a number is not what it was in the picture before.
    changed(panel, number) {
      if (!number.cite) return false;
      const before = this.numbers.get(`${panel.id}/${wall.base.subject(number)}`);
      return before !== undefined && before !== number.text;
    }

    remember() {
      this.numbers.clear();
      for (const scene of Object.values(this.picture.scenes)) {
        for (const panel of scene.panels) {
          const found = [...(panel.figures || []).map((one) => one.number), ...(panel.rows || []).flatMap((row) => row.numbers || [])];
          for (const number of found) if (number && number.cite) this.numbers.set(`${panel.id}/${wall.base.subject(number)}`, number.text);
        }
      }
    }

    fitPage() {
      const { width: w, height: h, fixed } = this.picture.wall;
      const scale = fixed ? Math.min(window.innerWidth / w, window.innerHeight / h) : 1;
      place(this.page, (window.innerWidth - w * scale) / 2, (window.innerHeight - h * scale) / 2, w, h);
      this.page.style.transform = scale === 1 ? "" : `scale(${scale})`;
    }

    resized() {
      clearTimeout(this.resizing);
      this.resizing = setTimeout(() => {
        if (!this.picture) return;
        if (this.picture.wall.fixed) return this.fitPage();
        this.picture.stamp = "";
        this.refresh();
      }, 200);
    }

    // ---- scenes ----

    turns() {
      return this.picture.turns[this.dark ? "night" : "day"];
    }

    // Which turn it is: seconds of the server's clock modulo the length of the rotation.
    turn() {
      const turns = this.turns();
      if (this.forced && this.picture.scenes[this.forced]) {
        const own = turns.find((turn) => turn.scene === this.forced) || { scene: this.forced, seconds: 40 };
        return { ...own, since: this.seconds() % own.seconds };
      }
      const whole = turns.reduce((sum, turn) => sum + turn.seconds, 0);
      let at = ((this.seconds() % whole) + whole) % whole;
      for (const turn of turns) {
        if (at < turn.seconds) return { ...turn, since: at };
        at -= turn.seconds;
      }
      return { ...turns[0], since: 0 };
    }

    // Draws the scene whose turn it is; the one before fades under it.
    draw(same) {
      const turn = this.turn(), scene = this.picture.scenes[turn.scene];
      const old = this.live;
      this.scene = turn.scene;
      try {
        this.live = wall.frame.build(this.shift, this.picture, scene, this.pen, this.turns(), this.stage);
      } catch (error) {
        this.complain(error); // the next scene is not to blame
        this.live = null;
      }
      this.stats.scenes++;
      if (this.live && same === turn.scene) this.live.layer.classList.remove("coming");
      if (old) old.layer.remove();
      clearTimeout(this.arriving);
      this.arriving = setTimeout(() => this.live && this.live.layer.classList.remove("coming"), FADE);
      this.tick();
    }

    tick() {
      this.age();
      if (!this.picture) return;
      const turn = this.turn();
      if (turn.scene !== this.scene && performance.now() > this.until && this.healthy > HEALTHY) return location.reload();
      if (turn.scene !== this.scene) return this.draw(null);
      if (this.live && this.live.clock) this.live.clock(this.clock());
      this.stage.replay(turn.since, turn.seconds, this.live && this.live.timeline);
      this.wander();
      this.night.style.opacity = this.dark ? this.picture.wall.dim : 0;
      this.root.classList.toggle("dark", Boolean(this.dark));
    }

    clock() {
      const { clock, words } = this.picture;
      if (!clock.ticking) return { text: clock.text, day: `${clock.day} `, about: `${words.city_time} ` };
      this.hours = this.hours || new Intl.DateTimeFormat("en-GB", { timeZone: clock.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      return { text: this.hours.format(new Date(this.seconds() * 1000)), day: `${clock.day} `, about: "" };
    }

    // Small moves by the server's clock, one place after the other around a square, so that nothing burns in.
    wander() {
      const { pixels, seconds } = this.picture.wall.shift;
      if (!seconds) return;
      const n = Math.floor(this.seconds() / seconds) % 8;
      const x = [0, 1, 1, 1, 0, -1, -1, -1][n] * pixels, y = [-1, -1, 0, 1, 1, 1, 0, -1][n] * pixels;
      if (this.at[0] === x && this.at[1] === y) return;
      this.at = [x, y];
      this.shift.style.transform = `translate(${x}px, ${y}px)`;
    }

    // ---- loss ----

    // The banner stands between title and clock as long as no sign of life comes, and counts.
    age() {
      const since = performance.now() - this.lastSign, lost = since > LOST && !this.revoked;
      if (!lost) {
        if (this.banner) this.banner = void this.banner.remove();
        return;
      }
      if (!this.banner) this.stats.lost++;
      if (this.picture) this.say(Math.floor(since / 1000));
      else this.hide(this.root.dataset.away);
    }

    say(seconds) {
      const { em } = this.pen, { words } = this.picture;
      const age = seconds < 60 ? fill(words.seconds, { n: seconds }) : seconds < 3600 ? fill(words.minutes, { n: Math.floor(seconds / 60) }) : fill(words.hours, { n: Math.floor(seconds / 3600) });
      const old = fill(words.offline_age, { age }), [x, room] = this.gap();
      const said = wall.base.pick([`${words.offline} · ${old}`, old, age], room - em * 1.6, em);
      if (this.banner && this.banner.dataset.said === said) return;
      const wide = width(said, em) + em * 1.6, banner = element("div", "wall-banner", null);
      banner.dataset.said = said;
      place(banner, x + (room - wide) / 2, em * 0.55, wide, em * 1.9);
      text(banner, said, em * 0.8, em * 0.45, { px: em, tone: "mark", data: { of: "clock" } });
      if (this.banner) this.banner.replaceWith(banner);
      else this.shift.appendChild(banner);
      this.banner = banner;
    }

    // [left, width] of the free stretch of the top row, between title and clock and on one panel of the wall.
    gap() {
      const { em } = this.pen, { bezels_x: bezels, width: whole } = this.picture.wall, live = this.live;
      const head = live ? [...live.layer.querySelectorAll(".head .t")].map((one) => one.offsetLeft + one.parentElement.offsetLeft) : [];
      const from = (live ? live.from : 0) + em, to = Math.min(whole - em, ...head) - em;
      const cuts = [from, ...bezels.filter((bezel) => bezel > from && bezel < to), to];
      let best = [from, 0];
      for (let n = 1; n < cuts.length; n++) {
        const left = cuts[n - 1] + (n > 1 ? 12 : 0), room = cuts[n] - (n < cuts.length - 1 ? 12 : 0) - left;
        if (room > best[1]) best = [left, room];
      }
      return best;
    }

    revoke() {
      this.revoked = true;
      this.hide(this.picture ? this.picture.words.revoked : "此大屏链接已停用 / This wall's link was revoked");
    }

    // One calm line in place of everything.
    hide(words) {
      if (this.cover && this.cover.dataset.said === words) return;
      if (this.cover) this.uncover();
      this.cover = element("div", "wall-cover", this.root);
      this.cover.dataset.said = words;
      const [w, h] = [window.innerWidth, window.innerHeight], em = this.pen ? this.pen.em : Math.round(h / 36);
      wall.wrapped(this.cover, words, w * 0.8, h, Math.round(em * 1.2), "soft");
      this.cover.style.paddingLeft = "10%";
    }

    uncover() {
      this.cover.remove();
      this.cover = null;
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.fonts.ready.then(() => (wall.live = new Wall(document.getElementById("wall"))));
  });
})();
