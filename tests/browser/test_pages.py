"""What a person does in a real browser: scripts run, styles hold, and nothing comes from elsewhere."""

from __future__ import annotations

import re

import pytest
from selenium.webdriver.support.ui import Select

from tests.browser.conftest import Demo, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

OUTSTANDING = "/admin/incidents/action/?status__exact=outstanding"
PAGES = [
    "/",
    "/doors/",
    "/?verb=incidents.action.completed&who=Chiara+Bernasconi",
    "/actions/leaderboards/",
    "/actions/leaderboards/points/?window=year",
    "/actions/competitions/1/",
    "/actions/performers/1/",
    "/actions/teams/1/",
    "/workspaces/",
    "/password/",
    "/incidents/",
    "/incidents/INC-1",
    "/incidents/docs",
    "/incidents/v2/actions",
    "/incidents/v3/actions",
    "/incidents/v1/identity",
    "/admin/",
    "/admin/incidents/action/",
    "/admin/incidents/action/add/",
    "/admin/accounts/key/add/",
    "/admin/accounts/member/",
    "/admin/actions/action/",
    "/admin/actions/action/?inbox=waiting",
    "/admin/actions/performer/1/change/",
    "/admin/actions/performer/1/press/adjust/",
    "/admin/actions/rewardrule/1/change/",
    "/admin/actions/rewardrule/try/",
]


def test_as_a_new_user_tries_it_sign_in_complete_and_see_it_everywhere(ada: Person, demo: Demo):
    ada.open(OUTSTANDING)
    title = ada.find("#result_list tbody th a").text
    ada.press("#result_list tbody th a")
    ulid = ada.find(".field-ulid .readonly").text
    assert demo.action(ulid)["status"] == "outstanding"
    ada.press("form[action*='/press/complete/'] button")
    ada.reads(f"“{title}” is completed.")
    assert demo.action(ulid)["status"] == "completed"
    ada.open("/admin/actions/action/")
    ada.press("#result_list tbody tr:first-child th a")
    ada.reads(f"action:{ulid}:completed:1")


def test_an_action_is_completed_on_the_incidents_page(ada: Person):
    ada.open("/incidents/")
    ada.press(".cards a")
    left = len(ada.browser.find_elements("css selector", "form[action$='/complete']"))
    ada.press("form[action$='/complete'] button")
    ada.reads("is completed.")
    assert len(ada.browser.find_elements("css selector", "form[action$='/complete']")) == left - 1


def test_what_is_done_meanwhile_stands_on_the_feed_without_loading_it_again(ada: Person, demo: Demo):
    ulid = demo.make_action("Wind the siren")
    ada.open("/")
    ada.browser.execute_script("document.body.dataset.same = 'yes'")
    first = ada.find("#feed li:first-child").get_attribute("id")
    assert "Wind the siren" not in ada.find("#feed").text
    demo.change_action(ulid, status="completed")
    ada.reads("Wind the siren")
    assert ada.find("#feed li:first-child").text.startswith("Wind the siren")
    assert ada.find("#feed li:nth-child(2)").get_attribute("id") == first
    demo.change_action(ulid, status="outstanding")
    ada.find("#feed li:first-child.taken-back")
    assert ada.browser.execute_script("return document.body.dataset.same") == "yes"
    assert ada.complaints() == []


def test_a_tab_that_nobody_sees_asks_nothing(ada: Person):
    hidden = "Object.defineProperty(document, 'hidden', {get: () => %s, configurable: true});"
    change = "document.dispatchEvent(new Event('visibilitychange'));"
    asked = (
        "return performance.getEntriesByType('resource').filter(entry => entry.name.includes('/actions/news')).length"
    )
    ada.open("/")
    ada.browser.execute_script(hidden % "true" + change)
    before = ada.browser.execute_script(asked)
    ada.browser.execute_async_script("setTimeout(arguments[0], 6000)")
    assert ada.browser.execute_script(asked) == before
    ada.browser.execute_script(hidden % "false" + change)
    ada.waits(lambda: ada.browser.execute_script(asked) > before)


def test_the_feed_is_all_there_without_scripts(ada: Person):
    ada.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        ada.open("/")
        ada.press(".pages a")
        assert ada.sees("#feed li")
    finally:
        ada.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_the_form_of_a_key_shows_the_words_of_the_chosen_app(ada: Person):
    ada.open("/admin/accounts/key/add/")
    assert not ada.sees(".words input")
    for app, other in (("incidents", "actions"), ("actions", "incidents")):
        Select(ada.find("#id_app")).select_by_value(app)
        assert ada.sees(f".words input[value^='{app} ']")
        assert not ada.sees(f".words input[value^='{other} ']")


def test_a_person_is_found_by_typing(ada: Person):
    ada.open("/admin/incidents/action/add/")
    ada.find(".field-assignee .select2-selection").click()
    ada.find(".select2-search__field").send_keys("chi")
    ada.reads("Chiara Bernasconi")


def test_json_is_sent_from_the_browsable_page(ada: Person, demo: Demo):
    ada.open("/incidents/v3/actions?page_size=1")
    [ulid, *_] = re.findall(r'"id": "(\w{26})"', ada.find("pre.json").text)
    ada.open(f"/incidents/v3/actions/{ulid}")
    form = ada.find("textarea")
    form.clear()
    form.send_keys('{"description": "Sent from a page", "status": "not_doing"}')
    ada.press("form[data-send=PUT] button")
    ada.reads('"description": "Sent from a page"')
    assert demo.action(ulid)["status"] == "not_doing"
    ada.press("form[data-send=DELETE] button")
    ada.reads("204 No Content")
    assert demo.action(ulid)["status"] == "deleted"


def test_swagger_tries_calls_out_with_a_key(visitor: Person, demo: Demo):
    visitor.open("/incidents/docs")
    visitor.find("button.authorize").click()
    visitor.find(".auth-container input").send_keys(demo.book["incidents"]["viewer_token"])
    visitor.find(".auth-btn-wrapper button.authorize").click()
    visitor.find(".btn-done").click()
    visitor.find(".opblock-get .opblock-summary-control").click()
    visitor.find(".try-out__btn").click()
    visitor.find(".execute").click()
    visitor.reads('"roles": [')
    assert [text for text in visitor.complaints() if "favicon" not in text] == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_every_page_fits_its_screen_and_the_browser_has_nothing_to_complain_of(ada: Person, width: int, dark: bool):
    ada.look(width=width, dark=dark)
    ada.complaints()
    for path in PAGES:
        ada.open(path)
        assert ada.browser.execute_script("return document.documentElement.scrollWidth") <= width, path
        assert ada.complaints() == [], path


def test_nothing_is_asked_of_another_server(ada: Person):
    asked = "return performance.getEntriesByType('resource').map(entry => entry.name)"
    for path in PAGES:
        ada.open(path)
        assert {url for url in ada.browser.execute_script(asked) if not url.startswith(ada.demo.url)} == set(), path
