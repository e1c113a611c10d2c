"""Idempotency keys in a header: a request that is repeated is done once, and answered alike each time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bodies import BoundedRequest
from accounts.api.views import DialectView
from accounts.clock import real_now
from accounts.models import IdempotencyRecord, Key
from accounts.rules import idempotency

SAFE = ("GET", "HEAD", "OPTIONS")
# What belongs to an answer itself; everything else is said anew on every answer.
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
Handler = Callable[..., Response]


class Undone(Exception):
    """Carries an answer out of the transaction that it undoes."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class IdempotentView(DialectView):
    """A view whose writes heed the dialect's `idempotency_header`."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A request that would be refused at the door claims nothing."""
        super().initial(request, *args, **kwargs)
        header, method = self.dialect.idempotency_header, (request.method or "").lower()
        key = request.headers.get(header) if header else None
        handler = getattr(self, method, None)
        credential = self.dialect.idempotency_credential(request.user)
        if key is not None and handler is not None and credential and request.method not in SAFE:
            setattr(self, method, partial(self.once, credential, key, handler))

    def once(self, credential: Key, key: str, handler: Handler, request: BoundedRequest, **kwargs: Any) -> HttpResponse:
        """Claim, then work and keep the answer; or only say it again."""
        record = idempotency.claim(credential, key, fingerprint(request), now=real_now())
        if record.state == record.State.DONE:
            return replayed(record)
        return self.answer(record, partial(handler, request, **kwargs))

    def answer(self, record: IdempotencyRecord, work: Callable[[], Response]) -> HttpResponse:
        """Do the work; what is refused leaves nothing behind but the refusal."""
        try:
            with transaction.atomic():
                idempotency.hold(record)
                response = self.rendered(work())
                if not is_final(response):
                    raise Undone(response)
                keep(record, response)
        except Undone as undone:
            response = undone.response
            idempotency.release(record)
        except Exception as error:
            response = self.rendered(self.handle_exception(error))
            (keep if is_final(response) else release)(record, response)
        return response

    def rendered(self, response: Response) -> Response:
        """An answer with its bytes."""
        whole: Response = self.finalize_response(self.request, response)
        whole.render()
        return whole


def is_final(response: HttpResponse) -> bool:
    """Whether the same request would be answered alike: done, or refused for what it says."""
    return response.status_code < 500 and response.status_code != 429


def keep(record: IdempotencyRecord, response: HttpResponse) -> None:
    """Keep an answer for whoever asks again."""
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    idempotency.keep(record, status=response.status_code, headers=headers, body=response.content)


def release(record: IdempotencyRecord, response: HttpResponse) -> None:
    """Forget an answer that was none."""
    idempotency.release(record)


def replayed(record: IdempotencyRecord) -> HttpResponse:
    """The answer once more, bytes and all."""
    response = HttpResponse(bytes(record.body), status=record.status, headers=record.headers)
    response["Idempotent-Replayed"] = "true"
    return response


def fingerprint(request: BoundedRequest) -> str:
    """What makes a request the same: method, path with its query, and the bytes of the body."""
    # Reading the data is what reads the bytes, through the bounded reader.
    request.data  # noqa: B018
    where = f"{request.method} {request.get_full_path()}\n"
    return hashlib.sha256(where.encode() + request.raw_body).hexdigest()
