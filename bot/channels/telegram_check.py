"""Whether Telegram and we agree: the token, the team's group, the webhook."""

from datetime import UTC, datetime, timedelta

from telegram import Bot, ChatMember
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.channels.base import Unwell

GONE = (ChatMember.LEFT, ChatMember.BANNED)
# Telegram remembers its last failure to reach us for ever.
STILL_NEWS = timedelta(minutes=10)


async def check(bot: Bot, staff_group: str, webhook: str) -> None:
    """*staff_group* and *webhook* (our address, "" for long polling) as set. Raises Unwell."""
    try:
        me = await bot.get_me()
        if staff_group:
            await _in_group(bot, me.id, staff_group)
        if webhook:
            await _reached(bot, webhook)
    except InvalidToken as error:
        raise Unwell("setup.telegram.token") from error
    except TelegramError as error:
        raise Unwell("setup.telegram.away", reason=type(error).__name__) from error


async def _in_group(bot: Bot, me: int, group: str) -> None:
    try:
        chat = await bot.get_chat(int(group))
        member = await bot.get_chat_member(chat.id, me)
    except (BadRequest, Forbidden) as error:
        raise Unwell("setup.telegram.group") from error
    if member.status in GONE:
        raise Unwell("setup.telegram.group")


async def _reached(bot: Bot, webhook: str) -> None:
    """Before the first start there is no webhook; another address is another installation's."""
    if not webhook.startswith("https://"):
        raise Unwell("setup.telegram.https")
    info = await bot.get_webhook_info()
    if info.url and info.url != webhook:
        raise Unwell("setup.telegram.elsewhere")
    if info.last_error_date and datetime.now(UTC) - info.last_error_date < STILL_NEWS:
        raise Unwell("setup.telegram.unreached")
