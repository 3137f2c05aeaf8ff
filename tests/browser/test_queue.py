"""The queue on a phone in a real browser: from a gate hit to its closed visit, without a network in the middle; one
change for each tap, whatever becomes of the answer; and nothing left for whoever comes after."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from dashboard.queries import Viewer
from dashboard.queries.events import EventDesk
from data.events import read
from data.events.report import Report
from tests.browser.phones import COMMUNITY, KEPT, Site, away, enter_again, photo, rested, send_again, shown, tap
from tests.browser.test_page import FAINT


def test_from_a_gate_hit_to_its_closed_visit(phone: Callable[..., Page], site: Site) -> None:
    event = site.hit()
    assert site.hit() == event  # the gate sends it twice
    li = phone("li")
    li.locator(".card", has_text="门禁命中").click()
    tap(li, "accept")
    expect(li.locator(".history")).to_contain_text("签收")
    rested(li)

    li.context.set_offline(True)
    li.route("**/queue/act*", away)  # a page that is opened anew has the network back for a moment
    tap(li, "act")
    expect(li.locator(".note-line.waits")).to_contain_text("1 项操作待发送")
    expect(li.locator(".due .state")).to_have_text(re.compile("处置中"))
    li.reload()  # the page and the event open without a network
    expect(li.locator(".event h1")).to_contain_text("门禁命中")
    tap(li, "feed_back")
    sheet = li.locator("dialog")
    sheet.get_by_text("已解决").click()
    sheet.locator("textarea").fill("人已劝返，家门已贴封条")
    sheet.locator("button.do").click()
    expect(sheet.locator(".fault")).to_have_text("这类事件须附照片")
    sheet.locator("input[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    expect(sheet.locator("figure img")).to_have_count(1)
    sheet.locator("button.do").click()
    expect(li.locator(".unsent")).to_have_count(2)
    li.goto(f"{site.url}/queue")
    expect(li.locator(".card .waiting")).to_contain_text("2 项待发送")
    expect(li.locator(".note-line.away")).to_contain_text("没有网络")
    assert site.done(event) == [("opened", "gate"), ("accepted", "li")]

    li.unroute("**/queue/act*")
    li.context.set_offline(False)
    rested(li)
    expect(li.locator(".card .state")).to_have_text(re.compile("已反馈"))
    assert site.done(event)[1:] == [("accepted", "li"), ("acting", "li"), ("fed_back", "li")]
    acting = read.history(site.events, event).changes[2]
    assert acting.said is not None
    assert acting.done < acting.at, "it was done before there was a network"

    zhao = phone("zhao")
    zhao.set_viewport_size({"width": 1366, "height": 768})
    zhao.locator(".card", has_text="门禁命中").click()
    expect(zhao.locator(".history")).to_contain_text("已解决：人已劝返，家门已贴封条")
    picture = zhao.locator(".history .photos img")
    picture.scroll_into_view_if_needed()
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    assert picture.evaluate("img => Math.max(img.naturalWidth, img.naturalHeight)") <= 1600
    tap(zhao, "close")
    zhao.locator("dialog").get_by_text("满意", exact=True).click()
    zhao.locator("dialog button.do").click()
    expect(zhao.locator(".due .state")).to_have_text(re.compile("已办结"))
    rested(zhao)
    told = read.history(site.events, event)
    assert (told.event.state, told.event.reports, told.event.satisfied) == ("closed", 1, True)
    assert site.done(event)[-1] == ("closed", "zhao")
    assert li.evaluate("stopped") == zhao.evaluate("stopped") == []


def test_one_change_for_each_tap_though_the_answer_is_lost(phone: Callable[..., Page], site: Site) -> None:
    event = site.hit()
    li = phone("li")
    lost, better = list[str](), False

    def lose(route: Route) -> None:
        if better:
            return route.continue_()
        lost.append(route.fetch().status_text)  # the server has it; the phone never learns
        return route.abort("connectionreset")

    li.route("**/queue/act*", lose)
    li.locator(".card").click()
    li.locator(".doing [data-step=accept]").dblclick()
    expect(li.locator(".unsent")).to_contain_text(re.compile(r"已试 \d+ 次"))
    send_again(li)
    expect(li.locator(".unsent")).to_contain_text(re.compile(r"已试 ([2-9]|\d\d) 次"))  # it tries by itself as well
    expect(li.locator(".note-line.waits")).to_be_visible()
    better = True
    send_again(li)
    rested(li)
    assert len(lost) > 1
    assert site.done(event) == [("opened", "gate"), ("accepted", "li")]


def test_somebody_was_quicker(phone: Callable[..., Page], site: Site) -> None:
    event = site.hit()
    li = phone("li")
    li.locator(".card").click()
    li.context.set_offline(True)
    tap(li, "accept")
    site.step("zhao", event, "accept")
    li.context.set_offline(False)
    told = li.locator(".event .refusal")
    expect(told).to_contain_text("有人先了一步")
    expect(told).to_contain_text("已签收")
    expect(li.locator(".history")).to_contain_text("zhao")
    expect(li.locator(".doing [data-step=act]")).to_be_visible()  # the list was read anew
    li.reload()
    expect(told).to_be_visible()  # until they have read it
    told.get_by_role("button").click()
    expect(li.locator(".refusal")).to_have_count(0)
    assert site.done(event) == [("opened", "gate"), ("accepted", "zhao")]


@pytest.mark.parametrize("way", ["here", "elsewhere"])
def test_nothing_stays_after_signing_out(phone: Callable[..., Page], site: Site, way: str) -> None:
    site.hit()
    li = phone("li")
    li.locator(".card").click()
    expect(li.locator(".history")).to_be_visible()
    assert li.evaluate(KEPT) == [2, 0, 1]
    li.context.route("**/queue/act*", lambda route: route.abort())
    tap(li, "accept")
    expect(li.locator(".unsent")).to_have_count(1)
    if way == "elsewhere":
        li.goto(f"{site.url}/account")
        li.get_by_role("button", name="退出", exact=True).click()
        expect(li.locator(".note-line.away", has_text="发出后再退出")).to_be_visible()
    li.locator(".menu-box summary").click()
    li.locator(".account-menu button").click()
    expect(li.locator("dialog")).to_contain_text("还有 1 项没有发送")
    li.locator("dialog .grave").click()
    expect(li.get_by_role("heading", name="已退出。")).to_be_visible()
    assert li.evaluate(KEPT) == [0, 0, 0]


def test_nobody_acts_in_anothers_name(phone: Callable[..., Page], site: Site) -> None:
    event = site.hit()
    li = phone("li")
    li.locator(".card").click()
    li.context.route("**/queue/act*", lambda route: route.abort())
    tap(li, "accept")
    expect(li.locator(".unsent")).to_have_count(1)
    li.context.clear_cookies()
    send_again(li)
    expect(li.locator(".note-line.bad")).to_contain_text("登录已到期")
    expect(li.locator(".card")).to_have_count(0)
    li.context.unroute("**/queue/act*")
    enter_again(li, site, "qian")
    expect(li.locator(".empty h2")).to_have_text("没有待办事件")
    expect(li.locator(".note-line.waits")).to_have_count(0)
    assert site.done(event) == [("opened", "gate")]
    li.context.clear_cookies()
    enter_again(li, site, "li")  # whoever did it is back: now it is sent
    rested(li)
    expect(li.locator(".card .state")).to_have_text(re.compile("已签收"))
    assert site.done(event) == [("opened", "gate"), ("accepted", "li")]


def test_what_another_read_here_is_never_shown(phone: Callable[..., Page], site: Site) -> None:
    site.hit()
    page = phone("li")
    expect(page.locator(".card")).to_have_count(1)
    page.context.clear_cookies()
    enter_again(page, site, "qian", "/account")
    page.context.route("**/queue/events*", lambda route: route.abort())
    page.goto(f"{site.url}/queue")
    expect(page.locator(".list .empty h2")).to_have_text("还没有读到列表")
    assert page.evaluate(KEPT)[0] == 0


def test_the_header_leads_here(phone: Callable[..., Page], site: Site) -> None:
    li = phone("li")
    li.goto(f"{site.url}/account")
    li.get_by_role("link", name="我的待办").click()
    shown(li)
    expect(li.locator(".list .empty")).to_contain_text("没有待办事件")
    gate = phone("gate")
    expect(gate.locator(".note-line.bad")).to_contain_text("您的角色不能查看事件")
    gate.goto(f"{site.url}/account")
    expect(gate.get_by_role("link", name="我的待办")).to_have_count(0)


WIDE = """() => [...document.querySelectorAll("body *")].filter((node) => node.checkVisibility() && !node.closest(".filters, .heard"))
    .map((node) => [node.className, node.getBoundingClientRect()]).filter(([, box]) => box.left < -1 || box.right > innerWidth + 1).map(([name]) => String(name))"""
SMALL = """() => [...document.querySelectorAll(".queue button, .queue summary, .queue .card, .queue .back-link, .queue .take, .choice label")]
    .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 44).map((node) => node.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("size", [(390, 844), (1366, 768)])
@pytest.mark.parametrize("look", ["", "?lang=en&theme=light"])
def test_it_fits_can_be_read_and_touched(
    phone: Callable[..., Page], site: Site, size: tuple[int, int], look: str
) -> None:
    event = site.hit()
    desk, sense = site.desk.beside(EventDesk), Viewer()
    desk.take(sense, [Report("12345", "h", "hotline", COMMUNITY, place="五号楼", note="老人配药困难" * 20)])
    li = phone("li", look)
    li.set_viewport_size({"width": size[0], "height": size[1]})
    faint = FAINT.replace(".screen *", ".queue *")
    for at in ("", f"#{event}"):
        li.goto(f"{site.url}/queue{look}{at}")
        shown(li)
        assert li.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert [li.evaluate(js) for js in (WIDE, SMALL, faint)] == [[], [], []]
    tap(li, "hand_over")
    expect(li.locator("dialog .choice label")).not_to_have_count(0)
    assert [li.evaluate(js) for js in (WIDE, SMALL)] == [[], []]
    assert li.evaluate("stopped") == []
