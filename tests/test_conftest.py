"""The shared fixtures do what they say, and the guards do bite."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import create_engine, inspect, text

from tests import loopback


def test_database_is_empty_and_writable(database_url: str) -> None:
    engine = create_engine(database_url)
    try:
        assert inspect(engine).get_table_names() == []
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE kept (n INTEGER)"))
    finally:
        engine.dispose()


# The same again: what the test above left must not be here.
test_database_is_fresh = test_database_is_empty_and_writable


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback(host: str) -> None:
    assert loopback.is_loopback(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "localhost.example", "", "::"])
def test_not_loopback(host: str) -> None:
    assert not loopback.is_loopback(host)


def test_process_cannot_look_up_a_name_outside() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"outside\.invalid"):
        socket.getaddrinfo("outside.invalid", 443)


def test_process_cannot_connect_outside() -> None:
    # 192.0.2.0/24 is kept for documentation: nobody answers there.
    with socket.socket() as plug, pytest.raises(pytest.fail.Exception, match=r"192\.0\.2\.1"):
        plug.connect(("192.0.2.1", 443))


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write("<h1>一屏</h1><link rel=icon href=data:,>".encode())

    def log_message(self, *_: object) -> None:
        """Says nothing: the test's output is for failures."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_browser_reads_a_page_of_this_machine(page: Page, address: str) -> None:
    page.goto(address)
    assert page.inner_text("h1") == "一屏"


@pytest.mark.parametrize("stray", ["http://192.0.2.1/tile.png", "http://outside.invalid/tile.png"])
def test_browser_is_caught_outside(page: Page, address: str, strays: list[str], stray: str) -> None:
    page.goto(address)
    why = page.evaluate("url => fetch(url).catch(error => error.name)", stray)
    assert why == "TypeError"
    assert strays == [stray]
    strays.clear()


def test_every_window_is_watched(context: BrowserContext, address: str, strays: list[str]) -> None:
    page = context.new_page()
    page.goto(address)
    page.evaluate("new Promise(done => new WebSocket('ws://192.0.2.1:9').onerror = done).then(() => 0)")
    assert strays == ["ws://192.0.2.1:9/"]
    strays.clear()
