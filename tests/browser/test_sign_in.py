"""Signing in as a person does it: the first password, the bar, the end of a session, who comes after; and no page, wall or
documentation that the content policy would have to stop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard.access import Rules
from dashboard.app import create_app
from dashboard.pages import PAGES
from dashboard.queries import Desk
from data.access import Access
from data.access.audit import Log
from data.access.sessions import end_sessions
from data.walls import new_wall
from grid.cube import Cube
from tests.dashboard.access.conftest import EAST, PASSWORD, book
from tests.provider import CLIENT, SECRET, providing
from tests.serving import serving

NEW = "four kites above the harbour"
#: Tells of everything that the content policy stops.
WATCH = """window.stopped = [];
document.addEventListener("securitypolicyviolation", (e) => window.stopped.push([e.violatedDirective, e.blockedURI, e.sample]));"""


@pytest.fixture
def access(tmp_path: Path) -> Iterator[Access]:
    made = book(tmp_path)
    yield made
    made.close()


@pytest.fixture
def site(tiny_cube: Cube, access: Access) -> Iterator[str]:
    with serving(create_app(Desk(tiny_cube, Log(access)), access=access).server) as address:
        yield address


def sign_in(page: Page, site: str, login: str = "wang", password: str = PASSWORD, path: str = "/") -> None:
    page.goto(site + path)
    expect(page).to_have_url(re.compile("/sign-in"))
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(password)
    page.locator("button.main").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


STILL = """() => { const { shown, asked, answered } = document.documentElement.dataset;
    return shown && asked === answered; }"""


def rested(page: Page) -> None:
    """The page shows what its address asks for."""
    page.wait_for_function(STILL)  # a function: it is read once, before the content policy has a say


def test_the_first_password_is_changed_before_anything_else(page: Page, site: str) -> None:
    sign_in(page, site, "new", path="/zones?theme=light")
    expect(page.get_by_role("heading")).to_have_text("设定新密码")
    page.get_by_label("现在的密码").fill(PASSWORD)
    for label in ("新密码", "再输一遍"):
        page.get_by_label(label, exact=True).fill(NEW)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(f"{site}/zones?theme=light")
    rested(page)
    expect(page.locator(".account button").first).to_have_attribute("aria-label", "我的账号: New")


def test_out_again_and_nothing_to_go_back_to(page: Page, site: str) -> None:
    sign_in(page, site)
    rested(page)
    page.locator(".account > button").click()
    menu = page.locator(".account-menu")
    expect(menu).to_contain_text("Wang")
    expect(menu).to_contain_text("全市")
    expect(menu.get_by_role("link", name="用户和大屏")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    page.locator(".account > button").click()
    menu.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="已退出。")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading")).to_have_text("登录")


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("/?layer=positives&lang=en", "onescreen.page.go({ area: '990101', theme: 'light' })"),
        ("/zones?lang=en", "onescreen.page.visit('/zones?area=990101&lang=en&theme=light')"),
    ],
)
def test_the_end_of_a_session_is_said_and_nothing_is_lost(
    page: Page, site: str, access: Access, path: str, step: str
) -> None:
    sign_in(page, site, path=path)
    rested(page)
    end_sessions(access, "wang")
    page.evaluate(step)
    told = page.locator(".notice .ended")
    expect(told).to_contain_text("The session has ended")
    assert "area=990101" in page.url
    told.get_by_role("link", name="Sign in again").click()
    expect(page.get_by_text("You come back to where you were")).to_be_visible()
    page.get_by_label("Login").fill("wang")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    rested(page)
    assert {"area=990101", "lang=en", "theme=light"} <= set(page.url.partition("?")[2].split("&"))


def test_who_comes_back_in_another_window_needs_no_reload(
    context: BrowserContext, page: Page, site: str, access: Access
) -> None:
    sign_in(page, site)
    rested(page)
    end_sessions(access, "wang")
    page.evaluate("onescreen.page.beat()")
    expect(page.locator(".notice .ended")).to_be_visible()
    sign_in(context.new_page(), site)
    page.evaluate("onescreen.page.beat()")
    expect(page.locator(".notice .ended")).to_have_count(0)


#: Addresses of the city's bytes that have come.
PAINTED = "performance.getEntriesByType('resource').map((one) => one.name).filter((name) => /paint.*990000/.test(name))"


def test_the_next_one_in_the_same_browser_sees_nothing_of_the_last(page: Page, site: str) -> None:
    """Bytes that the browser may keep for a year are kept for that session alone."""
    sign_in(page, site)
    rested(page)
    ask = "(url) => fetch(url).then((answer) => answer.status)"
    page.wait_for_function(f"() => {PAINTED}[0]")  # the map's bytes come after its words
    asked = page.evaluate(PAINTED)
    assert page.evaluate(ask, asked[0]) == 200
    page.locator(".account > button").click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="已退出。")).to_be_visible()
    assert page.evaluate(ask, asked[0]) == 401
    sign_in(page, site, "li")
    rested(page)
    assert page.evaluate(ask, asked[0]) == 404


def test_a_menu_that_closes_meanwhile_keeps_nobody_signed_in(page: Page, site: str) -> None:
    sign_in(page, site)
    rested(page)
    page.locator(".account > button").click()
    page.locator(".account-menu form").evaluate("(form) => { form.requestSubmit(); form.remove(); }")
    expect(page.get_by_role("heading", name="已退出。")).to_be_visible()


def test_a_report_is_ordered_with_the_word_of_the_session(page: Page, site: str) -> None:
    sign_in(page, site)
    rested(page)
    page.locator(".export > button").click()
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/reports")) as ordered:
        page.locator(".export-menu .report button").first.click()
    assert ordered.value.status == 202


BOXES = """[...document.querySelectorAll(".top > *:not(.skip, .switches), .top .switches > *")]
    .filter((one) => one.checkVisibility()).map((one) => [one.className, one.getBoundingClientRect()])
    .map(([name, { left, right, top, bottom }]) => ({ name, left, right, top, bottom }))"""


def test_the_bar_collides_with_nothing(page: Page, site: str) -> None:
    sign_in(page, site, "admin")
    for width, lang in ((390, "zh"), (390, "en"), (1366, "zh"), (1366, "en")):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{site}/?lang={lang}")
        rested(page)
        boxes = page.evaluate(BOXES)
        for n, one in enumerate(boxes):
            assert one["left"] >= 0
            assert one["right"] <= width + 0.5, one
            for other in boxes[n + 1 :]:
                beside = one["right"] <= other["left"] + 0.5 or other["right"] <= one["left"] + 0.5
                assert beside or one["bottom"] <= other["top"] + 1 or other["bottom"] <= one["top"] + 1, (one, other)
        page.locator(".account > button").click()
        box = page.locator(".account-menu").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_a_page_that_one_may_not_see_says_why(page: Page, site: str) -> None:
    sign_in(page, site, "zhao", path="/tickets?lang=zh")
    rested(page)
    expect(page.locator("#sheet")).to_contain_text("您的角色不能查看逐条赋码记录")
    expect(page.locator(".account")).to_be_visible()


def test_no_page_does_what_the_content_policy_forbids(browser: Browser, site: str, tiny_cube: Cube) -> None:
    """Watched in the browser itself, over everything that is served; and the watch would see it."""
    context = browser.new_context(viewport={"width": 1366, "height": 800}, locale="zh-CN")
    context.add_init_script(WATCH)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(site)
    page.get_by_label("登录名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    for path in ["/", *(f"/{one.id}" for one in PAGES)]:
        page.goto(site + path)
        expect(page.locator(":root[data-shown]")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("stopped") == [], path
    _, token = new_wall(tiny_cube.store, "hall")
    plain = ("/account", "/users", "/users/wang", "/password")
    for path, sign in [
        *((path, "h1") for path in plain), ("/api/v1/docs/swagger", ".opblock"), (f"/wall/{token}", ".wall-shift canvas"),
        ("/wall/none", "p"),
    ]:  # fmt: skip
        page.goto(site + path)
        expect(page.locator(sign).first).to_be_visible()
        page.wait_for_timeout(300)
        assert page.evaluate("stopped") == [], path
    page.goto(site)
    page.locator(".export > button").click()
    expect(page.locator(".export-menu .report").first).to_be_visible()
    assert page.evaluate("stopped") == []
    assert errors == []
    page.evaluate("() => { const s = document.createElement('script'); s.textContent = '1'; document.head.append(s); }")
    page.evaluate("() => { new Image().src = location.origin.replace('127.0.0.1', 'localhost') + '/x.png'; }")
    page.evaluate("() => { document.body.setAttribute('style', 'color: red'); }")
    page.wait_for_function("() => stopped.length > 2")
    assert [what for what, *_ in page.evaluate("stopped")] == ["script-src-elem", "img-src", "style-src-attr"]
    context.close()


def test_by_an_identity_provider_and_out_again(page: Page, tiny_cube: Cube, access: Access, tmp_path: Path) -> None:
    with providing(tmp_path) as provider:
        rules = Rules(sign_in="both", oidc_issuer=provider.issuer, oidc_client=CLIENT, oidc_secret=SECRET)
        with serving(create_app(Desk(tiny_cube, Log(access)), access=access, rules=rules).server) as site:
            provider.becomes(sub="7", preferred_username="wu", name="吴一", role="official", area=EAST)
            page.goto(f"{site}/risk?theme=light")
            page.get_by_role("link", name="用单位统一账号登录").click()
            page.wait_for_url(f"{site}/risk?theme=light")
            rested(page)
            page.locator(".account > button").click()
            expect(page.locator(".account-menu")).to_contain_text("吴一")
            page.get_by_role("button", name="退出").click()
            page.wait_for_url(f"{site}/signed-out*")
            expect(page.get_by_role("heading", name="已退出。")).to_be_visible()
