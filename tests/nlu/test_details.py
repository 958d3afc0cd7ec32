# ruff: noqa: PT009 (unittest: pytest is not in this environment)
"""Levels, dates and themes are found as phones write them, in six languages, and no others."""

import re
import unittest
from pathlib import Path

from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.components.details import Details as Component
from nlu.details import ENTITIES as OURS
from nlu.details import Details
from nlu.forms import LONGEST, NOTHING, Forms, read

ROOT = Path(__file__).parents[2]

LEVELS = {
    "mon fils est en CM2": "cm2",
    "ma fille est en cm 2": "cm2",
    "il rentre en 6em": "6e",
    "6eme": "6e",
    "les 6ème A": "6e",
    "ma fille entre en sixieme": "6e",
    "mon fils é en siziem": "6e",
    "ma niece en 4eme": "4e",
    "prof de 3°": "3e",
    "stage de troisième": "3e",
    "en ce deux": "ce2",
    "CE 1": "ce1",
    "mon petit est en gs": "gs",
    "petite section": "ps",
    "école maternelle": "maternelle",
    "instit en cp": "cp",
    "elle passe en seconde": "2de",
    "2nde": "2de",
    "en premiere generale": "1re",
    "lycéen en terminale": "tle",
    "classe ULIS": "ulis",
    "mon fils est en segpa": "segpa",
    "my daughter is in CM2": "cm2",
    "my son is in year 7": "6e",
    "mi hija está en CE1": "ce1",
    "mi hijo entra en sexto": "6e",
    "o meu filho está no 6.º ano": "6e",
    "está na pré-escola": "maternelle",
    "oğlum 6. sınıfta": "6e",
    "kızım anaokulunda": "maternelle",
    "CM2'de": "cm2",
    "ابني في السادسة": "6e",
    "قسم السادسة": "6e",
    "ابنتي في CM2": "cm2",
    "ابنتي في الروضة": "maternelle",
    "الخامسة ابتدائي": "cm2",
}
NO_LEVELS = (
    "le 3e lieu",
    "un tiers-lieu",
    "la troisième fois que j'écris",
    "une seconde svp",
    "mon second enfant",
    "le second degré",
    "c'est la première fois",
    "une seconde chance",
    "au 4e étage",
    "Paris 6e",
    "4eme trimestre",
    "ma langue maternelle",
    "mon assistante maternelle",
    "code cp 86000",
    "est-ce 2 fois par semaine",
    "ce que je dois faire",
    "à la première liste",
    "الساعة السادسة",
    "للمرة الثالثة",
    "altıncı kez",
    "la segunda vez",
    "the third time",
)
DATES = {
    "y a quoi en décembre": {"month": "12"},
    "desembre": {"month": "12"},
    "en mars ou mai": {"month": "3 5"},
    "fin mai": {"month": "5"},
    "mars 2027": {"month": "3"},
    "jan": {"month": "1"},
    "fevrié": {"month": "2"},
    "avril et mai": {"month": "4 5"},
    "le 12 janvier": {"day": "01-12"},
    "12 janv": {"day": "01-12"},
    "12janvier": {"day": "01-12"},
    "1er décembre": {"day": "12-01"},
    "12/01": {"day": "01-12"},
    "le 12/1 ou le 15/1": {"day": "01-12 01-15"},
    "jeudi 15/12/2026": {"weekday": "thu", "day": "2026-12-15"},
    "5 décembre 2026": {"day": "2026-12-05"},
    "12 et 13 janvier 2027": {"day": "2027-01-12 2027-01-13"},
    "du 3 au 7 mai": {"day": "05-03 05-07"},
    "lundi prochain": {"weekday": "mon"},
    "merc aprem": {"weekday": "wed", "time_of_day": "afternoon"},
    "le mercredi apres midi": {"weekday": "wed", "time_of_day": "afternoon"},
    "mercedi": {"weekday": "wed"},
    "samdi matain": {"weekday": "sat", "time_of_day": "morning"},
    "lun mar jeu": {"weekday": "mon tue thu"},
    "dimanche": {"weekday": "sun"},
    "2main matin": {"when": "tomorrow", "time_of_day": "morning"},
    "ce soir": {"when": "today", "time_of_day": "evening"},
    "la semaine pro": {"when": "next_week"},
    "ce week-end": {"when": "this_weekend"},
    "pendant les vacances": {"when": "school_holidays"},
    "vac de noel": {"when": "christmas_holidays"},
    "is there one in May": {"month": "5"},
    "December 5": {"day": "12-05"},
    "5th of december 2026": {"day": "2026-12-05"},
    "next week on monday morning": {
        "when": "next_week",
        "weekday": "mon",
        "time_of_day": "morning",
    },
    "every saterday evning": {"weekday": "sat", "time_of_day": "evening"},
    "tmrw": {"when": "tomorrow"},
    "5 de mayo": {"day": "05-05"},
    "el martes por la tarde": {"weekday": "tue", "time_of_day": "afternoon"},
    "mañana por la mañana": {"when": "tomorrow", "time_of_day": "morning"},
    "la semana que viene": {"when": "next_week"},
    "miercoles": {"weekday": "wed"},
    "12 de março": {"day": "03-12"},
    "na terça de manhã": {"weekday": "tue", "time_of_day": "morning"},
    "sexta à tarde": {"weekday": "fri", "time_of_day": "afternoon"},
    "segunda-feira": {"weekday": "mon"},
    "para amanhã": {"when": "tomorrow"},
    "çarşamba günü": {"weekday": "wed"},
    "carsamba aksam": {"weekday": "wed", "time_of_day": "evening"},
    "aralık'ta atölye var mı": {"month": "12"},
    "ocakta": {"month": "1"},
    "5 Ocak 2027": {"day": "2027-01-05"},
    "cumartesi öğleden sonra": {"weekday": "sat", "time_of_day": "afternoon"},
    "haftaya salı": {"when": "next_week", "weekday": "tue"},
    "ورشة في ديسمبر": {"month": "12"},
    "كانون الأول": {"month": "12"},
    "دجنبر": {"month": "12"},
    "٥ ديسمبر": {"day": "12-05"},
    "يوم الأربعاء صباحا": {"weekday": "wed", "time_of_day": "morning"},
    "والأحد": {"weekday": "sun"},
    "الأسبوع القادم": {"when": "next_week"},
    "غدا مساء": {"when": "tomorrow", "time_of_day": "evening"},
}
NO_DATES = (
    "mars attack",
    "mai je comprend pas",
    "mais oui",
    "la mer est belle",
    "il joue à un jeu",
    "mon fils de sept ans",
    "bonsoir",
    "bonne soirée",
    "bonjour",
    "un cour particulier",
    "mon mari est là",
    "you may come",
    "my son has a phone",
    "the sun is shining",
    "good evening",
    "buenos días",
    "más tarde",
    "quero dez",
    "vou ter de sair",
    "a segunda vez",
    "a minha amiga anote",
    "iyi akşamlar",
    "tamam ara beni",
    "مساء الخير",
    "صباح النور",
    "ما السبب",
    "هل يمكن لأحد مساعدتنا",
    "7j/7 et 24h/24",
    "24/7 et 7/7",
    "20/20 en maths",
    "31/02",
    "06 39 98 12 01",
    "02.61.91.12.01",
    "les 3/4 du temps",
    "de 10-12 ans",
    "2026-2027",
)
THEMES = {
    "atelier sur l'ENT": "ent",
    "c koi édukonect": "educonnect",
    "edu connect": "educonnect",
    "pronotte": "pronote",
    "برونوت": "pronote",
    "robotik": "robotique",
    "un taller de robótica": "robotique",
    "formation codaje": "programmation",
    "kodlama atölyesi": "programmation",
    "formation sur l'ia": "ia",
    "inteligense artificiele": "ia",
    "yapay zekayı": "ia",
    "ورشة حول الذكاء الاصطناعي": "ia",
    "web radio": "webradio",
    "atelier vidéo": "video",
    "realite virtuel": "realite_virtuelle",
    "cyber arcelement": "harcelement",
    "cyberbullying": "harcelement",
    "ciberacoso": "harcelement",
    "التنمر": "harcelement",
    "atelier sur les ecrans": "ecrans",
    "parentaliter": "parentalite",
    "fake news": "medias",
    "infox": "medias",
    "imprimante 3d": "impression_3d",
    "des tablettes": "tablettes",
    "tableau interactif": "ecran_interactif",
    "akıllı tahta": "ecran_interactif",
    "prof de maths": "mathematiques",
    "atelier de lecture": "lecture",
    "langues vivantes": "langues",
    "élèves dys": "inclusion",
    "engelli": "inclusion",
    "monter un projet": "projet",
    "le rgpd": "donnees",
    "proteção de dados": "donnees",
}
NO_THEMES = (
    "mon écran est cassé",
    "j'ai perdu mon code",
    "je lis la notice en lecture seule",
    "j'ai ouvert la vidéo",
    "êtes-vous un robot",
    "c'est lent",
    "j'ai mal compris",
    "eu ia para casa",
    "projector not working",
    "como bloqueio sites no tablet do meu filho",
    "la tableta está rota",
    "quelle est votre langue",
    "quel est le programme",
    "العمل في شبكة",
)


class DetailsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.details = Details()

    def found(self, text: str, *entities: str) -> dict[str, str]:
        """Entity -> its values, joined by spaces."""
        values: dict[str, list[str]] = {}
        for one in self.details.find(text):
            if one.entity in entities:
                values.setdefault(one.entity, []).append(one.value)
        return {entity: " ".join(of) for entity, of in values.items()}

    def test_levels_are_found_however_written(self) -> None:
        for text, value in LEVELS.items():
            with self.subTest(text):
                self.assertEqual(self.found(text, "level"), {"level": value})

    def test_other_words_are_no_levels(self) -> None:
        for text in NO_LEVELS:
            with self.subTest(text):
                self.assertEqual(self.found(text, "level"), {})

    def test_dates_and_times_are_found_in_every_language(self) -> None:
        for text, expected in DATES.items():
            with self.subTest(text):
                found = self.found(text, "month", "day", "weekday", "when", "time_of_day")
                self.assertEqual(found, expected)

    def test_other_words_and_figures_are_no_dates(self) -> None:
        for text in NO_DATES:
            with self.subTest(text):
                found = self.found(text, "month", "day", "weekday", "when", "time_of_day")
                self.assertEqual(found, {})

    def test_themes_are_found_also_misspelt(self) -> None:
        for text, value in THEMES.items():
            with self.subTest(text):
                self.assertEqual(self.found(text, "theme"), {"theme": value})

    def test_other_words_are_no_themes(self) -> None:
        for text in NO_THEMES:
            with self.subTest(text):
                self.assertEqual(self.found(text, "theme"), {})

    def test_a_whole_question_gives_all_of_its_details(self) -> None:
        text = "ya une formation robotique pr les 6em mercredi aprem ou le 12 janv ?"
        self.assertEqual(
            self.found(text, *OURS),
            {
                "theme": "robotique",
                "level": "6e",
                "weekday": "wed",
                "time_of_day": "afternoon",
                "day": "01-12",
            },
        )

    def test_positions_are_in_the_text_as_written_and_a_misspelling_is_less_sure(self) -> None:
        text = "Et « merkredi », le 12janvier, en 4° ?"
        weekday, day, level = self.details.find(text)
        self.assertEqual(text[weekday.start : weekday.end], "merkredi")
        self.assertLess(weekday.confidence, 1)
        self.assertEqual(text[day.start : day.end], "12janvier")
        self.assertEqual((text[level.start : level.end], level.confidence), ("4°", 1))

    def test_any_input_is_survived(self) -> None:
        for text in (
            "",
            " ",
            "?!",
            "a" * 5000,
            "12 " * 900,
            "²/³",
            "٣٣/٤٤",
            "\u202e\x00",
            "32 mars",
        ):
            with self.subTest(text[:10]):
                self.assertIsInstance(self.details.find(text), list)


class FilesTest(unittest.TestCase):
    def test_every_row_of_the_files_is_found_in_its_language(self) -> None:
        forms = Forms()
        for form, _ in read():
            with self.subTest(" ".join(form.key)):
                language = "fr" if form.language == "*" else form.language
                values = {one.value for one in forms.exact(form.key, language)}
                self.assertIn(form.value, values)

    def test_no_row_says_two_things_of_one_kind(self) -> None:
        values: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
        for form, _ in read():
            values.setdefault((form.entity, form.language, form.key), set()).add(form.value)
        self.assertEqual({key: of for key, of in values.items() if len(of) > 1}, {})

    def test_every_row_of_the_files_has_words_and_a_known_entity_and_language(self) -> None:
        for form, _ in read():
            self.assertIn(len(form.key), range(1, LONGEST + 1), form)
            self.assertIn(form.entity, (*OURS, NOTHING))
            self.assertIn(form.language, ("*", "fr", "en", "es", "pt", "ar", "tr"))

    def test_the_domain_knows_every_detail_and_lets_none_change_the_rules(self) -> None:
        domain = (ROOT / "domain.yml").read_text(encoding="utf-8")
        for entity in OURS:
            self.assertTrue(re.search(rf"- {entity}:\n +influence_conversation: false\n", domain))


class ComponentTest(unittest.TestCase):
    def test_details_come_after_the_entities_there_and_the_text_stays(self) -> None:
        place = {"entity": "commune", "value": "Brest", "start": 0, "end": 5}
        message = Message(data={TEXT: "Brest lundi, en CM2", ENTITIES: [place]})
        Component().process([message, Message(data={})])
        self.assertEqual(message.get(TEXT), "Brest lundi, en CM2")
        kept, weekday, level = message.get(ENTITIES)
        self.assertEqual(kept, place)
        self.assertEqual((weekday["entity"], weekday["value"]), ("weekday", "mon"))
        self.assertEqual((level["entity"], level["value"]), ("level", "cm2"))
        self.assertEqual(level["extractor"], "Details")


if __name__ == "__main__":
    unittest.main()
