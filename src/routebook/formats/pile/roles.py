"""Who acts in a text: the roles, in the order of their turns.

A role is a job that is known by its last word (“hiring manager”, “on-call engineer”) and does something: an active
verb, a duty, a label before a colon, a passive with “by”, a column of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from routebook.formats.pile.text import Block, BlockKind
from routebook.formats.pile.verbs import VERBS, words

JOBS = (
    "accountant|(?:department|division|unit|kitchen|ward) head|head of [a-z]{2,15}|baker|bursar|butcher|carpenter|custodian|electrician|farmer|florist|gardener|governor|guard|loader|painter|pilot|plumber|teller|account manager|adjuster|administrator|agent|analyst|applicant|approver|architect|assignee|assistant|associate|attorney|auditor|author"
    r"|barista|bookkeeper|broker|business owner|buyer|candidate|captain|caregiver|case ?worker|cashier|chair(?:person)?|chef|clerk|client|cleaner|coach|commander"
    "|comms lead|communications lead|consultant|contractor|contributor|controller|coordinator|cook|counsel|courier|customer|delegate|deputy|designer"
    "|developer|director|dispatcher|doctor|driver|editor|employee|engineer|estimator|executive|facilitator|financier|foreman|founder|front desk|guest|hiring committee"
    "|hiring manager|housekeeper|human resources|inspector|installer|instructor|interviewer|intern|investigator|janitor|judge|lawyer|leader|liaison|librarian"
    "|maintainer|manager|mechanic|member|mentor|merchandiser|moderator|new hire|nurse|officer|on-?call(?: engineer)?|operator|owner|packer|paralegal|partner"
    "|payroll|people ops|people team|pharmacist|photographer|physician|picker|planner|platform team|procurement|producer|product owner|programmer|project manager|proposer|purchaser"
    "|receptionist|recruiter|registrar|release manager|release team|rep|reporter|representative|requester|requestor|responder|reviewer|sales ?person|scheduler|scientist|scribe|scrum master"
    "|secretary|security team|shepherd|sourcer|sponsor|staff|steering committee|steward|stylist|submitter|subject matter expert|supervisor|supplier|support team|surveyor|tailor|team|team lead"
    "|teacher|tech lead|technician|tenant|tester|therapist|trainer|translator|treasurer|tutor|underwriter|vendor|vet|virtual assistant|volunteer|waiter|warehouse|welder|writer|committee|council|triager|manager on duty|duty manager|lead|advis[eo]r|champion|organi[sz]er|nominee|curator|stakeholder"
)
SHORT = (
    r"(?-i:IT|HR|QA|VA|IC|SRE|CEO|CFO|COO|CTO|SME|QS|PM|Legal|Finance|Marketing|Sales|Support|Operations|Ops|Payroll|Lead|Head|Host"
    r"|Server|Maintenance|Admin|Board|Principal|Security|Compliance|Engineering|Design|Product|Management|Reception|Housekeeping"
    r"|People Ops|People Operations|People Team|Tech Ops|Procurement|Purchasing|Accounting|Accounts|Facilities|Communications)"
)
"""Words that are roles only with these capitals: “it” and “support” are everywhere."""
ROLE = rf"(?:[A-Za-z][\w&/-]{{1,17}} ){{0,2}}(?:{SHORT}|(?:{JOBS})s?)"
_DUTY = r"(?:will|should|shall|must|can|may|has to|have to|needs? to|is responsible for|are responsible for)\s"
_ACTS = re.compile(
    rf"\b(?P<role>{ROLE})\b(?:\s\([^()]{{1,30}}\))?\s(?:{_DUTY}(?:then |also |be )?[a-z]|(?:then |also |always )?(?P<verb>[a-z]{{3,14}})\b)"
    rf"|\bby (?:the|an?|your|our|their) (?P<agent>{ROLE})\b",
    re.I,
)
_LABEL = re.compile(
    rf"^(?P<role>{ROLE}(?:\s?(?:/|\+|&|and)\s?[A-Za-z ]{{2,30}})?)\s*(?:\([^()]{{1,40}}\)\s*)?(?::|[–—→]|\s-\s|->|$)",
    re.I,
)
_FIELD = re.compile(
    r"\b(?:owner|responsible|accountable|performed by|done by|who|actor|assigned to|role)\s*:\s*(?P<role>[^.;|\n]{2,40}?)(?=\s+(?-i:[A-Z])[\w ]{1,20}:|[.;|\n(]|\Z)",
    re.I,
)
_COLUMN = re.compile(
    r"^(?:role|owner|who|responsible|actor|performed by|assigned to|done by|accountable|team|person)\b", re.I
)
_LEADING = words(
    """
    the a an your our each every their then and or if when once that which by to for but so as at on in with of
    from is are be all any both this these those new another other one two three first second next same most
    many some possible get ask tell let where while after before until because how who whom whose what not no nd
    st rd th via per than also only
    """
)  # fmt: skip


def roles_in(blocks: Iterable[Block]) -> Iterator[str]:
    """The keys of the roles that act, one for each turn."""
    for block in blocks:
        if block.kind is BlockKind.TABLE:
            yield from _in_table(block)
        elif block.kind is not BlockKind.CODE:
            if block.kind is BlockKind.ITEM and (named := named_role(block)):
                yield named
            yield from _in_text(block.text[:3000], heading=block.kind is BlockKind.HEADING)


def label_of(text: str) -> str:
    """The role that a text begins with as a label (“Dispatcher: …”, a heading “Dispatcher”), or ""."""
    found = _LABEL.match(text.lstrip("*_ "))
    return found["role"].strip() if found else ""


def _in_text(text: str, *, heading: bool) -> Iterator[str]:
    label = label_of(text) if not heading or len(text) < 60 else ""
    if label:
        yield role_key(label)
    for found in _ACTS.finditer(text):
        name = found["role"] or found["agent"]
        if (found["agent"] or _acts(name, found["verb"])) and (key := role_key(name)):
            yield key
    for found in _FIELD.finditer(text):
        yield role_key(found["role"])


def _acts(role: str, verb: str | None) -> bool:
    if verb is None:
        return True
    verb = verb.lower()
    if role.lower().endswith("s") and verb in VERBS:
        return True
    return verb.endswith("s") and base_form(verb) in VERBS


def base_form(verb: str) -> str:
    """The base of a verb in the third person: “approves” → “approve”, “passes” → “pass”, “carries” → “carry”."""
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    if verb.endswith(("shes", "ches", "sses", "xes", "zzes", "oes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") else verb


FEWEST_IN_A_CHAIN = 3


def hands_along(blocks: Iterable[Block]) -> bool:
    """Whether a list or a table goes from role to role: three or more of them, most lines with one."""
    found: list[str] = []
    for block in blocks:
        if block.kind is BlockKind.TABLE and len(set(_in_table(block))) >= FEWEST_IN_A_CHAIN:
            return True
        if block.kind is BlockKind.ITEM and block.level == 1:
            found.append(named_role(block) or next(_in_text(block.text[:600], heading=False), ""))
    named = [role for role in found if role]
    return len(set(named)) >= FEWEST_IN_A_CHAIN and len(named) * 2 > len(found)


_NAMED = re.compile(rf"(?:the )?(?:{ROLE})(?:\s?(?:/|\+|&|and)\s?[A-Za-z ]{{2,30}})?:?", re.I)


def named_role(block: Block) -> str:
    """The role that stands in bold in a list item (“Screening — **Recruiter**: …”), or ""."""
    bold = (piece.text.strip(" :") for piece in block.pieces if piece.bold)
    return next((role_key(text) for text in bold if len(text) < 40 and _NAMED.fullmatch(text)), "")


def _in_table(block: Block) -> Iterator[str]:
    columns = [at for at, cell in enumerate(block.rows[0]) if _COLUMN.match(cell)] if block.rows else []
    for row in block.rows[1:]:
        for at in columns:
            if at < len(row) and 0 < len(row[at]) < 40:
                yield role_key(row[at])


def role_key(name: str) -> str:
    """A role's name without what stands before it, in small letters and in the singular; "" where nothing is left."""
    told = re.sub(r"[*_`]", "", name).casefold().split()
    while told and (told[0] in _LEADING or (len(told) > 1 and (told[0] in VERBS or base_form(told[0]) in VERBS))):
        told.pop(0)
    key = " ".join(told)
    return key.removesuffix("s") if len(key) > 4 and not key.endswith("ss") else key
