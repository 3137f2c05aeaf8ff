// One calm line over the map.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});
  const PASSES = 12000; // milliseconds that a message about the address stands

  onescreen.Notice = function Notice({ id, data }) {
    const { h } = page, { useState, useEffect } = window.React;
    const [server, setServer] = useState({ away: false }), [passing, setPassing] = useState([]);
    page.useDocumentEvent("onescreen:server", (event) => setServer(event.detail));
    useEffect(() => {
      const said = (data && data.passing) || [];
      if (!said.length) return;
      setPassing(said);
      const timer = setTimeout(() => setPassing([]), PASSES);
      return () => clearTimeout(timer);
    }, [data]);
    useEffect(() => {
      if (!data || !data.again) return;
      const timer = setTimeout(page.again, 1000 * data.again); // it could not be answered: once more, a little later
      return () => clearTimeout(timer);
    }, [data]);
    const time = server.seen && server.seen.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
    const { offline } = page.words();
    const away = server.away && offline && page.fill(offline, { time });
    const line = (text, kind) => h("p", { key: text, className: kind }, text);
    return h("div", { id, className: "notice", role: "status" },
      h(page.Ended),
      away && line(away, "away"),
      !away && data && data.lasting && line((!offline && data.empty) || data.lasting, "lasting"),
      passing.length > 0 && h("div", { className: "passing" }, passing.map((text) => line(text)),
        h("button", { type: "button", "aria-label": data.close, onClick: () => setPassing([]) }, "×")));
  };
})();
