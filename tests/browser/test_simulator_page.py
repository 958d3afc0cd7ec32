"""The page in a real browser: what a person sees, with a mouse, a keyboard or a small screen."""

import random
import re
import uuid
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core import sms

MDP = "slt g oublié le mdp de l'ENT, qui peut m'aider ?"
EXAMPLES = [MDP, "C'est quoi un tiers-lieu ?", "STOP"]
LAPTOP = {"width": 1280, "height": 900}
SMALL = {"width": 360, "height": 740}

Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, simulator: str) -> Iterator[Open]:
    """Opens the page as new people; afterwards nothing may have gone wrong or elsewhere."""
    contexts, wrong = [], []

    def note_request(url: str) -> None:
        if not url.startswith((simulator, "data:")):
            wrong.append(url)

    def note_said(kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):
            wrong.append(text)

    def open_(**options: object) -> Page:
        wanted = {"viewport": LAPTOP, "locale": "fr-FR", "timezone_id": "Europe/Paris"} | options
        context = chromium.new_context(**wanted)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: note_request(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: note_said(said.type, said.text))
        page.goto(simulator)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page()


def smart(page: Page) -> Locator:
    return page.get_by_role("region", name="Smartphone")


def old(page: Page) -> Locator:
    return page.get_by_role("region", name="Vieux téléphone")


def write(phone: Locator, text: str) -> None:
    phone.get_by_role("textbox").fill(text)
    phone.get_by_role("textbox").press("Enter")


def theirs(phone: Locator) -> Locator:
    return phone.locator(".theirs .bubble")


def mine(phone: Locator) -> Locator:
    return phone.locator(".mine .bubble")


@pytest.mark.parametrize("phone_of", [smart, old])
def test_the_first_thing_seen_is_three_questions_to_try(page: Page, phone_of) -> None:
    phone = phone_of(page)
    hints = phone.get_by_role("log").get_by_role("button")
    expect(hints).to_have_text(EXAMPLES)
    hints.first.click()
    expect(mine(phone).first).to_contain_text(MDP)
    expect(theirs(phone).first).to_contain_text("secrétariat")
    expect(hints.filter(has_text="STOP")).to_have_count(0)
    expect(page.get_by_text("rien ne quitte cette machine")).to_be_visible()


def test_a_button_is_tapped_and_stays_pressed_after_a_reload(page: Page) -> None:
    phone = smart(page)
    write(phone, MDP)
    phone.get_by_role("button", name="Vienne (86)").click()
    expect(theirs(phone).last).to_contain_text("assistance de l'ENT")
    page.reload()
    expect(theirs(phone)).to_have_count(3)
    expect(mine(phone)).to_have_count(1)
    pressed = phone.locator(".choices [aria-pressed=true]")
    expect(pressed).to_have_text("Vienne (86)")


def test_thumbs_stand_beside_each_other_and_the_last_one_pressed_counts(page: Page) -> None:
    phone = smart(page)
    write(phone, "c'est quoi un tiers-lieu ?")
    good, bad = (phone.get_by_role("button", name=sign) for sign in ("👍", "👎"))
    expect(good).to_be_visible()
    first, second = good.bounding_box(), bad.bounding_box()
    assert first is not None
    assert second is not None
    assert abs(first["y"] - second["y"]) < first["height"] / 2  # the page may still be scrolling
    good.click()
    expect(theirs(phone).last).to_contain_text("Merci")
    bad.click()
    expect(theirs(phone).last).to_contain_text("autres mots")
    expect(phone.locator(".choices [aria-pressed=true]")).to_have_text("👎")


def test_the_old_phone_answers_with_a_digit_and_shows_the_price(page: Page) -> None:
    phone = old(page)
    write(phone, MDP)
    expect(phone.locator(".size")).to_have_text(["2 SMS", "1 SMS"])
    expect(theirs(phone).last).to_contain_text("1 Vienne (86)")
    phone.get_by_role("button", name="1", exact=True).click()
    expect(phone.get_by_role("textbox")).to_have_value("1")
    phone.get_by_role("button", name="Envoyer").click()
    expect(theirs(phone).last).to_contain_text("En Vienne")
    write(phone, "un mot arabe")
    expect(phone.locator(".size").last).to_have_text(re.compile("SMS, en Unicode"))


def test_the_keypad_writes_and_erases_where_the_cursor_is(page: Page) -> None:
    phone, text = old(page), old(page).get_by_role("textbox")
    text.fill("ac😀")
    phone.locator(".soft-labels").get_by_text("Effacer").click()
    expect(text).to_have_value("ac")
    text.press("ArrowLeft")
    for name in ("étoile", "0", "dièse"):
        phone.get_by_role("button", name=name, exact=True).click()
    expect(text).to_have_value("a*0#c")
    expect(phone.locator("[data-part=counter]")).to_have_text("5/160 (1)")


@pytest.mark.parametrize(
    ("text", "counter"),
    [
        ("", "0/160 (1)"),
        ("é" * 160, "160/160 (1)"),
        ("a" * 161, "161/306 (2)"),
        ("€" * 80, "160/160 (1)"),
        ("[" + "a" * 159, "161/306 (2)"),
        ("ç", "1/70 (1)"),
        ("ê" * 71, "71/134 (2)"),
        ("😀", "2/70 (1)"),
        ("ligne\nligne", "11/160 (1)"),
    ],
)
def test_the_counter_counts_as_a_phone_does(page: Page, text: str, counter: str) -> None:
    old(page).get_by_role("textbox").fill(text)
    expect(old(page).locator("[data-part=counter]")).to_have_text(counter)


def test_the_counter_agrees_with_the_core_on_everything(page: Page) -> None:
    dice = random.Random(29)
    alphabets = ["abc é\n", "ab^{}[]~|€", "abcç", "سلام ", "a😀ê", "ğışab€"]
    texts = [chr(code) for code in (*range(0x20, 0xD800), *range(0xE000, 0xFFFF))]
    for alphabet in alphabets:
        for length in (*range(60, 80), *range(130, 170), *range(300, 320), 470):
            texts.append("".join(dice.choices(alphabet, k=length)))
    counted = page.evaluate(
        """async (texts) => {
          const { smsSize } = await import("/simulator/simulator.js");
          return texts.map(smsSize).map(({ segments, room }) => [segments, room % 153 !== 0 &&
            room !== 160]);
        }""",
        texts,
    )
    sizes = [sms.size(text) for text in texts]
    wrong = [
        text
        for text, size, (segments, unicode) in zip(texts, sizes, counted, strict=True)
        if (size.segments, size.unicode) != (segments, unicode)
    ]
    assert wrong == []


def test_text_is_never_markup(page: Page) -> None:
    for phone in (smart(page), old(page)):
        write(phone, "<i>html</i>")
        expect(mine(phone)).to_contain_text("<i>html</i>")
        expect(theirs(phone)).to_contain_text("<img src=x onerror=")
        assert phone.get_by_role("log").locator("img, b, .bubble i").count() == 0
    assert "démonstration" in page.title()


def test_addresses_are_links_and_nothing_else_is(page: Page) -> None:
    for phone in (smart(page), old(page)):
        write(phone, "tes adresses ?")
        links = theirs(phone).get_by_role("link")
        expect(links).to_have_text(
            ["https://educonnect.education.gouv.fr/aide?a=1", "www.index-education.com"]
        )
        assert links.nth(1).get_attribute("href") == "https://www.index-education.com/"
        for link in links.all():
            assert link.get_attribute("rel") == "noopener noreferrer"
            assert link.get_attribute("target") == "_blank"
        expect(theirs(phone)).to_contain_text("(www.index-education.com) ou écrire à tne86@ac-po")


def test_arabic_goes_from_right_to_left_line_by_line(page: Page) -> None:
    write(smart(page), "مرحبا")
    write(smart(page), "un mot arabe")
    expect(theirs(smart(page)).last).to_contain_text("Voir")
    direction = "element => getComputedStyle(element).direction"
    assert mine(smart(page)).first.locator(".text").evaluate(direction) == "rtl"
    text = theirs(smart(page)).last.locator(".text")
    assert text.evaluate("element => getComputedStyle(element).unicodeBidi") == "plaintext"


def test_enter_sends_and_shift_enter_makes_a_line(page: Page) -> None:
    text = smart(page).get_by_role("textbox")
    text.fill("un")
    text.press("Shift+Enter")
    text.press_sequentially("deux")
    expect(text).to_have_value("un\ndeux")
    text.press("Enter")
    expect(text).to_have_value("")
    assert mine(smart(page)).locator(".text").text_content() == "un\ndeux"
    write(smart(page), "   ")
    expect(mine(smart(page))).to_have_count(1)


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    phone = smart(page)
    expect(phone.get_by_role("log").get_by_role("button")).to_have_count(3)
    phone.get_by_role("button", name="Nouvelle personne").focus()
    for _ in ("thread", "first example"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(phone.get_by_role("button", name="Vienne (86)")).to_be_visible()
    expect(phone.get_by_role("log")).to_be_focused()
    for _ in ("link of the answer", "first button"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(theirs(phone).last).to_contain_text("En Vienne")
    phone.get_by_role("button", name="Joindre").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(phone.get_by_role("button", name="Message vocal")).to_be_focused()
    page.keyboard.press("Escape")
    expect(phone.get_by_role("button", name="Joindre")).to_be_focused()
    expect(phone.get_by_role("button", name="Message vocal")).to_be_hidden()


@pytest.mark.parametrize("thing", ["Message vocal", "Photo", "Autocollant", "Position : Poitiers"])
def test_each_thing_is_attached_and_shown(page: Page, thing: str) -> None:
    phone = smart(page)
    phone.get_by_role("button", name="Joindre").click()
    phone.get_by_role("button", name=thing).click()
    expect(mine(phone)).to_contain_text(thing)
    expect(theirs(phone)).to_have_count(1)
    expect(phone.get_by_role("textbox")).to_be_focused()


def test_dots_show_while_the_assistant_writes(page: Page) -> None:
    phone = smart(page)
    write(phone, "c'est lent")
    expect(phone.locator(".typing")).to_be_visible()
    expect(phone.get_by_text("écrit…")).to_be_visible()
    expect(theirs(phone)).to_have_count(1)
    expect(phone.locator(".typing")).to_be_hidden()
    expect(phone.get_by_text("robot, en ligne")).to_be_visible()


def test_a_new_person_starts_afresh_and_the_other_phone_goes_on(page: Page) -> None:
    for phone in (smart(page), old(page)):
        write(phone, "C'est quoi un tiers-lieu ?")
        expect(theirs(phone)).to_have_count(1)
    number = old(page).locator("[data-part=number]").text_content()
    old(page).get_by_role("button", name="Nouvelle personne").click()
    expect(theirs(old(page))).to_have_count(0)
    expect(old(page).get_by_role("log").get_by_role("button")).to_have_count(3)
    expect(old(page).locator("[data-part=number]")).not_to_have_text(number)
    expect(theirs(smart(page))).to_have_count(1)
    page.reload()
    expect(theirs(smart(page))).to_have_count(1)
    expect(theirs(old(page))).to_have_count(0)


def test_a_message_that_did_not_leave_can_be_sent_again(page: Page) -> None:
    for phone in (smart(page), old(page)):
        page.route("**/messages", lambda route: route.abort())
        write(phone, "C'est quoi un tiers-lieu ?")
        retry = phone.get_by_role("button", name="Non envoyé. Réessayer")
        expect(retry).to_be_in_viewport()
        page.unroute_all()
        retry.click()
        expect(theirs(phone)).to_have_count(1)
        expect(retry).to_be_hidden()


def test_a_message_too_long_is_refused_in_words(page: Page) -> None:
    write(smart(page), "€" * 4000)
    expect(smart(page).get_by_text("Refusé : message trop long")).to_be_visible()


def test_a_hidden_page_gives_back_its_streams_and_catches_up(page: Page, simulator: str) -> None:
    phone = smart(page)
    write(phone, "C'est quoi un tiers-lieu ?")
    expect(theirs(phone)).to_have_count(1)
    hide = """hidden => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    person = page.evaluate("localStorage.getItem('tne.simulator.simulator_chat')")
    message = {"person": person, "id": str(uuid.uuid4()), "text": "STOP"}
    httpx.post(f"{simulator}/simulator/simulator_chat/messages", json=message)
    page.wait_for_timeout(400)
    expect(theirs(phone)).to_have_count(1)
    page.evaluate(hide, False)
    expect(theirs(phone)).to_have_count(2)
    expect(mine(phone).last).to_contain_text("STOP")


def test_a_long_answer_is_read_from_its_first_line(open_page: Open) -> None:
    page = open_page(viewport={"width": 360, "height": 600})
    page.get_by_role("button", name="Vieux téléphone").click()
    write(old(page), MDP)
    expect(theirs(old(page))).to_have_count(2)
    expect(theirs(old(page)).first.locator(".meta")).to_be_in_viewport()


def test_a_small_screen_shows_one_phone_at_a_time(open_page: Open) -> None:
    page = open_page(viewport=SMALL)
    expect(smart(page)).to_be_visible()
    expect(page.locator("#old")).to_be_hidden()
    write(smart(page), "c'est lent")
    page.get_by_role("button", name="Vieux téléphone").click()
    expect(old(page)).to_be_visible()
    expect(page.locator("#smart")).to_be_hidden()
    page.get_by_role("button", name="Smartphone (nouveau message)").click()
    expect(theirs(smart(page)).last).to_be_in_viewport()
    expect(page.get_by_role("button", name="Smartphone", exact=True)).to_be_visible()


@pytest.mark.parametrize("size", [LAPTOP, SMALL, {"width": 1024, "height": 720}])
def test_nothing_sticks_out_of_the_screen(open_page: Open, size: dict[str, int]) -> None:
    page = open_page(viewport=size)
    write(smart(page), "tes adresses ? " + "a" * 200)
    expect(theirs(smart(page))).to_have_count(1)
    for shown in ("smart", "old"):
        page.evaluate("shown => { document.body.dataset.shown = shown }", shown)
        wide, high = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert wide <= size["width"]
        assert high <= size["height"]
    expect(old(page).get_by_role("button", name="dièse")).to_be_in_viewport()


def test_everything_to_press_or_fill_has_a_name(page: Page) -> None:
    smart(page).get_by_role("button", name="Joindre").click()
    for phone in (smart(page), old(page)):
        tree = phone.aria_snapshot()
        assert not re.search(r"- (button|textbox|log|link)(:|$| \[)", tree, re.MULTILINE), tree


def test_the_dark_theme_is_followed(open_page: Open) -> None:
    def lightness(scheme: str) -> int:
        colour = open_page(color_scheme=scheme).evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        return sum(map(int, re.findall(r"\d+", colour)))

    assert lightness("dark") < 120
    assert lightness("light") > 600
