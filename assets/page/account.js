// Who is signed in, and what is said when the session ends. Both come with the page as first sent, in both languages;
// without a sign-in there is neither.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});
  const block = document.getElementById("onescreen-account");
  const told = block ? JSON.parse(block.textContent) : null;

  // What is said to whoever is signed in: {role, area, links, sign_out, account, ended, again}.
  page.account = (lang) => told && told[lang === "en" ? "en" : "zh"];

  // The word that shows the server that a request is this page's own: see dashboard/access/csrf.py.
  page.csrf = function () {
    const word = /(?:^|; )_csrf_token=([^;]*)/.exec(document.cookie);
    return word ? { "X-CSRFToken": word[1] } : {};
  };

  const here = () => location.pathname + location.search;
  const manner = () => {
    const now = new URLSearchParams(location.search), kept = new URLSearchParams();
    for (const key of ["lang", "theme"]) if (now.get(key)) kept.set(key, now.get(key));
    return String(kept) && `?${kept}`;
  };
  page.signIn = () => `/sign-in?ended=1&next=${encodeURIComponent(here())}`;

  // Whatever the page asks, a callback, the map's bytes or a sign of life: 401 says that the session is over.
  if (told) {
    const ask = window.fetch;
    let ended = false;
    window.fetch = async function (...given) {
      const answer = await ask.apply(window, given);
      const over = answer.status === 401;
      if (over !== ended && (over || answer.ok) && new URL(answer.url).origin === location.origin) {
        ended = over;
        document.dispatchEvent(new CustomEvent("onescreen:session", { detail: { ended } }));
      }
      return answer;
    };
    window.addEventListener("pageshow", (event) => event.persisted && page.beat && page.beat());
  }

  // The line that says so; the picture stays, and signing in leads back to it.
  page.Ended = function Ended() {
    const { h } = page, [ended, setEnded] = window.React.useState(false);
    page.useDocumentEvent("onescreen:session", (event) => setEnded(event.detail.ended));
    const words = page.account(document.documentElement.lang);
    if (!ended || !words) return null;
    return h("p", { className: "away ended", role: "alert" }, words.ended, " ", h("a", { href: page.signIn() }, words.again));
  };

  function Menu({ words, close }) {
    const { h } = page, { useRef, useEffect } = window.React, box = useRef(null);
    useEffect(() => {
      const outside = (event) => box.current && !box.current.parentNode.contains(event.target) && close();
      const key = (event) => event.key === "Escape" && close();
      document.addEventListener("pointerdown", outside);
      document.addEventListener("keydown", key);
      box.current.querySelector("a").focus();
      return () => (document.removeEventListener("pointerdown", outside), document.removeEventListener("keydown", key));
    }, []);
    return h("div", { className: "account-menu", ref: box },
      h("p", null, h("b", null, told.name), h("span", null, words.role, h("i", null, "·"), words.area)),
      words.links.map(({ href, name }) => h("a", { key: href, href: href + manner() }, name)),
      h("form", { method: "post", action: `/sign-out${manner()}` },
        h("input", { type: "hidden", name: "csrf", value: page.csrf()["X-CSRFToken"] || "" }), h("button", null, words.sign_out)));
  }

  // In the header, beside the switches.
  page.Account = function Account({ lang }) {
    const { h } = page, [open, setOpen] = window.React.useState(false), button = window.React.useRef(null);
    const words = page.account(lang);
    if (!words) return null;
    const close = () => (setOpen(false), button.current && button.current.focus());
    return h("span", { className: "account" },
      h("button", { type: "button", ref: button, className: "quiet", title: `${told.name} · ${words.role} · ${words.area}`, "aria-label": `${words.account}: ${told.name}`, "aria-expanded": open, onClick: () => setOpen(!open) },
        h("i", { "aria-hidden": true }, [...told.name][0] || "·"), h("span", null, told.name)),
      open && h(Menu, { words, close }));
  };
})();
