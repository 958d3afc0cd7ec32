"""``content``: check it, compile it for training, publish it, and follow its translations."""

import argparse
from collections import Counter

from bot.cli import publishing
from bot.cli.desk import AddCommand, Desk
from bot.publishing import BUILT, DOMAIN
from core.content.check import check
from core.content.compile import compile_rasa
from core.content.load import load
from core.content.model import Checked
from core.content.translations import FOLDER, TRANSLATED, fingerprint, gaps, sign, written


def add(command: AddCommand, desk: Desk) -> None:
    content = command("content", _content)
    actions = content.add_subparsers(dest="what", required=True, metavar="ACTION")
    for name, do in (("check", _check), ("compile", _compile), ("translations", _translations)):
        actions.add_parser(name, help=desk.say(f"cli.content.{name}")).set_defaults(act=do)
    publishing.add(actions, desk)
    signing = actions.add_parser("sign", help=desk.say("cli.content.sign"))
    signing.set_defaults(act=_sign)
    signing.add_argument("language", choices=TRANSLATED)
    signing.add_argument("ids", nargs="*", metavar="ID", help=desk.say("cli.content.ids"))
    signing.add_argument("--checked", choices=list(Checked), required=True)


def _content(desk: Desk, options: argparse.Namespace) -> int:
    return int(options.act(desk, options) or 0)


def _check(desk: Desk, options: argparse.Namespace) -> int:
    root = desk.settings.content_dir
    problems = check(root)
    desk.show(problems)
    if problems:
        desk.tell("check.count", count=len(problems))
        return 1
    desk.tell("check.ok", count=len(load(root).questions))
    return 0


def _compile(desk: Desk, options: argparse.Namespace) -> None:
    changed = compile_rasa(load(desk.settings.content_dir), DOMAIN, BUILT)
    desk.tell("compile.changed" if changed else "compile.same")


def _translations(desk: Desk, options: argparse.Namespace) -> int:
    """What no human has checked, is old or missing; 1 when people would get French instead."""
    root = desk.settings.content_dir
    found = gaps(load(root).questions, written(root))
    for gap in found:
        print(f"{root / gap.file}: {gap.question_id}: {desk.say(f'translations.{gap.why}')}")
    by = Counter((gap.language, gap.why) for gap in found)
    for language in TRANSLATED:
        counts = {why: by[language, why] for why in ("missing", "old", "machine")}
        desk.tell("translations.count", language=language, **counts)
    return int(any(gap.why != "machine" for gap in found))


def _sign(desk: Desk, options: argparse.Namespace) -> int:
    root = desk.settings.content_dir
    questions = load(root).questions
    unknown = [name for name in options.ids if name not in questions]
    if unknown:
        raise desk.refuse("translations.unknown", names=", ".join(unknown))
    signed = 0
    for path in sorted((root / FOLDER / options.language).glob("*/*.yml")):
        layer = path.parent.name
        wanted = {
            one.id: fingerprint(one.words[layer])
            for one in questions.values()
            if layer in one.words and one.id in (options.ids or questions)
        }
        signed += sign(path, wanted, Checked(options.checked))
    desk.tell("translations.signed", count=signed)
    return 0
