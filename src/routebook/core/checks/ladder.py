"""The six common mistakes: a document that is wrong for its job, however well it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from routebook.core.checks.catalogue import Catalogue, name_key
from routebook.core.checks.rule import Around, Family, Hit, Rule, rule
from routebook.core.checks.split import actors_of, distinct, headings, proposed_split
from routebook.core.checks.texts import listed, shortened, words
from routebook.core.document import (
    ChecklistItem,
    Handling,
    Kind,
    Policy,
    Procedure,
    Process,
    Sop,
    Step,
    WorkInstruction,
)
from routebook.core.process_map.flow import named

_BOOK = 25
"""A checklist of more items than this is a book, whoever it is for."""

_LISTED = re.compile(r"^[ \t]*(?:\d+[.)]|[-*+])\s+\S", re.MULTILINE)
_WHOLE = re.compile(
    r"\b(?:entire|whole|the full|complete(?!\s+(?:the|an?|your|our|each|every|this|all)\b))\s+(?:[\w\-]+\s+){0,4}(?:process|workflow|lifecycle)\b"
    r"|\b(?:end[- ]to[- ]end|start[- ]to[- ]finish|a[- ]to[- ]z)\b[^.]{0,200}\b(?:process|workflow|lifecycle)\b"
    r"|\b(?:process|workflow)\b[^.]{0,200}\b(?:end[- ]to[- ]end|start[- ]to[- ]finish|a[- ]to[- ]z)\b",
    re.IGNORECASE,
)


@rule(
    "RB101",
    "sop-for-a-whole-process",
    Family.LADDER,
    "One SOP tries to teach a whole process.",
    on=(Sop, Procedure),
)
def sop_for_a_whole_process(sop: Sop | Procedure, around: Around) -> Iterator[Hit]:
    """Nobody learns a job from start to end out of one file, so nobody can take it off your plate.

    You don't delegate a process, you delegate its steps. Map the process on one page, then write one
    short SOP for each step that leaves your plate. The fix proposes a map and its steps by name.

    Wrong::

        ---
        kind: sop
        title: The complete refund process
        ---
        ## Checklist
        1. Support assistant: read the request
        2. Founder: approve the refund
        3. Finance assistant: issue the refund
        4. Support assistant: tell the customer

    Right::

        ---
        kind: sop
        title: Issue a refund in Stripe
        step: refund-a-customer/issue
        role: Finance assistant
        ---
        ## Checklist
        1. Open the payment from the ticket
        2. Refund the approved amount
    """
    sign = _sign_of_a_process(sop, around.catalogue)
    if sign:
        kind = "SOP" if isinstance(sop, Sop) else "procedure"
        yield Hit("title", f"This {kind} covers a whole process: {sign}.", _split_fix(sop, around.catalogue))


def _sign_of_a_process(sop: Sop | Procedure, catalogue: Catalogue) -> str:
    if _WHOLE.search(sop.title):
        return "its title says so"
    if sop.step and "/" not in sop.step and catalogue.has(Kind.PROCESS, sop.step):
        return f"it serves “{sop.step}” and none of its steps"
    if catalogue.titled(Kind.PROCESS, sop.title):
        return "it has the title of a process"
    process = catalogue.process(sop.step.partition("/")[0])
    steps = _steps_told(sop, process) if process is not None else ()
    if len(steps) >= 3:
        return f"its checklist goes through {listed([f'“{step}”' for step in steps])}"
    actors = distinct(actors_of(sop.checklist, catalogue.roles))
    if len(actors) >= 3:
        return f"{listed(actors)} take turns in it"
    chapters = headings(sop.notes)
    if len(chapters) >= 3 and len(_LISTED.findall(sop.notes)) >= 3 * len(chapters):
        return f"it has {len(chapters)} chapters with steps of their own"
    if len(sop.checklist) > _BOOK:
        return f"it has {len(sop.checklist)} checklist items"
    return ""


def _steps_told(sop: Sop | Procedure, process: Process) -> tuple[str, ...]:
    """Titles of the process's steps that items of the checklist begin with."""
    items = "".join([f"\n{' '.join(item.text.strip('*_ .').split())} " for item in sop.checklist]).casefold()
    return tuple(step.title for step in process.steps if step.title and f"\n{name_key(step.title)} " in items)


def _split_fix(sop: Sop | Procedure, catalogue: Catalogue) -> str:
    process = catalogue.process(sop.step.partition("/")[0])
    if process is not None and process.steps:
        steps = [step.title for step in process.steps if step.handling is Handling.DELEGATE and not step.no_document]
        wanted = listed([f"“{step}”" for step in steps]) if steps else "each step you hand off"
        return f"The map “{process.title}” exists: write one SOP for {wanted}, and retire this document."
    split = proposed_split(sop, catalogue.roles)
    if len(split.parts) < 2:
        return f"Map “{split.title}” as a process on one page, then write one SOP for each step that you hand off."
    steps = [f"“{part.title}” ({part.role})" if part.role else f"“{part.title}”" for part in split.parts]
    return f"Map the process “{split.title}” with the steps {listed(steps)}; then write one SOP for each that you hand off."


_NOT_HANDED_OFF = {
    Handling.KEEP: "is kept by its owner",
    Handling.AUTOMATE: "is automated",
    Handling.DROP: "is to be dropped",
    Handling.UNDECIDED: "is not decided yet",
}


@rule(
    "RB102",
    "sop-for-a-step-not-handed-off",
    Family.LADDER,
    "An SOP is written for a step that nobody else will do.",
    on=(Sop,),
    needs_library=True,
)
def sop_for_a_step_not_handed_off(sop: Sop, around: Around) -> Iterator[Hit]:
    """Writing down what only you will ever do is wasted effort.

    A step that you keep, automate or drop, and one that is too small for a document, stays on the map
    and needs no SOP. A step that isn't decided yet may need one: decide first.

    Wrong::

        # the process
        - {id: approve, title: Approve, role: Founder, handling: keep}

        # an SOP
        kind: sop
        step: refund-a-customer/approve

    Right::

        # the process
        - {id: issue, title: Issue the refund, role: Finance assistant, handling: delegate}

        # an SOP
        kind: sop
        step: refund-a-customer/issue
    """
    step = around.catalogue.step(sop.step)
    if step is None:
        return
    if step.handling is not Handling.DELEGATE:
        sentence = f"The step “{step.title}” {_NOT_HANDED_OFF[step.handling]}, so this SOP has no reader."
        yield Hit("step", sentence, _handling_fix(step))
    elif step.no_document:
        sentence = f"The step “{step.title}” needs no document ({shortened(step.no_document)}), yet this SOP serves it."
        yield Hit("step", sentence, "Retire the SOP, or take that reason off the step on the map.")


def _handling_fix(step: Step) -> str:
    if step.handling is Handling.UNDECIDED:
        return f"Decide whether “{step.title}” leaves your plate; write the SOP only if it does."
    return f"Retire the SOP and leave “{step.title}” on the map, or set the step to delegate."


_HOW = re.compile(
    r"(?:\A|\n[ \t]{0,9}+\n|\n[ \t]{0,9}+(?:[-*+]|\d+[.)])\s{1,9}+|[.!?:;]\s{1,9}+)\W{0,9}+(?:then |first,? |next,? )?"
    r"(?:click|double-click|tap|navigate to|scroll|open the|go to the|select the|copy the|paste the)\b"
    r"|(?-i:\b(?:click|tap|press)\s+(?:on\s+)?(?:the\s+)?[*“\"A-Z])"
    r"|→[^→\n]{1,40}→"
    r"|\bstep \d+\s*[:.]",
    re.IGNORECASE,
)
_NUMBERED_STEP = re.compile(
    r"^[ \t]*\d+[.)]\s+(?:add|ask|call|check|choose|create|download|enter|export|fill|find|forward|log|note|open|record"
    r"|reply|save|send|upload|write)\b",
    re.IGNORECASE | re.MULTILINE,
)
_RULE_TALK = re.compile(
    r"\A\W*(?:we (?:never|always|only|will not|won['’]t|do not|don['’]t)\b|(?:it is |it['’]s )?(?:our|company) policy\b|policy:)",
    re.IGNORECASE,
)


@rule(
    "RB103",
    "policy-mixed-with-procedure",
    Family.LADDER,
    "A rule and the way to follow it stand in one document.",
    on=(Policy, Procedure, Sop),
)
def policy_mixed_with_procedure(document: Policy | Procedure | Sop, around: Around) -> Iterator[Hit]:
    """A policy changes when the rule changes; the way to follow it changes with every tool.

    Mixed, they make a document that is neither: nobody dares to touch the steps, or the rule changes by
    accident. The policy says what and why; the procedure or SOP says how.

    Wrong::

        kind: policy
        statement: >
          We refund unused services within 14 days.
          Log in to Stripe, open the payment and click Refund.

    Right::

        kind: policy
        statement: We refund unused services within 14 days, no questions asked.
    """
    if isinstance(document, Policy):
        yield from _how_in_policy(document)
    else:
        yield from _rule_in_checklist(document)


def _how_in_policy(policy: Policy) -> Iterator[Hit]:
    for path in ("statement", "why", "notes"):
        text: str = getattr(policy, path)
        how = _HOW.search(text)
        if how is not None or len(_NUMBERED_STEP.findall(text)) >= 2:
            told = f"“{shortened(text[how.start() :].lstrip('.!?:;- *'), 40)}”" if how is not None else "numbered steps"
            yield Hit(
                path,
                f"This policy also says how: {told}.",
                "Keep what and why here; move the steps into a procedure, or an SOP if you hand them off.",
            )
            return


def _rule_in_checklist(document: Procedure | Sop) -> Iterator[Hit]:
    for index, item in enumerate(document.checklist):
        if _RULE_TALK.match(item.text):
            yield Hit(
                f"checklist[{index}]",
                f"This item states a rule, not something to do: “{shortened(item.text)}”.",
                "Move the rule into a policy that the process cites, and say here what to do about it.",
            )


_BOARD = (
    r"(?:trello|asana|jira|clickup|click-up|monday(?:\.com)?|notion|basecamp|todoist|airtable|kanban|linear|wrike|planner"
    r"|(?:task|project) board|board|card|ticket|backlog)"
)
_POINTS = re.compile(
    rf"\A\W*(?:just |please )?(?:(?:see|follow|refer to|look (?:at|in|up)|consult|go to|check)\b[^.;]{{0,40}}\b{_BOARD}\b"
    rf"|(?:all |the )?(?:details?|steps?|instructions?|everything|description|how-to|info(?:rmation)?)\b[^.;]{{0,30}}\b(?:in|on)\b[^.;]{{0,20}}\b{_BOARD}\b"
    rf"|(?:as|per)\b[^.;]{{0,20}}\b{_BOARD}\b)",
    re.IGNORECASE,
)
_MOVES = re.compile(
    rf"\A\W*(?:move|drag|assign|tick off|close|update|take|pick)\b[^.;]{{0,20}}\b{_BOARD}\b", re.IGNORECASE
)


@rule(
    "RB104",
    "board-as-documentation",
    Family.LADDER,
    "The document only points to a task board.",
    on=(Sop, Procedure, WorkInstruction),
)
def board_as_documentation(document: Sop | Procedure | WorkInstruction, around: Around) -> Iterator[Hit]:
    """A board shows that work is moving. It doesn't teach anybody the standard.

    A card is closed and forgotten, and the next person starts from nothing. Let the run move the work,
    and let the SOP say how each step is done.

    Wrong::

        ## Checklist
        1. See the Trello card for the steps
        2. Move the card to Done

    Right::

        ## Checklist
        1. Open the payment from the ticket
        2. Refund the approved amount
        3. Copy the refund reference here (evidence: text)
    """
    lines = _how_lines(document)
    pointing = [index for index, text in lines if text and _POINTS.match(text) and words(text) <= 14]
    moving = [index for index, text in lines if text and _MOVES.match(text) and words(text) <= 10]
    if pointing and len(set(pointing) | set(moving)) == len(lines):
        field, first = ("lines" if isinstance(document, WorkInstruction) else "checklist"), pointing[0]
        yield Hit(
            f"{field}[{first}]",
            f"All it teaches is where the work is tracked: “{shortened(dict(lines)[first])}”.",
            "Write down here what the board can't show: how the step is done, and how one sees that it is done well.",
        )


def _how_lines(document: Sop | Procedure | WorkInstruction) -> list[tuple[int, str]]:
    """The lines that should say how, by index; a line with an inline instruction says how and counts as ""."""
    if isinstance(document, WorkInstruction):
        return list(enumerate(document.lines))
    return [
        (index, "" if item.instruction or item.uses else item.text) for index, item in enumerate(document.checklist)
    ]


_CASE = re.compile(
    r"\A\W*(?:if (?:it|this|that)(?: is|['’]s)|if the [\w ]{2,20}? is|for|when (?:it|this) is)\s+(?:an? |the )?"
    r"(?P<case>[\w][\w \-]{1,30}?)\s*[,:–—]",
    re.IGNORECASE,
)
_NO_CASE = re.compile(
    r"\A(?:each|every|example|instance|all|any|both|more|now|this|that|reference|security|safety)\b", re.IGNORECASE
)


@rule(
    "RB105",
    "one-sop-for-variations",
    Family.LADDER,
    "One SOP serves a step that is done in several ways.",
    on=(Sop,),
)
def one_sop_for_variations(sop: Sop, around: Around) -> Iterator[Hit]:
    """A plain post, a video post and a sponsored post feed the same step, but they are not done alike.

    Forced into one SOP, each reader skips what is meant for the others, and misses what is meant for
    them. Write one SOP per variation; write what they share once.

    Wrong::

        kind: sop
        title: Publish a post
        ---
        ## Checklist
        1. If it is a plain post, write the text
        2. If it is a video post, upload the clip
        3. If it is a sponsored post, add the label

    Right::

        kind: sop
        title: Publish a video post
        step: publish-a-post/publish
        variation: video
    """
    step = around.catalogue.step(sop.step)
    if step is not None and step.variations is not None and not sop.variation:
        kinds = listed(step.variations.of)
        yield Hit(
            "variation",
            f"The step “{step.title}” has the variations {kinds}, but this SOP serves none of them by name.",
            f"Name one variation here, and write one SOP for each of {kinds}.",
        )
        return
    cases = _cases(sop.checklist)
    if len(cases) >= 3 and len(cases) * 2 >= len(sop.checklist):
        first = next(index for index, item in enumerate(sop.checklist) if _case(item))
        yield Hit(
            f"checklist[{first}]",
            f"This SOP holds several ways to do one step: {listed([f'“{case}”' for case in cases])}.",
            "List them as variations of the step, and write one SOP for each.",
        )


def _cases(checklist: tuple[ChecklistItem, ...]) -> tuple[str, ...]:
    return distinct(_case(item) for item in checklist)


def _case(item: ChecklistItem) -> str:
    found = _CASE.match(item.text)
    return "" if found is None or _NO_CASE.match(found["case"]) else found["case"].strip()


@rule(
    "RB106",
    "sop-before-map",
    Family.LADDER,
    "The SOP serves a step that is on no map.",
    on=(Sop,),
)
def sop_before_map(sop: Sop, around: Around) -> Iterator[Hit]:
    """Without the map you write in a vacuum: for work you may never hand off, and past the handovers that matter.

    Map the process first, choose the steps that leave your plate, then write their SOPs.

    Wrong::

        kind: sop
        title: Issue a refund in Stripe

    Right::

        kind: sop
        title: Issue a refund in Stripe
        step: refund-a-customer/issue
    """
    slug, _, step_id = sop.step.partition("/")
    if not slug:
        sentence = "This SOP serves no step of a process."
        yield Hit("step", sentence, "Map the process first, then name here which of its steps this SOP serves.")
    elif around.catalogue.complete:
        yield from _missing_step(slug, step_id, around.catalogue)


def _missing_step(slug: str, step_id: str, catalogue: Catalogue) -> Iterator[Hit]:
    process = catalogue.process(slug)
    if process is None and catalogue.has(Kind.PROCESS, slug):
        return  # it can't be read, which is said there
    if process is None:
        sentence = f"This SOP serves a step of “{slug}”, but there is no such process."
        yield Hit("step", sentence, "Map the process first, or correct the name.")
    elif step_id and process.step(step_id) is None:
        known = listed([f"{named(step)} ({step.id})" for step in process.steps], "or")
        sentence = f"The process “{process.title}” has no step “{step_id}”."
        yield Hit("step", sentence, f"Choose one of its steps: {known}." if known else "Add the step to the map first.")


RULES: tuple[Rule, ...] = (
    sop_for_a_whole_process,
    sop_for_a_step_not_handed_off,
    policy_mixed_with_procedure,
    board_as_documentation,
    one_sop_for_variations,
    sop_before_map,
)
