"""The engine: who is checked, what is silenced, and what it does when a rule fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.core.checks import (
    RETIRED,
    RULES,
    Family,
    Rule,
    Severity,
    blocks_publishing,
    check,
    check_document,
    explanation,
    find_rule,
)
from routebook.core.checks.rule import Around, Hit, rule
from routebook.core.document import (
    AnyDocument,
    ChecklistItem,
    Decision,
    Goes,
    Handling,
    Join,
    Kind,
    Library,
    Need,
    Organisation,
    Outcome,
    Person,
    Policy,
    Procedure,
    Process,
    Role,
    Sop,
    Status,
    Step,
    Suppression,
    Variations,
    WorkInstruction,
)

TODAY = dt.date(2026, 11, 22)
ISSUE = Sop(
    slug="issue",
    title="Issue a refund in Stripe",
    owner="Head of Support",
    step="refund/issue",
    role="Finance assistant",
    checklist=(ChecklistItem("Open the payment"),),
    quality_bar=("The amount equals the approved amount",),
)
REFUND = Process(
    slug="refund",
    title="Refund a customer",
    owner="Head of Support",
    steps=(Step(id="issue", title="Issue the refund", role="Finance assistant", handling=Handling.DELEGATE),),
)
LIBRARY = Library(Organisation("Clear Harbour"), (REFUND, ISSUE))

IDS = {
    "RB000": "rule-crashed",
    "RB001": "accepted-without-why",
    "RB002": "accepted-unknown-rule",
    "RB003": "accepted-needlessly",
    "RB004": "unreadable-file",
    "RB101": "sop-for-a-whole-process",
    "RB102": "sop-for-a-step-not-handed-off",
    "RB103": "policy-mixed-with-procedure",
    "RB104": "board-as-documentation",
    "RB105": "one-sop-for-variations",
    "RB106": "sop-before-map",
    "RB201": "too-long",
    "RB202": "no-quality-bar",
    "RB203": "bar-nobody-can-check",
    "RB204": "no-owner",
    "RB205": "review-overdue",
    "RB206": "more-than-one-role",
    "RB207": "placeholder-text",
    "RB301": "unsound-flow",
    "RB302": "step-without-role",
    "RB303": "decision-with-one-exit",
    "RB304": "output-nobody-takes",
    "RB305": "input-nobody-gives",
    "RB306": "ping-pong",
    "RB307": "too-many-steps",
    "RB308": "dropped-step-on-map",
    "RB401": "secret-in-text",
    "RB501": "policy-governs-nothing",
    "RB502": "work-instruction-used-nowhere",
    "RB503": "delegated-step-without-sop",
    "RB504": "broken-reference",
    "RB505": "duplicate-title",
    "RB506": "goal-without-a-process",
    "RB507": "process-without-a-goal",
}
"""Every id that was ever given. A rule that goes moves to RETIRED and stays here."""


def test_ids_and_names_are_never_given_again() -> None:
    assert {rule.id: rule.name for rule in RULES} | dict(RETIRED) == IDS
    assert len(RULES) + len(RETIRED) == len(IDS) == len(set(IDS.values()))
    assert [rule.id for rule in RULES] == sorted(rule.id for rule in RULES)


@pytest.mark.parametrize("known", RULES, ids=lambda known: known.name)
def test_every_rule_says_why_and_shows_wrong_and_right(known: Rule) -> None:
    said = explanation(known)
    assert all((said.why, said.wrong, said.right))
    assert known.message.endswith(".")
    assert known.message.count(".") == 1


def test_only_an_unsound_map_and_a_secret_block_publishing() -> None:
    assert {rule.name for rule in RULES if rule.severity is Severity.ERROR} == {
        "unreadable-file",
        "unsound-flow",
        "secret-in-text",
    }
    leak = replace(ISSUE, needs=(Need("Stripe", "password: hunter2"),), owner="")
    found = check_document(leak, LIBRARY, today=TODAY)
    assert [finding.name for finding in found] == ["no-owner", "secret-in-text"]
    assert [finding.name for finding in blocks_publishing(found)] == ["secret-in-text"]


def test_a_rule_is_found_by_id_or_name() -> None:
    assert find_rule("rb204") is find_rule("no-owner") is not None
    assert find_rule("no-ownr") is None


def test_a_finding_says_all_that_a_door_needs() -> None:
    (finding,) = check(replace(LIBRARY, documents=(REFUND, replace(ISSUE, owner=""))), today=TODAY)
    assert (finding.rule, finding.name, finding.severity) == ("RB204", "no-owner", Severity.ADVICE)
    assert (finding.kind, finding.slug, finding.path) == (Kind.SOP, "issue", "owner")
    assert finding.sentence == "This document has no owner."
    assert finding.fix.startswith("Name the role")
    assert finding.page == "docs/reference/rules/RB204.md"


@rule("RB999", "always-crashes", Family.DOCUMENT, "It crashes.")
def crashes(document: AnyDocument, around: Around) -> Iterable[Hit]:
    """Never part of the product."""
    raise IndexError(f"secret text of {document.title}")


def test_a_crashing_rule_becomes_a_finding_and_the_others_go_on() -> None:
    found = check_document(replace(ISSUE, owner=""), LIBRARY, today=TODAY, rules=(crashes, *RULES))
    assert [finding.name for finding in found] == ["rule-crashed", "no-owner"]
    assert found[0].sentence == "RB999 always-crashes failed on this document (IndexError); the other rules went on."
    assert found[0].slug == "issue"
    assert found[0].path == ""


def test_a_crash_is_not_silenced_by_accepting_the_rule() -> None:
    accepted = replace(ISSUE, accepts=(Suppression("always-crashes", "we know"),))
    found = check_document(accepted, LIBRARY, today=TODAY, rules=(crashes, *RULES))
    assert [finding.name for finding in found] == ["rule-crashed", "accepted-needlessly"]


def names(document: AnyDocument, library: Library | None = LIBRARY) -> list[str]:
    return [finding.name for finding in check_document(document, library, today=TODAY)]


def test_an_accepted_finding_is_silent() -> None:
    assert names(replace(ISSUE, owner="", accepts=(Suppression("RB204", "still hiring"),))) == []
    assert names(replace(ISSUE, owner="", accepts=(Suppression("no-owner", "still hiring"),))) == []


def test_accepting_needs_a_why() -> None:
    assert names(replace(ISSUE, owner="", accepts=(Suppression("no-owner", " "),))) == [
        "no-owner",
        "accepted-without-why",
    ]


def test_accepting_needs_a_rule_that_exists() -> None:
    assert names(replace(ISSUE, accepts=(Suppression("no-ownr", "still hiring"),))) == ["accepted-unknown-rule"]


def test_accepting_what_finds_nothing_is_a_finding() -> None:
    assert names(replace(ISSUE, accepts=(Suppression("no-owner", "still hiring"),))) == ["accepted-needlessly"]
    twice = (Suppression("no-owner", "still hiring"), Suppression("RB204", "still hiring"))
    assert names(replace(ISSUE, owner="", accepts=twice)) == ["accepted-needlessly"]


def test_an_unsound_map_cannot_be_accepted() -> None:
    stuck = replace(REFUND.steps[0], then=Goes(("issue",)))
    accepted = replace(REFUND, steps=(stuck,), accepts=(Suppression("unsound-flow", "we will see"),))
    assert names(accepted) == ["unsound-flow", "accepted-needlessly"]


def test_alone_a_document_is_not_blamed_for_accepting_what_only_a_library_shows() -> None:
    accepted = replace(ISSUE, accepts=(Suppression("broken-reference", "the role comes in May"),))
    assert names(accepted, None) == []
    assert names(accepted) == ["accepted-needlessly"]


def test_alone_a_document_is_not_blamed_for_what_it_refers_to() -> None:
    policy = Policy(slug="p", title="No calls on Fridays", owner="Founder", applies_to=("nowhere",))
    assert names(policy, None) == []
    assert names(policy) == ["policy-governs-nothing", "broken-reference"]


def test_an_edited_document_takes_the_place_of_its_namesake() -> None:
    assert names(replace(ISSUE, minutes=7)) == []
    assert names(replace(ISSUE, slug="issue-again")) == ["duplicate-title"]


def test_a_retired_document_is_only_searched_for_secrets() -> None:
    retired = replace(ISSUE, owner="", quality_bar=(), status=Status.RETIRED)
    assert names(retired) == []
    assert names(replace(retired, notes="password: hunter2")) == ["secret-in-text"]


def test_the_organisation_is_checked_with_the_library() -> None:
    role = Role("Founder", ("mei",))
    organisation = Organisation("Clear Harbour", roles=(role,), people=(Person("may", "May Tan"),))
    (finding,) = check(Library(organisation), today=TODAY)
    assert (finding.name, finding.kind, finding.path) == ("broken-reference", None, "roles[0].holders[0]")
    assert finding.fix == "Add it to the library, or take the name out."


def test_only_the_chosen_documents_are_checked() -> None:
    spoilt = replace(LIBRARY, documents=(replace(REFUND, owner=""), replace(ISSUE, owner="")))
    assert [finding.slug for finding in check(spoilt, today=TODAY)] == ["refund", "issue"]
    assert [finding.slug for finding in check(spoilt, spoilt.documents[:1], today=TODAY)] == ["refund"]


def test_the_order_does_not_depend_on_the_order_of_the_documents() -> None:
    spoilt = [replace(ISSUE, slug=f"s{number}", title=f"Title {number}", owner="") for number in range(5)]
    one = check(Library(Organisation("x"), (REFUND, *spoilt)), today=TODAY)
    other = check(Library(Organisation("x"), (*reversed(spoilt), REFUND)), today=TODAY)
    assert one == other
    assert len(one) == 5


TEXT = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            [
                "If it is a",
                "TBD",
                "password:",
                "Founder:",
                "**",
                "# ",
                "1. ",
                "click",
                "→",
                "see the board",
                ":",
                "\n",
                "sk-1",
                "4242 ",
            ]
        ),
        max_size=8,
    ).map(" ".join),
)
TEXTS = st.lists(TEXT, max_size=4).map(tuple)
STEP_IDS = st.sampled_from(["a", "b", "c", "", "end", "x"])
GOES = st.lists(STEP_IDS, max_size=3).map(lambda targets: Goes(tuple(targets)))
STEPS = st.builds(
    Step,
    id=STEP_IDS,
    title=TEXT,
    role=TEXT,
    takes=TEXTS,
    gives=TEXTS,
    handling=st.sampled_from(Handling),
    no_document=TEXT,
    variations=st.none() | st.builds(Variations, by=TEXT, of=TEXTS),
    then=st.none()
    | GOES
    | st.lists(st.builds(Outcome, TEXT, GOES), max_size=3).map(lambda found: Decision(tuple(found))),
    join=st.none() | st.builds(Join, st.lists(st.lists(STEP_IDS, max_size=2).map(tuple), max_size=2).map(tuple)),
)
ITEMS = st.lists(st.builds(ChecklistItem, text=TEXT, instruction=TEXT, uses=TEXT), max_size=12).map(tuple)
SERVED = st.sampled_from(["", "p", "p/a", "p/", "/a", "q/a"])
BASE = {
    "title": TEXT,
    "owner": TEXT,
    "status": st.sampled_from(Status),
    "review_by": st.none() | st.just(TODAY),
    "notes": TEXT,
    "accepts": st.lists(st.builds(Suppression, st.sampled_from([*IDS, "x", ""]), TEXT), max_size=2).map(tuple),
}
DOCUMENTS = st.one_of(
    st.builds(Policy, slug=st.just("p"), statement=TEXT, why=TEXT, applies_to=TEXTS, **BASE),
    st.builds(
        Process, slug=st.just("p"), steps=st.lists(STEPS, max_size=5).map(tuple), trigger=TEXT, result=TEXT, **BASE
    ),
    st.builds(Procedure, slug=st.just("d"), step=SERVED, checklist=ITEMS, **BASE),
    st.builds(
        Sop, slug=st.just("s"), step=SERVED, role=TEXT, checklist=ITEMS, quality_bar=TEXTS, variation=TEXT, **BASE
    ),
    st.builds(WorkInstruction, slug=st.just("w"), lines=TEXTS, clip=TEXT, **BASE),
)


@settings(max_examples=150, deadline=None)
@given(documents=st.lists(DOCUMENTS, max_size=4).map(tuple), roles=TEXTS)
def test_no_rule_crashes_and_every_finding_is_whole(documents: tuple[AnyDocument, ...], roles: tuple[str, ...]) -> None:
    organisation = Organisation("x", roles=tuple(Role(title) for title in roles))
    found = check(Library(organisation, documents), today=TODAY, media=frozenset())
    alone = [finding for document in documents for finding in check_document(document, today=TODAY)]
    for finding in (*found, *alone):
        assert finding.name != "rule-crashed", finding
        assert finding.sentence.strip()
        assert finding.fix.strip()
