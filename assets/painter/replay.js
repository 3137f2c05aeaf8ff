// The clock of a replay: which day it is now. Days follow time, not frames, so a slow machine skips days, never lags.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});

  class Clock {
    constructor() {
      this.running = false;
    }
    start(day, now) {
      Object.assign(this, { running: true, from: day, since: now });
    }
    stop() {
      this.running = false;
    }
    // {day, ended} at `now` milliseconds, for `days` days at `speed` days a second.
    at(now, speed, days, loop) {
      const passed = Math.floor(((now - this.since) / 1000) * speed);
      const day = this.from + Math.max(passed, 0);
      if (loop) return { day: day % days, ended: false };
      return { day: Math.min(day, days - 1), ended: day >= days - 1 };
    }
  }

  painter.Clock = Clock;
})();
