"""The console in a real browser: each role's day, by mouse and by keyboard, wide and narrow."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.console.assets import BUILT
from tests.browser.screenshots import VIEWS, WIDTHS, a_house, opened
from tests.peers.missing import missing
from tests.world import ROOT

AXE = ROOT / "bot/console/static/node_modules/axe-core/axe.min.js"
SERIOUS = ("serious", "critical")

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    if not (BUILT / "current").exists() or not AXE.exists():
        missing("what `make assets` makes (apt-get install nodejs npm)")
    with a_house(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture
def open_page(chromium: Browser, house: Mapping[str, Any]) -> Iterator[Open]:
    """``open_page(role, path)``; afterwards nothing may have gone wrong or been asked elsewhere."""
    contexts, wrong = [], []

    def note(page: Page) -> None:
        url = house["url"]
        page.on(
            "request",
            lambda one: None if one.url.startswith((url, "data:")) else wrong.append(one.url),
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if is_wrong(said) else None)

    def open_(role: str, path: str = "/console", width: int = 1280, **options: Any) -> Page:
        page = opened(chromium, house, role, width, **options)
        contexts.append(page.context)
        note(page)
        page.goto(house["url"] + path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


def is_wrong(said: Any) -> bool:
    """What breaks our own policy, and every other error but that a page was refused."""
    return said.type == "error" and not said.text.startswith("Failed to load resource")


def tab_to(page: Page, text: str, most: int = 80) -> None:
    """Press Tab until what has the focus says *text*."""
    for _ in range(most):
        page.keyboard.press("Tab")
        label = page.evaluate(
            "(e => (e.labels?.[0]?.textContent || e.textContent || e.title || '').trim())"
            "(document.activeElement)"
        )
        if text in label:
            return
    raise AssertionError(f"no way to {text!r} by keyboard")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("view", VIEWS)
def test_every_page_fits_its_window_keeps_our_policy_and_is_there_for_everybody(
    open_page: Open, view: str, width: int
) -> None:
    """Also for whoever sees or hears it otherwise: no serious fault that axe finds."""
    role, path = VIEWS[view]
    page = open_page(role, path, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.title() not in ("1", "2")  # what the hostile names would make it
    page.evaluate(AXE.read_text(encoding="utf-8"))  # not through the page: our policy forbids it
    found = page.evaluate("async () => (await axe.run()).violations")
    serious = [
        (one["id"], [node["html"][:120] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in SERIOUS
    ]
    assert serious == []


def test_an_administrator_comes_by_a_link_and_adds_somebody_by_keyboard_alone(
    open_page: Open, house: Mapping[str, Any]
) -> None:
    link = house["roles"]["administrator"]["links"][0]
    page = open_page("", f"/console/enter/{link}")
    tab_to(page, "Se connecter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Aujourd'hui")
    tab_to(page, "Équipe")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Équipe")
    tab_to(page, "Nom, tel que")
    page.keyboard.type("Maïwenn")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Finis")
    tab_to(page, "Ajouter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Code de Maïwenn")
    expect(page.locator("code")).to_contain_text("/console ")
    tab_to(page, "Se déconnecter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes déconnecté")
    page.goto(house["url"] + "/console/team")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous n'êtes pas connecté")


def test_an_organizer_notes_who_came_by_keyboard_and_the_focus_stays(open_page: Open) -> None:
    page = open_page("organizer", "/console/sessions/1")
    line = page.locator("li.line").filter(has_text="Nolwenn")
    tab_to(page, "Absent – Nolwenn")
    page.keyboard.press("Enter")
    pressed = line.get_by_role("button", name="Absent")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(pressed).to_be_focused()
    page.reload()
    expect(pressed).to_have_attribute("aria-pressed", "true")


def test_an_organizer_taps_on_a_telephone(open_page: Open) -> None:
    page = open_page("organizer", "/console/sessions/1", 360, has_touch=True)
    line = page.locator("li.line").filter(has_text="Ahmet")
    line.get_by_role("button", name="Présent").tap()
    expect(line.get_by_role("button", name="Présent")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Menu").tap()
    page.get_by_role("link", name="Séances").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Séances")


def test_an_organizer_creates_a_session_finds_it_and_cancels_it(open_page: Open) -> None:
    page = open_page("organizer", "/console/sessions")
    page.get_by_role("link", name="Nouvelle séance").click()
    page.get_by_label("Titre", exact=True).fill("Découvrir Pix")
    page.get_by_label("Organisateur", exact=True).fill("Collège")
    page.get_by_label("Début", exact=True).fill("2027-05-04T14:00")
    page.get_by_label("Fin", exact=True).fill("2027-05-04T16:00")
    page.get_by_label("Lieu", exact=True).fill("CDI")
    page.get_by_label("Commune", exact=True).fill("Nullepart-sur-Rien")
    page.get_by_role("button", name="Créer").click()
    expect(page.get_by_role("alert")).to_contain_text("Commune")
    page.get_by_label("Commune", exact=True).fill("Latillé")
    page.get_by_role("button", name="Créer").click()
    expect(page.get_by_role("status").first).to_contain_text("1 séance créée")
    page.get_by_role("link", name="Retour").click()
    page.get_by_label("Titre, lieu ou numéro").press_sequentially("Découvrir Pix")
    expect(page.locator("#list li.line")).to_have_count(1)
    page.get_by_role("link", name="Découvrir Pix").click()
    page.get_by_role("link", name="Annuler la séance").click()
    expect(page.get_by_text("Personne n'est inscrit")).to_be_visible()
    page.get_by_role("button", name="Annuler la séance et prévenir").click()
    expect(page.get_by_text("Annulée", exact=True)).to_be_visible()


def test_a_reader_finds_a_session_in_english_and_sees_no_name(open_page: Open) -> None:
    page = open_page("reader")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    page.get_by_role("link", name="Sessions", exact=True).click()
    page.get_by_role("link", name="L'ENT sans stress").first.click()
    expect(page.get_by_text("Sign-ups are shown to organizers")).to_be_visible()
    expect(page.get_by_text("Nolwenn")).to_have_count(0)
    expect(page.get_by_role("link", name="Edit")).to_have_count(0)


def test_everything_goes_without_scripts(open_page: Open) -> None:
    page = open_page("organizer", "/console/sessions/1", java_script_enabled=False)
    line = page.locator("li.line").filter(has_text="Yann")
    line.get_by_role("button", name="Excusé").click()
    expect(page.get_by_role("status").first).to_have_text("Présence notée.")
    expect(line.get_by_role("button", name="Excusé")).to_have_attribute("aria-pressed", "true")


def test_somebody_who_waits_is_answered_by_keyboard_and_the_page_says_so(open_page: Open) -> None:
    page = open_page("organizer", "/console/conversations")
    tab_to(page, "L'assistant n'a pas su répondre")
    page.keyboard.press("Enter")
    expect(page.locator("blockquote").first).to_have_attribute("lang", "ar")
    tab_to(page, "Votre réponse")
    page.keyboard.type("Bonjour, appelez le collège.")
    tab_to(page, "Envoyer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Votre réponse est partie")
    expect(page.locator(".ours blockquote")).to_have_text("Bonjour, appelez le collège.")


def test_a_text_being_written_is_left_alone_while_the_page_looks_for_news(open_page: Open) -> None:
    page = open_page("organizer", "/console/conversations/1")
    page.get_by_label("Votre réponse").fill("Je cherche…")
    other = open_page("administrator", "/console/conversations/1")
    other.get_by_role("button", name="Je m'en occupe").click()
    expect(page.locator("#said")).to_contain_text("Camille Le Goff s'en occupe", timeout=15_000)
    expect(page.get_by_label("Votre réponse")).to_have_value("Je cherche…")


def test_an_organizer_signs_somebody_up_by_keyboard_and_moves_them(open_page: Open) -> None:
    page = open_page("organizer", "/console/sessions/7/add")
    tab_to(page, "Prénom et nom")
    page.keyboard.type("Nadia au téléphone")
    tab_to(page, "Numéro de portable")
    page.keyboard.type("06 39 98 00 98")
    tab_to(page, "La personne a entendu")
    page.keyboard.press("Space")
    tab_to(page, "Inscrire")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_have_text("La personne est inscrite.")
    line = page.locator("li.line").filter(has_text="Nadia au téléphone")
    line.get_by_role("link", name="Déplacer").click()
    page.get_by_label("Chercher une autre séance").fill("ENT sans stress")
    page.keyboard.press("Enter")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Déplacer ici").click()
    expect(page.get_by_role("status").first).to_contain_text("L'inscription est déplacée ici")


def test_a_reader_gets_a_calendar_by_keyboard_and_takes_it_away(open_page: Open) -> None:
    page = open_page("reader", "/console/feed")
    tab_to(page, "Créer mon adresse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("/console/feed/")
    tab_to(page, "Supprimer l'adresse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_have_text("L'adresse ne fonctionne plus.")


def test_a_reader_chooses_what_is_counted_by_keyboard_and_sees_it_drawn(open_page: Open) -> None:
    page = open_page("reader", "/console/results")
    tab_to(page, "Détail par")
    page.keyboard.type("Lan")
    tab_to(page, "Afficher")
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="arabe").first).to_be_visible()
    expect(page.locator(".chart canvas").first).to_be_visible()


def test_results_are_read_without_scripts(open_page: Open) -> None:
    page = open_page("reader", "/console/results?by=language", java_script_enabled=False)
    expect(page.get_by_role("rowheader", name="arabe").first).to_be_visible()


def test_an_organizer_finds_somebody_by_name_and_by_number(open_page: Open) -> None:
    page = open_page("organizer", "/console/people")
    tab_to(page, "Prénom")
    page.keyboard.type("nolw")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 personne")
    page.get_by_role("textbox", name="Numéro de portable exact").fill("06 39 98 00 01")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Fatima").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fatima")
    expect(page.get_by_text("39 98 00 01")).to_have_count(0)
