"""What browsers post to the console: fields, and at most one file."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.types import Message

from bot.channels import webhooks
from bot.console.pages import Upload

LONGEST = 4_000_000  # bytes: a spreadsheet of as many lines as are read has less
MOST_FIELDS = 200


@dataclass(frozen=True)
class Posted:
    fields: Mapping[str, str]
    upload: Upload | None = None


async def read(request: Request) -> Posted:
    """What was posted, with the ends of lines as we keep them: browsers send others.

    Raises HTTPException: 413 when it is too long, 400 when it is no form.
    """
    content = await webhooks.body(request, LONGEST)

    async def again() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    whole = Request(request.scope, again)
    async with whole.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=LONGEST) as form:
        fields = {
            name: one.replace("\r\n", "\n")
            for name, one in form.multi_items()
            if isinstance(one, str)
        }
        files = [one for _, one in form.multi_items() if isinstance(one, UploadFile)]
        upload = None
        if files and files[0].filename:
            upload = Upload(files[0].filename, await files[0].read())
    return Posted(fields, upload)
