"""The queue in the hands of the clumsy: clocks that are set back, two windows, somebody else's phone, poor networks."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from data.events import evidence, read
from tests.browser.phones import KEPT, Site, away, enter_again, photo, rested, send_again, shown, tap


def test_a_clock_that_is_set_back_stops_and_turns_round_nothing(phone: Callable[..., Page], site: Site) -> None:
    """A phone that was set wrong is put right as soon as it has a network, by hours."""
    event = site.hit()
    li = phone("li")
    li.locator(".card").click()
    li.context.route("**/queue/act*", away)
    tap(li, "accept")
    expect(li.locator(".unsent")).to_have_count(1)
    li.evaluate("() => { const now = Date.now; Date.now = () => now() - 5 * 3600000; }")
    tap(li, "act")
    expect(li.locator(".unsent")).to_have_count(2)
    li.context.unroute("**/queue/act*")
    send_again(li)
    rested(li)
    assert site.done(event) == [("opened", "gate"), ("accepted", "li"), ("acting", "li")]


def test_photos_have_the_time_that_a_poor_network_takes(phone: Callable[..., Page], site: Site) -> None:
    event = site.hit()
    for step in ("accept", "act"):
        site.step("li", event, step)
    li = phone("li")
    li.evaluate("""() => {
      const timeout = AbortSignal.timeout;
      window.patience = [];
      AbortSignal.timeout = (ms) => (window.patience.push(ms), timeout.call(AbortSignal, ms));
    }""")
    li.locator(".card").click()
    tap(li, "feed_back")
    sheet = li.locator("dialog")
    sheet.get_by_text("已解决").click()
    sheet.locator("input[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    expect(sheet.locator("figure img")).to_have_count(1)
    sheet.locator("button.do").click()
    rested(li)
    (name,) = read.history(site.events, event).changes[-1].evidence
    size = len(evidence.body_of(site.events, event, name).body)
    assert size > 100_000
    assert max(li.evaluate("patience")) >= 30_000 + size / 4, "32 kbit/s"


def test_whoever_signs_out_is_told_of_anothers_steps_too(phone: Callable[..., Page], site: Site) -> None:
    site.hit()
    page = phone("li")
    page.locator(".card").click()
    page.context.route("**/queue/act*", lambda route: route.abort())
    tap(page, "accept")
    expect(page.locator(".unsent")).to_have_count(1)
    page.context.clear_cookies()
    enter_again(page, site, "qian")
    page.locator(".menu-box summary").click()
    page.locator(".account-menu button").click()
    expect(page.locator("dialog")).to_contain_text("还有 1 项没有发送")
    page.locator("dialog .do").click()
    assert page.evaluate(KEPT)[1] == 1


def test_two_windows_of_one_phone_make_one_change_of_one_tap(phone: Callable[..., Page], site: Site) -> None:
    event = site.hit()
    first = phone("li")
    second = first.context.new_page()
    second.goto(f"{site.url}/queue#{event}")
    shown(second)
    first.locator(".card").click()
    first.context.route("**/queue/act*", away)
    tap(first, "accept")
    expect(first.locator(".unsent")).to_have_count(1)
    first.context.unroute("**/queue/act*")
    for page in (first, second):
        page.evaluate("onescreen.queue.send.now()")
    rested(first)
    expect(second.locator(".due .state")).to_have_text(re.compile("已签收"))  # it looks by itself
    assert site.done(event) == [("opened", "gate"), ("accepted", "li")]


def test_a_press_that_lasts_while_news_come_is_not_lost(phone: Callable[..., Page], site: Site) -> None:
    """What is under a finger is not drawn anew until it is lifted."""
    event = site.hit()
    li = phone("li")
    li.locator(".card").click()
    expect(li.locator(".history")).to_be_visible()
    li.locator(".doing [data-step=accept]").hover()
    li.mouse.down()
    assert site.hit("2", place="西门") == event
    li.evaluate("onescreen.queue.read()")
    expect(li.locator(".reports")).not_to_contain_text("西门")
    li.mouse.up()
    expect(li.locator(".reports")).to_contain_text("西门")
    rested(li)
    assert site.done(event) == [("opened", "gate"), ("accepted", "li")]


OLD = """delete AbortSignal.timeout;
delete Crypto.prototype.randomUUID;
Object.defineProperty(navigator, "locks", { value: undefined });
Object.defineProperty(URLSearchParams.prototype, "size", { get: () => undefined });"""


def test_an_older_phone_does_it_too(phone: Callable[..., Page], site: Site) -> None:
    event = site.hit()
    li = phone("li")
    li.context.add_init_script(OLD)
    li.goto(f"{site.url}/queue?lang=en#{event}")
    shown(li)
    tap(li, "accept")
    rested(li)
    assert site.done(event) == [("opened", "gate"), ("accepted", "li")]
    assert "lang=en" in (li.locator(".account-menu a").first.get_attribute("href") or "")
