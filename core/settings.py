"""Settings: read once from the environment, cast, refused by name when wrong.

The edges pass ``os.environ``; nothing else in the house reads the environment.
Every setting stands in ``.env.example`` (a test holds the two together).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

# SMS gateways, and what each cannot do without.
GATEWAYS = {
    "kannel": ("sms_webhook_key",),
    "twilio": ("sms_sender", "twilio_account", "twilio_token"),
    "ovh": (
        "sms_webhook_key",
        "ovh_service",
        "ovh_application_key",
        "ovh_application_secret",
        "ovh_consumer_key",
    ),
    "console": (),
}
REACHED_FROM_OUTSIDE = ("twilio", "ovh")
# What some of it looks like.
FORMS = {
    "twilio": (
        ("twilio_account", "AC[0-9a-fA-F]{32}", "AC and 32 digits or letters a to f"),
        (
            "sms_sender",
            r"\+[0-9]{6,15}|[0-9]{3,8}|MG[0-9a-fA-F]{32}",
            "a number (+33...), a short number, or the MG... of a messaging service",
        ),
    ),
    "ovh": (
        ("ovh_service", r"[\w.-]{1,64}", "the name of the SMS account, like sms-ab12345-1"),
        ("sms_sender", r"(\+?[0-9]{3,15}|[\w .-]{1,11})?", "a number, 11 letters, or empty"),
    ),
}


class SettingError(ValueError):
    """A setting is missing or malformed; the message names it and says what to do."""


@dataclass(frozen=True)
class Settings:
    """All that can be set, with defaults that run the demonstration on one machine.

    A field ``rasa_url`` is the environment variable ``RASA_URL``. Durations are in
    seconds. Addresses of the private services stay on loopback by default.
    """

    demo: bool = False
    database_url: str = "sqlite:///var/tne.db"
    keys_file: Path = Path("var/keys.json")
    content_dir: Path = Path("content")
    locale_dir: Path = Path("locale")
    # Not HOST and PORT: process managers set a PORT of their own for each process.
    listen_host: str = "127.0.0.1"
    listen_port: int = 8080
    public_url: str = ""
    rasa_url: str = ""
    rasa_url_file: Path = Path("var/rasa.url")
    rasa_timeout: float = 5.0
    actions_host: str = "127.0.0.1"
    actions_port: int = 5055
    telegram_token: str = ""
    telegram_webhook_secret: str = ""
    telegram_api_url: str = "https://api.telegram.org/bot"
    telegram_staff_group: str = ""
    telegram_bot_name: str = ""
    sms_gateway: str = ""
    sms_sender: str = ""
    sms_number: str = ""
    sms_webhook_key: str = ""
    sms_callback_url: str = ""
    sms_price: float = 0.05
    sms_pace: float = 0.0
    kannel_url: str = "http://127.0.0.1:13013/cgi-bin/sendsms"
    kannel_user: str = ""
    kannel_password: str = ""
    twilio_account: str = ""
    twilio_token: str = ""
    twilio_api_url: str = "https://api.twilio.com"
    ovh_service: str = ""
    ovh_application_key: str = ""
    ovh_application_secret: str = ""
    ovh_consumer_key: str = ""
    ovh_api_url: str = "https://eu.api.ovh.com/1.0"
    broadcast_second_at: int = 500
    log_level: str = "INFO"

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Cast what *environ* holds; an empty value means the default.

        Raises SettingError naming the variable.
        """
        values: dict[str, object] = {}
        for field in fields(cls):
            name = field.name.upper()
            raw = environ.get(name, "").strip()
            if raw:
                values[field.name] = _cast(name, raw, type(field.default))
        settings = cls(**values)  # type: ignore[arg-type]
        settings._refuse_half_set()
        return settings

    @property
    def own_url(self) -> str:
        """Where browsers find our pages: PUBLIC_URL, else this machine."""
        host = "127.0.0.1" if self.listen_host in ("", "0.0.0.0", "::") else self.listen_host  # noqa: S104
        return self.public_url.rstrip("/") or f"http://{host}:{self.listen_port}"

    def _refuse_half_set(self) -> None:
        self._refuse_half_set_telegram()
        self._refuse_half_set_sms()
        if self.broadcast_second_at < 0:
            raise SettingError("BROADCAST_SECOND_AT: a number of people, 0 or more")
        if self.demo and self.listen_host not in ("127.0.0.1", "::1", "localhost"):
            raise SettingError(
                "LISTEN_HOST: the demonstration listens on loopback only (127.0.0.1)"
            )

    def _refuse_half_set_telegram(self) -> None:
        if self.telegram_token and self.public_url and not self.telegram_webhook_secret:
            raise SettingError(
                "TELEGRAM_WEBHOOK_SECRET: needed with PUBLIC_URL (any long random text)"
            )
        group = self.telegram_staff_group
        if group and not re.fullmatch("-[0-9]{1,20}", group):
            raise SettingError(
                "TELEGRAM_STAFF_GROUP: the number of a group begins with - (see docs/handoffs.md)"
            )
        if group and not self.telegram_token:
            raise SettingError("TELEGRAM_TOKEN: needed with TELEGRAM_STAFF_GROUP")
        if self.telegram_bot_name and not re.fullmatch(r"\w{5,32}", self.telegram_bot_name, re.A):
            raise SettingError(
                "TELEGRAM_BOT_NAME: the name that @BotFather gave, without @ (letters, digits, _)"
            )

    def _refuse_half_set_sms(self) -> None:
        if self.sms_number and not re.fullmatch(r"\+?[0-9][0-9 ]{2,18}", self.sms_number):
            raise SettingError("SMS_NUMBER: digits and spaces, as it is to be printed")
        if not 0 <= self.sms_price <= 10:
            raise SettingError("SMS_PRICE: euros for one part of a message, for example 0.05")
        if not 0 <= self.sms_pace <= 1000:
            raise SettingError("SMS_PACE: messages a second, at most 1000 (empty: the gateway's)")
        gateway = self.sms_gateway
        if not gateway:
            return
        if gateway not in GATEWAYS:
            known = ", ".join(GATEWAYS)
            raise SettingError(f"SMS_GATEWAY: unknown gateway {gateway!r}; known: {known}")
        for name in GATEWAYS[gateway]:
            if not getattr(self, name):
                raise SettingError(
                    f"{name.upper()}: needed with SMS_GATEWAY={gateway} (see docs/sms.md)"
                )
        if gateway in REACHED_FROM_OUTSIDE and not (self.sms_callback_url or self.public_url):
            raise SettingError(
                f"SMS_CALLBACK_URL: needed with SMS_GATEWAY={gateway} where there is no PUBLIC_URL "
                "(https://..., the address at which the gateway reaches us)"
            )
        for name, form, says in FORMS.get(gateway, ()):
            if not re.fullmatch(form, getattr(self, name)):
                raise SettingError(f"{name.upper()}: with SMS_GATEWAY={gateway}, {says}")


def _cast(name: str, raw: str, kind: type) -> object:
    if kind is bool:
        if raw.lower() not in ("0", "1", "true", "false", "yes", "no"):
            raise SettingError(f"{name}: expected 0 or 1, found {raw!r}")
        return raw.lower() in ("1", "true", "yes")
    if kind in (int, float):
        try:
            return kind(raw)
        except ValueError:
            raise SettingError(f"{name}: expected a number, found {raw!r}") from None
    return Path(raw) if issubclass(kind, Path) else raw
