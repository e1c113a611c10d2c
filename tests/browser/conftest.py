"""A demo that is served, and a person in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from django.conf import settings
from django.db import connection
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.houses import new_house
from tests.servers import serving

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

PATIENCE = 15
# The cookie of a session under way, by the demo it is of.
_sessions: dict[str, Any] = {}


@dataclass(frozen=True)
class Demo:
    """Where the demo answers, and its address book."""

    url: str
    book: dict[str, Any]

    def action(self, ulid: str) -> dict[str, Any]:
        """An action as a program sees it."""
        found: dict[str, Any] = self.call("GET", f"/incidents/v3/actions/{ulid}")
        return found

    def make_action(self, description: str) -> str:
        """Something to do, noted by a program."""
        incidents = self.call("GET", "/incidents/v2/incidents?page_size=1", "incidents")
        facts = {"incident_id": incidents[0]["id"], "description": description}
        return str(self.call("POST", "/incidents/v3/actions", json=facts)["id"])

    def change_action(self, ulid: str, **facts: str) -> None:
        """The same, changed by a program, which has to say again what is to be done."""
        description = self.action(ulid)["description"]
        self.call("PUT", f"/incidents/v3/actions/{ulid}", json={"description": description} | facts)

    def call(self, method: str, path: str, noun: str = "action", **facts: Any) -> Any:
        """What a program gets for its call."""
        headers = {"Authorization": f"Bearer {self.book['incidents']['token']}"}
        answer = httpx.request(method, self.url + path, headers=headers, **facts)
        assert answer.is_success, answer.text
        return answer.json()[noun]


@dataclass(frozen=True)
class Person:
    """What she does and sees."""

    browser: Chrome
    demo: Demo

    def open(self, path: str) -> None:
        """Go to a page."""
        self.browser.get(self.demo.url + path)

    def find(self, css: str) -> WebElement:
        """What is there, as soon as it is."""
        return WebDriverWait(self.browser, PATIENCE).until(lambda driver: driver.find_element(By.CSS_SELECTOR, css))

    def press(self, css: str) -> None:
        """Press a button and wait for the page that follows."""
        before = self.browser.find_element(By.TAG_NAME, "html")
        self.find(css).click()
        WebDriverWait(self.browser, PATIENCE).until(lambda driver: driver.find_element(By.TAG_NAME, "html") != before)

    def reads(self, text: str) -> None:
        """Wait until a text is there."""
        WebDriverWait(self.browser, PATIENCE).until(
            lambda driver: text in driver.find_element(By.TAG_NAME, "body").text, f"There is no “{text}”."
        )

    def waits(self, holds: Callable[[], bool]) -> None:
        """Wait until something is so."""
        WebDriverWait(self.browser, PATIENCE).until(lambda driver: holds())

    def sees(self, css: str) -> bool:
        """Whether something is on the page and not hidden."""
        return any(element.is_displayed() for element in self.browser.find_elements(By.CSS_SELECTOR, css))

    def look(self, *, width: int, dark: bool) -> None:
        """Take another screen, in another light."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)

    def complaints(self) -> list[str]:
        """What the browser could not load, run or was not allowed to."""
        return [entry["message"] for entry in self.browser.get_log("browser")]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`make run`, in a house of its own."""
    with (
        new_house(tmp_path_factory.mktemp("house"), connection.vendor) as house,
        serving(house, "--demo") as server,
    ):
        yield Demo(f"http://localhost:{server.port}", json.loads((house.data / "demo.json").read_text()))


@pytest.fixture
def visitor(browser: Chrome, demo: Demo) -> Iterator[Person]:
    """Somebody who is not signed in."""
    person = Person(browser, demo)
    person.open("/login/")
    browser.delete_all_cookies()
    yield person
    person.look(width=1280, dark=False)


@pytest.fixture
def ada(visitor: Person) -> Person:
    """The demo's owner, signed in with the password that was printed; as few times as logins are slowed down."""
    kept = _sessions.get(visitor.demo.url)
    if kept:
        visitor.browser.add_cookie(kept)
    visitor.open("/login/?next=/password/")
    if "/login/" not in visitor.browser.current_url:
        return visitor
    login = visitor.demo.book["admin"]
    visitor.find("[name=username]").send_keys(login["email"])
    visitor.find("[name=password]").send_keys(login["password"])
    visitor.press("button.main")
    _sessions[visitor.demo.url] = visitor.browser.get_cookie(settings.SESSION_COOKIE_NAME)
    return visitor
