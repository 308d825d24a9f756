"""Secrets that stand in a document, where everyone who reads it, every export and every backup has them too.

No finding ever repeats the secret: findings are printed in terminals, logs and pull requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from routebook.core.checks.rule import Around, Family, Hit, Rule, Severity, rule
from routebook.core.checks.texts import holds_any, holds_sign
from routebook.core.document import Document, Organisation

_KEY = re.compile(
    r"(?P<stripe>\b[sr]k_live_[A-Za-z0-9]{8,}|\bwhsec_[A-Za-z0-9]{16,})"
    r"|(?P<aws>\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)"
    r"|(?P<github>\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{22,})"
    r"|(?P<gitlab>\bglpat-[\w\-]{20,})"
    r"|(?P<slack>\bxox[abeoprs]-[0-9A-Za-z\-]{10,}|hooks\.slack\.com/services/T\w+/B\w+/\w{10,})"
    r"|(?P<google>\bAIza[0-9A-Za-z_\-]{35})"
    r"|(?P<ai>(?<![\w\-])sk-(?=[\w\-]*\d)[A-Za-z0-9_\-]{20,})"
    r"|(?P<mail>\bSG\.[\w\-]{16,}\.[\w\-]{16,})"
    r"|(?P<private>-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----)"
    r"|(?P<jwt>\beyJ[\w\-]{10,2000}\.eyJ[\w\-]{10,2000}\.[\w\-]{10,})"
    r"|(?P<login>\b[A-Za-z][A-Za-z0-9+.\-]{0,30}://[^\s/:@]+:(?P<login_value>[^\s/@]+)@)"
    r"|[?&#](?P<query>(?i:(?:access_|auth_|refresh_|id_)?token|api_?key|secret|client_secret|password|signature|sig))="
    r"(?P<query_value>[^\s&#)\]>\"']{8,})"
)
_SIGNS = (
    *(("=", "="), ("@", "://"), ("K", "AKIA"), ("S", "ASIA"), ("-", "glpat-"), ("x", "xox"), (".", "hooks.slack.com")),
    *(("z", "AIza"), ("-", "sk-"), ("G", "SG."), ("V", "PRIVATE KEY"), ("J", "eyJ")),
    *(("_", f"{sign}_") for sign in ("k_live", "whsec", "ghp", "gho", "ghu", "ghs", "ghr", "github_pat")),
)
"""A text without any of these holds no key: looking for them first is ten times faster than the pattern."""

_CALLED = {
    "stripe": "a Stripe key",
    "aws": "an AWS access key",
    "github": "a GitHub token",
    "gitlab": "a GitLab token",
    "slack": "a Slack token",
    "google": "a Google API key",
    "ai": "an API key",
    "mail": "a SendGrid key",
    "private": "a private key",
    "jwt": "a signed token",
    "login": "a password in an address",
    "query": "a token in an address",
}

_SAID = re.compile(
    r"(?<![?&#\-])\b(?P<word>passwords?|passphrase|passcode|passwort|pwd|pin(?: code)?|cvv|cvc|api[ _\-]?key|secret(?:[ _\-]?key)?"
    r"|access[ _\-]?(?:key|token)|auth[ _\-]?token|token)"
    r"(?:\s+(?:for|of|to)\s+(?:the\s+)?[\w.]+)?[*_]*[ \t]*(?P<sign>:|=|\bis\b)[*_]*[ \t]*"
    r"(?P<value>[`\"'“‘]?[^\s`\"'”’]+[`\"'”’]?)(?P<rest>[^\n]*)",
    re.IGNORECASE,
)
_SAID_SIGNS = ("pass", "cv", "pwd", "key", "secret", "token")
_SAID_PIN = re.compile(r"pin\b")
"""A text without these says no secret in words."""

_ELSEWHERE = re.compile(
    r"\A(?:1password|bitwarden|lastpass|keepass\w*|dashlane|nordpass|keeper|okta|vault|keychain|proton\w*|sso|see|ask|in|on|at|from"
    r"|the|an?|your|our|stored|saved|kept|none|no|not|required|optional|unknown|hidden|needed|sent|same|via|https?|vault:.*)\b"
    r"|\A(?:confidential|private|personal|protected|encrypted|individual|changed|reset|expired|wrong|missing|empty|blank|default"
    r"|temporary|separate(?:ly)?|elsewhere|below|above)\b"
    r"|\A(?:[<{\[*•·…]|\$[A-Z_{]|%\w+%|x{3,}|[.\-_#]{2,})|\A(?:example|changeme|password|passwort|secret|token|your_?\w*|my_?\w*|yes|n/a|tbd)\Z",
    re.IGNORECASE,
)
_PIN_WORDS = ("pin", "cv", "passcode")
_LONG_WORDS = ("api", "secret", "access", "auth", "token")
_CARD = re.compile(r"(?<![\w.\-/#])(?:\d[ \-]?){12,18}\d(?![\w\-/])")
_LONG_NUMBER = re.compile(r"\d(?:[ \-]?\d){12}")
_CARD_START = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6011|65")
_TEST_CARDS = frozenset(
    {
        "4242424242424242", "4000056655665556", "5555555555554444", "2223003122003222", "5200828282828210",
        "5105105105105100", "378282246310005", "371449635398431", "6011111111111117", "4111111111111111",
        "4012888888881881", "4000000000000002",
    }
)  # fmt: skip
"""Numbers that payment companies publish for tests; they are nobody's."""

_FIX = "Move it into your password vault and change it, since it was readable here; then write where it is: “vault: …”."


@rule(
    "RB401",
    "secret-in-text",
    Family.SAFETY,
    "A password, a key or a card number stands in the text.",
    on=(Document, Organisation),
    severity=Severity.ERROR,
    even_retired=True,
)
def secret_in_text(subject: Document | Organisation, around: Around) -> Iterator[Hit]:
    """Whoever reads the document has the secret, and so has every export, print and backup of it.

    It also goes stale the day it is changed. Write where it is kept, not what it is. The finding doesn't
    repeat it. Because a leak can't be undone, a document with a secret isn't published. What only looks
    like a secret, such as a number for tests, is accepted with a reason.

    Wrong::

        needs:
          - {tool: Webmail, access: "password: hunter2"}

    Right::

        needs:
          - {tool: Webmail, access: "vault: Webmail/support"}
    """
    if not _may_hold_secret(around):
        return
    for text in around.texts:
        for name in _secrets(text.value):
            yield Hit(text.path, f"This text holds {name}.", _FIX)


def secrets_in(text: str) -> tuple[str, ...]:
    """What kinds of secret a text holds, in words ("a password"), each once; the secret itself is never repeated."""
    return tuple(_secrets(text))


def _may_hold_secret(around: Around) -> bool:
    if not (
        _may_hold_key(around.whole)
        or _may_say_secret(around.folded)
        or (_may_hold_long_number(around.whole) and _LONG_NUMBER.search(around.whole))
    ):
        return False
    return any(True for _ in _secrets(around.whole))


def _may_hold_key(text: str) -> bool:
    return holds_sign(text, _SIGNS)


def _may_say_secret(folded: str) -> bool:
    return holds_any(folded, _SAID_SIGNS) or _SAID_PIN.search(folded) is not None


_AS_NUMBER = bytes(ord("0" if chr(byte) in "0123456789 -" or byte > 127 else "x") for byte in range(256))
"""For `bytes.translate`: what a long number is written with as noughts; not ASCII may be a digit of another script."""


def _may_hold_long_number(text: str) -> bool:
    """Whether thirteen digits may follow each other, with spaces and hyphens between them as on a card."""
    return b"0" * 13 in text.encode("utf-8", "surrogatepass").translate(_AS_NUMBER)


def _secrets(text: str) -> Iterator[str]:
    """What kinds of secret a text holds, in words, each kind once."""
    told: set[str] = set()
    for name in (*_keys(text), *_spoken(text), *_cards(text)):
        if name not in told:
            told.add(name)
            yield name


def _keys(text: str) -> Iterator[str]:
    if not _may_hold_key(text):
        return
    for found in _KEY.finditer(text):
        kind = (found.lastgroup or "").removesuffix("_value")
        value = found["login_value"] or found["query_value"]
        if value is None or not _is_blank(value):
            yield _CALLED[kind]


def _is_blank(value: str) -> bool:
    """Whether a value stands for a secret instead of being one: ``<token>``, ``{key}``, ``***``, ``password``."""
    return _ELSEWHERE.match(value) is not None


def _spoken(text: str) -> Iterator[str]:
    for found in _SAID.finditer(text):
        if _is_spoken_secret(found["word"].lower(), found["sign"].lower(), found["value"], found["rest"]):
            yield f"a {_named(found['word'].lower())}"


def _named(word: str) -> str:
    if word.startswith("pass") or word == "pwd":
        return "password"
    return "PIN" if word.startswith(_PIN_WORDS) else "secret key"


def _is_spoken_secret(word: str, sign: str, raw: str, rest: str) -> bool:
    value = raw.strip("`\"'“”‘’").rstrip(".,;)")
    if not value or _ELSEWHERE.match(value) or value.endswith(":"):
        return False
    has_digit = any(character.isdigit() for character in value)
    has_letter = any(character.isalpha() for character in value)
    has_mark = any(character in "!@#$%^&*+=~?" for character in value)
    if word.startswith(_LONG_WORDS):
        return len(value) >= (16 if word == "token" else 12) and has_digit and has_letter
    if word.startswith(_PIN_WORDS):
        return value.isdigit() and 3 <= len(value) <= 8
    if value.isdigit():
        return len(value) >= 4 and not rest.strip(" .,;)")
    if has_letter and (has_digit or has_mark):
        return len(value) >= 5
    # A plain word is a password only where nothing but the word follows the colon: “password: swordfish”.
    return sign != "is" and len(value) >= 6 and value.isalpha() and value.islower() and not rest.strip(" .,;)|")


def _cards(text: str) -> Iterator[str]:
    for found in _CARD.finditer(text):
        digits = re.sub(r"[ \-]", "", found[0])
        if _CARD_START.match(digits) and digits not in _TEST_CARDS and _luhn(digits):
            yield "a card number"


def _luhn(digits: str) -> bool:
    """Whether a number carries the check digit of a payment card."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


RULES: tuple[Rule, ...] = (secret_in_text,)
