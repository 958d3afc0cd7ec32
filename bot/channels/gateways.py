"""Which SMS gateway the settings name. Adding one is a file, a line here, and what it needs
in ``core.settings``."""

from bot.channels import kannel, ovh, twilio
from bot.channels.base import Channel
from bot.channels.console import Console
from core.settings import GATEWAYS, SettingError, Settings


def sms_gateway(settings: Settings) -> Channel:
    """The gateway that SMS_GATEWAY names. Raises SettingError for an unknown one."""
    pace = settings.sms_pace
    match settings.sms_gateway:
        case "kannel":
            here = f"http://{settings.listen_host}:{settings.listen_port}"
            return kannel.Kannel(
                settings.kannel_url,
                settings.kannel_user,
                settings.kannel_password,
                settings.sms_sender,
                settings.sms_callback_url or here,
                settings.sms_webhook_key,
                pace=pace or kannel.PACE,
            )
        case "twilio":
            return twilio.Twilio(
                settings.twilio_account,
                settings.twilio_token,
                settings.sms_sender,
                settings.sms_callback_url or settings.public_url,
                settings.twilio_api_url,
                pace=pace or twilio.PACE,
            )
        case "ovh":
            return ovh.Ovh(
                settings.ovh_service,
                settings.ovh_application_key,
                settings.ovh_application_secret,
                settings.ovh_consumer_key,
                settings.sms_sender,
                settings.sms_callback_url or settings.public_url,
                settings.sms_webhook_key,
                settings.ovh_api_url,
                pace=pace or ovh.PACE,
            )
        case "console":
            return Console(pace)
    raise SettingError(
        f"SMS_GATEWAY: unknown gateway {settings.sms_gateway!r}; known: {', '.join(GATEWAYS)}"
    )
