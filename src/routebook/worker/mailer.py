"""Handing mails to a mail server, or filing them in the home where there is none.

The network is spoken to outside any transaction. What came of each mail is written down at once, so that a server
that dies between two mails knows of every one of them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import smtplib
from collections.abc import Iterator, Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from routebook.store.actions import mails
from routebook.store.actions.mails import Claimed

log = logging.getLogger(__name__)

FILED = "django.core.mail.backends.filebased.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(seconds=30), dt.timedelta(minutes=15)
PERMANENT = range(500, 600)


class Mailer:
    """Sends what is due. While the mail server can't be reached, it asks for longer and longer pauses."""

    def __init__(self) -> None:
        self.pause = FIRST_PAUSE

    def send_due(self, now: dt.datetime) -> int:
        """Send the mails that are due; how many were taken."""
        claimed = mails.claim(now)
        filed = [one for one in claimed if one.mail.local or settings.EMAIL_BACKEND != SMTP]
        posted = [one for one in claimed if one not in filed]
        return self._file(filed) + (self._post(posted, now) if posted else 0)

    def _file(self, claimed: Sequence[Claimed]) -> int:
        done = 0
        for one in claimed:
            try:
                _file_backend().send_messages([_message(one)])
            except (OSError, ImproperlyConfigured) as error:
                mails.failed(one.id, f"The mail can't be written: {_short(error)}.", now=timezone.now())
            else:
                mails.sent(one.id, now=timezone.now())
                done += 1
        return done

    def _post(self, claimed: Sequence[Claimed], now: dt.datetime) -> int:
        try:
            with _server() as server:
                self.pause = FIRST_PAUSE
                return _send_all(server, claimed)
        except _Unreachable as error:
            log.warning("mail server: %s", error)
            self._wait(claimed, str(error), now)
        return 0

    def _wait(self, claimed: Sequence[Claimed], reason: str, now: dt.datetime) -> None:
        """Nothing is given up because of a server that is away; the owner sees why the mails wait."""
        mails.not_tried([one.id for one in claimed], until=now + self.pause, reason=reason)
        self.pause = min(LONGEST_PAUSE, self.pause * 2)


def _file_backend() -> Any:
    """Where mails are filed: the backend of the settings, or the home for those that a mail server must not get."""
    if settings.EMAIL_BACKEND not in (SMTP, FILED):
        return get_connection()
    return get_connection(FILED, file_path=settings.MAIL_FOLDER)


class _Unreachable(Exception):
    """The mail server could not be reached, or doesn't let us in: nothing was sent."""


@contextlib.contextmanager
def _server() -> Iterator[smtplib.SMTP]:
    backend = get_connection(SMTP)
    assert isinstance(backend, EmailBackend)
    try:
        backend.open()
    except smtplib.SMTPAuthenticationError as error:
        raise _Unreachable("The mail server refused our name or password.") from error
    except (OSError, smtplib.SMTPException) as error:
        where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        raise _Unreachable(f"The mail server at {where} can't be reached: {_short(error)}.") from error
    server = backend.connection
    assert isinstance(server, smtplib.SMTP)
    try:
        yield server
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            backend.close()


def _send_all(server: smtplib.SMTP, claimed: Sequence[Claimed]) -> int:
    """One after the other; when the connection breaks, those that were not begun wait for the next round."""
    for number, one in enumerate(claimed):
        if not _send_one(server, one):
            mails.not_tried([later.id for later in claimed[number + 1 :]], until=timezone.now() + FIRST_PAUSE)
            return number
    return len(claimed)


def _send_one(server: smtplib.SMTP, one: Claimed) -> bool:
    """Whether the connection is still good for the next mail."""
    sender_taken = on_its_way = False
    try:
        server.ehlo_or_helo_if_needed()
        _be_taken(*server.mail(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
        sender_taken = True
        _be_taken(*server.rcpt(one.mail.to))
        on_its_way = True
        _be_taken(*server.data(_bytes(_message(one))))
    except smtplib.SMTPResponseException as error:
        # An answer is certain: the server did not take it. Only what it says of this mail, not of us, is for good.
        for_good = sender_taken and error.smtp_code in PERMANENT
        mails.failed(one.id, f"The mail server said {_short(error)}.", now=timezone.now(), for_good=for_good)
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.rset()
        return True
    except (OSError, smtplib.SMTPException) as error:
        if on_its_way:
            mails.uncertain(one.id, f"The connection broke: {_short(error)}.")
        else:
            mails.failed(one.id, f"The connection broke: {_short(error)}.", now=timezone.now())
        return False
    mails.sent(one.id, now=timezone.now())
    return True


def _be_taken(code: int, answer: bytes) -> None:
    if code not in (250, 251):
        raise smtplib.SMTPResponseException(code, answer)


def _short(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
        return f"{error.smtp_code} {' '.join(text.split())}"
    return str(getattr(error, "strerror", None) or error) or type(error).__name__


def _bytes(message: EmailMultiAlternatives) -> bytes:
    # smtplib leaves the line ends of bytes as they are; the class of Django's that is made here takes them.
    whole: bytes = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    return whole


def _message(one: Claimed) -> EmailMultiAlternatives:
    headers = {"Message-ID": one.message_id, "Auto-Submitted": "auto-generated"}
    if one.mail.unsubscribe:
        headers["List-Unsubscribe"] = f"<{one.mail.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(one.mail.subject, one.mail.text, to=[one.mail.to], headers=headers)
    message.attach_alternative(one.mail.html, "text/html")
    for file in one.mail.attachments:
        message.attach(file.name, file.data, file.media_type)
    return message
