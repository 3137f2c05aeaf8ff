"""What every answer tells the browser to refuse.

Measured in Chromium over all pages, the wall and the documentation of the API: neither Dash nor AG Grid, Plotly or
Swagger needs ``unsafe-eval`` or inline scripts here. The exceptions:

- the one inline script, Dash's own start of its renderer, by its hash;
- style sheets that scripts write into the page, on pages of Dash alone: its renderer and its core components bring
  theirs inside of their scripts, without a nonce. ``style`` attributes in HTML stay forbidden there too;
- all inline styles on the page of the API's documentation alone, where Swagger draws pictures with them;
- pictures from ``data:`` (Swagger's, and the empty icon of its page) and ``blob:`` (the map's, framed for export);
- reading ``data:``: small maps carry their values in the page itself (:func:`dashboard.parts.map_block.inline`) and the
  painter fetches them like any other. Such an address reaches nobody, so nothing can be sent out by it.
"""

from __future__ import annotations

from collections.abc import Sequence

import flask

from dashboard.access.rules import Rules

#: Seconds for which a browser that came by https comes by nothing else: a year.
HSTS = "max-age=31536000"

#: Nothing of this is used, by us or by any script.
PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi",
        "payment", "publickey-credentials-get", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip

OF_DASH = "style-src-elem 'self' 'unsafe-inline'"
OF_DOCS = "style-src-elem 'self' 'unsafe-inline'; style-src-attr 'unsafe-inline'"


def policy(scripts: Sequence[str], rules: Rules, styles: str = "") -> str:
    """The content policy. ``scripts``: hashes of inline scripts; ``styles``: more of the policy, about styles.

    Chromium holds the form that signs out to ``form-action`` also where it is led on, to the provider.
    """
    parts = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *scripts]),
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self' data:",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": f"'self' {rules.provider_origin}".strip(),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join([*(f"{name} {value}" for name, value in parts.items()), *filter(None, [styles])])


def register(server: flask.Flask, scripts: Sequence[str], rules: Rules, docs: str) -> None:
    """Sets the headers of every answer; ``docs``: where the API's documentation starts."""
    usual, dash, described = (policy(scripts, rules, styles) for styles in ("", OF_DASH, OF_DOCS))

    def guard(answer: flask.Response) -> flask.Response:
        told, is_docs = answer.headers, flask.request.path.startswith(docs)
        told.setdefault("Content-Security-Policy", described if is_docs else dash if flask.g.get("dash") else usual)
        told.setdefault("X-Content-Type-Options", "nosniff")
        told.setdefault("Referrer-Policy", "same-origin")
        told.setdefault("Permissions-Policy", PERMISSIONS)
        told.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        told.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if rules.https:
            told.setdefault("Strict-Transport-Security", HSTS)
        return answer

    server.after_request(guard)
