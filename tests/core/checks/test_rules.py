"""Rules against text as people write it: what must be found, and above all what must not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.core.checks import check_document, proposed_split, references, secrets
from routebook.core.checks import document as document_rules
from routebook.core.checks.catalogue import Catalogue, Index
from routebook.core.checks.references import nearest
from routebook.core.checks.rule import Around
from routebook.core.checks.texts import START, has_at_most, page_and_rest, sentences, texts_of, without_code, words
from routebook.core.document import (
    AnyDocument,
    ChecklistItem,
    Handling,
    Library,
    Need,
    Organisation,
    Policy,
    Procedure,
    Process,
    Question,
    Role,
    Sop,
    Step,
)
from tests.formats.strategies import documents

TODAY = dt.date(2026, 11, 22)
SOP = Sop(
    slug="s",
    title="Issue a refund in Stripe",
    owner="Founder",
    step="refund/issue",
    role="Finance assistant",
    quality_bar=("The amount equals the approved amount",),
)
POLICY = Policy(slug="p", title="Refund within 14 days", owner="Founder")


def names(document: Sop | Policy | Procedure) -> list[str]:
    return [finding.name for finding in check_document(document, today=TODAY)]


def with_items(*texts: str) -> Sop:
    return replace(SOP, checklist=tuple(ChecklistItem(text) for text in texts))


SECRETS = [
    "password: hunter2",
    "Password: swordfish",
    "**Password:** `S3cret!pw`",
    "the password is Tr0ub4dor&3",
    "pwd=Winter2026!",
    "Passwort: sommer2026",
    "PIN: 4821",
    "the PIN is 4821.",
    "Password: 48213377",
    "api_key = 9f8e7d6c5b4a3f2e1d0c",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "xoxb-123456789012-abcdefghijkl",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "sk-proj-abc123def456ghi789jkl012",
    "-----BEGIN RSA PRIVATE KEY-----",
    "https://leo:Winter2026@shop.example.com/admin",
    "https://shop.example.com/?access_token=8f3a9c1b2d4e5f60",
    "Card 4929 1234 5678 9012 CVV: 123",
    "378734493671000",
]

NO_SECRETS = [
    "password: in the vault",
    "password: see 1Password",
    "password: 1Password/finance",
    "Password: Bitwarden → Stripe",
    "password: vault:Stripe/finance",
    "Password: ask Leo",
    "password: <your password>",
    "password: ********",
    "password: {{ password }}",
    "Password: required",
    "Password: case-sensitive",
    "password: confidential",
    "Token: INV-2026-0001",
    "The password is stored in the vault under Stripe.",
    "The password is wrong after three tries: call Leo.",
    "If the password is 90 days old, change it.",
    "A password must have at least 12 characters.",
    "Reset the password: the customer gets a mail.",
    "PIN: ask at the front desk",
    "Token: the reference that Stripe shows",
    "API key: in the vault, under Mailer",
    "Order 1234 5678 9012 3456 was shipped on 2026-11-22.",
    "Use the test card 4242 4242 4242 4242.",
    "IBAN DE89 3704 0044 0532 0130 00, invoice 20261122-0001",
    "Call +65 6123 4567 or +49 30 1234567 890.",
    "https://shop.example.com/refunds?id=1234567890&page=2",
    "https://shop.example.com:8443/admin@home",
    "https://shop.example.com/?token={token}",
    "the task-management-for-teams-2026-handbook",
    "commit 9f8e7d6c5b4a3f2e1d0c9f8e7d6c5b4a3f2e1d0c",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_found_and_never_repeated(text: str) -> None:
    found = check_document(replace(SOP, notes=f"To sign in: {text}"), today=TODAY)
    assert {finding.name for finding in found} == {"secret-in-text"}
    assert not any(part in finding.sentence + finding.fix for finding in found for part in text.split()[-1:])


@pytest.mark.parametrize("text", NO_SECRETS)
def test_what_only_speaks_of_a_secret_is_fine(text: str) -> None:
    assert names(replace(SOP, notes=text)) == []
    assert names(replace(SOP, needs=(Need("Stripe", text),))) == []


UNCHECKABLE = [
    "The page looks good",
    "The mail is written properly",
    "The post is of high quality",
    "Reply asap",
    "The customer is happy",
    "Everything is done well",
    "The text is easy to read",
    "The invoice is sent in a timely manner",
    "Formatted nicely",
    "The tone is professional and friendly",
    "All fields are filled in as needed",
]

CHECKABLE = [
    "The amount equals the approved amount, to the cent",
    "The confirmation reaches the customer within five minutes",
    "The page loads quickly: in under 2 seconds on a phone",
    "Every link opens the page it names",
    "The name is spelled as in the contract",
    "The file lies in the folder of the month",
    "The video has captions and a title",
    "The text contains no exclamation mark",
    "The subject line is “Your refund is on its way”",
    "A second person has read the text aloud without stumbling",
    "The professional account is selected, not the private one",
    "The well-known test address got the mail",
    "The goods are counted and the count is in the log",
]


@pytest.mark.parametrize("criterion", UNCHECKABLE)
def test_a_criterion_of_taste_is_found(criterion: str) -> None:
    assert names(replace(SOP, quality_bar=(criterion,))) == ["bar-nobody-can-check"]


@pytest.mark.parametrize("criterion", CHECKABLE)
def test_a_criterion_that_can_be_checked_is_fine(criterion: str) -> None:
    assert names(replace(SOP, quality_bar=(criterion,))) == []


PLACEHOLDERS = [
    "TBD",
    "Send it to [insert address]",
    "Lorem ipsum dolor",
    "Owner: ???",
    "Sign with [your address here]",
    "TODO: ask Ben",
    "xxx",
    "…",
    "To be defined.",
    "FIXME later",
]


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_is_found(text: str) -> None:
    assert names(with_items("Open the ticket", text)) == ["placeholder-text"]


NO_PLACEHOLDERS = [
    "Move the card to the column To do",
    "Greet with “Hello [first name]” and end with “Best, [your name]”",
    "Type `[insert name]` where the name goes",
    "Number it INV-XXX-2026",
    "Order size XXL",
    "Ask: what happened?!",
    "Read [your guide](https://example.com)",
    "Dates to be confirmed go into the second column",
    "Wait … then try again",
]


@pytest.mark.parametrize("text", NO_PLACEHOLDERS)
def test_what_only_looks_like_a_placeholder_is_fine(text: str) -> None:
    assert names(with_items("Open the ticket", text)) == []


GOOD_POLICIES = [
    "We refund any unused service within 14 days, no questions asked.",
    "We never share client data with third parties. The only exception is a court order, and the founder signs it.",
    "We respond to every customer email within one business day, e.g. a mail of Friday noon by Monday noon.",
    "Sign in to every tool with your own account; shared logins are closed on the day we find them.",
    "Open invoices are paid by the 15th. Press enquiries go to the founder.",
    "Customers must never be asked to\npress a button, open an attachment or\nclick a link they did not ask for.",
    "We spend up to SGD 500.00 without asking. Above that, Mr. Tan decides. Above SGD 5,000 the board does.",
    "We publish nothing about a client unless\n\n- the client has agreed in writing\n- the founder has read it",
]


@pytest.mark.parametrize("statement", GOOD_POLICIES)
def test_a_decent_policy_is_clean(statement: str) -> None:
    assert names(replace(POLICY, statement=statement)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "We refund within 14 days. Click **Refund** and confirm.",
        "We refund within 14 days. Then open the payment and copy the reference.",
        "Refunds: Payments → find the charge → Refund → full amount.",
        "We refund.\n\n1. Ask the customer for the receipt\n2. Check the date",
        "Step 1: find the charge. Step 2: refund it.",
    ],
)
def test_a_policy_that_says_how_is_found(statement: str) -> None:
    assert names(replace(POLICY, statement=statement)) == ["policy-mixed-with-procedure"]


GOOD_ITEMS = [
    "Open the ticket and check the order number",
    "If the card has expired, refund to the bank account instead",
    "For each line of the invoice, compare the price with the quote",
    "Never refund more than the approved amount",
    "Ask the founder when the amount is above SGD 500",
    "Copy the link from the Trello card into the sheet",
    "See the customer's answer in the ticket and quote it in the first line of your reply, so that they feel read",
    "**Once it is answered**",
    "Move the card to Done once the customer has answered",
    "Write to the Founder's inbox, not to the founder",
    "Sales figures go to the founder on Monday",
    "Support tickets stay open until the customer has answered",
    "Finance assistant access is needed for this page",
]


def test_a_decent_checklist_is_clean() -> None:
    roles = Organisation(
        "x", roles=tuple(Role(title) for title in ("Founder", "Finance assistant", "Sales", "Support"))
    )
    refund = Process(
        slug="refund",
        title="Refund a customer",
        owner="Founder",
        steps=(Step(id="issue", title="Issue the refund", role="Finance assistant", handling=Handling.DELEGATE),),
    )
    sop = with_items(*GOOD_ITEMS)
    assert check_document(sop, Library(roles, (refund, sop)), today=TODAY) == ()


def test_questions_and_examples_do_not_make_a_document_long() -> None:
    long = "word " * 600
    assert names(replace(SOP, questions=(Question("Why?", long),), good=long, bad=long)) == []
    assert names(replace(SOP, may_decide=long)) == ["too-long"]


@pytest.mark.parametrize(
    ("role", "several"),
    [
        ("Finance assistant and Founder", True),
        ("Support assistant, Finance assistant", True),
        ("Bookkeeper / Office manager", True),
        ("Head of Sales and Marketing", False),
        ("Sales and marketing assistant", False),
        ("Research and development lead", False),
        ("Digital marketing VA", False),
        ("VP, Sales", False),
    ],
)
def test_two_roles_in_one_field_are_told_from_one_role_with_an_and(role: str, several: bool) -> None:
    assert names(replace(SOP, role=role)) == (["more-than-one-role"] if several else [])


def test_the_fix_for_a_book_proposes_the_map_and_its_steps() -> None:
    book = with_items(
        "**Phase 1: Verify**",
        "Find the purchase",
        "Compare the dates",
        "**Phase 2: Refund**",
        "Open Stripe",
        "**Phase 3: Tell**",
        "Send the mail",
    )
    split = proposed_split(replace(book, title="The complete refund process SOP"), {})
    assert split.title == "Refund"
    assert [(part.title, part.items) for part in split.parts] == [("Verify", (1, 2)), ("Refund", (4,)), ("Tell", (6,))]
    (finding,) = check_document(replace(book, title="The complete refund process SOP"), today=TODAY)
    assert finding.fix == (
        "Map the process “Refund” with the steps “Verify”, “Refund” and “Tell”; then write one SOP for each that you hand off."
    )


def test_roles_that_take_turns_become_steps_with_their_roles() -> None:
    turns = with_items(
        "Founder: approve the amount",
        "Finance assistant: refund it, to the cent",
        "Note the reference",
        "The founder tells the customer",
    )
    split = proposed_split(turns, {"founder": "Founder", "finance assistant": "Finance assistant"})
    assert [(part.title, part.role, part.items) for part in split.parts] == [
        ("Approve the amount", "Founder", (0,)),
        ("Refund it", "Finance assistant", (1, 2)),
        ("Tell the customer", "Founder", (3,)),
    ]


def test_chapters_in_the_notes_of_an_sop_are_steps_of_a_process() -> None:
    chapter = "## {}\n\n1. One\n2. Two\n3. Three\n4. Four\n\n"
    book = replace(SOP, notes="".join(chapter.format(title) for title in ("Verify", "Approve", "Refund")))
    found = check_document(book, today=TODAY)
    assert [finding.name for finding in found] == ["sop-for-a-whole-process"]
    assert "“Verify”, “Approve” and “Refund”" in found[0].fix


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("One.", 1),
        ("One. Two! Three?", 3),
        ("We pay 5.00, i.e. five, at 3 p.m. sharp", 1),
        ("A rule:\n\n- one\n- two", 3),
        ("Wrapped\nlines are one sentence.", 1),
        ("“Quoted.” And on.", 2),
    ],
)
def test_sentences_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert sentences(text) == count


def test_words_are_counted_without_marks() -> None:
    assert words("1. **Don't** re-open it — ever") == 5


@pytest.mark.parametrize(
    ("title", "is_whole"),
    [
        ("The complete refund process", True),
        ("End-to-end client onboarding process", True),
        ("Our hiring workflow from A to Z", True),
        ("The entire monthly closing process", True),
        ("Complete the onboarding form", False),
        ("Complete the refund process in Stripe", False),
        ("Full refund: process it in Stripe", False),
        ("Process a full refund", False),
        ("Run the end-to-end test", False),
    ],
)
def test_a_title_that_promises_a_whole_process_is_found(title: str, is_whole: bool) -> None:
    assert names(replace(SOP, title=title)) == (["sop-for-a-whole-process"] if is_whole else [])


PIECES = st.sampled_from(
    [
        *SECRETS,
        *NO_SECRETS,
        *PLACEHOLDERS,
        *NO_PLACEHOLDERS,
        "4929",
        "1234",
        " ",
        "-",
        "٤٩٢٩ ١٢٣٤ ٥٦٧٨ ٩٠١٢",
        "TBC",
        "tbd",
    ]
)
WRITING = st.lists(PIECES | st.text(max_size=6), max_size=6).map("".join)


@settings(max_examples=200)
@given(WRITING)
def test_a_quick_look_never_rules_out_a_text_in_which_something_is_found(text: str) -> None:
    around = Around(replace(SOP, notes=text, bad="Nothing."), Catalogue(Index(TODAY)))
    if any(True for _ in secrets._secrets(text)):
        assert secrets._may_hold_secret(around)
    if document_rules._PLACEHOLDER.search(text):
        assert document_rules._may_hold_placeholder(around.whole, around.folded)


@settings(max_examples=200)
@given(WRITING, WRITING, WRITING)
def test_a_document_in_which_nothing_is_found_has_nothing_in_any_of_its_texts(one: str, two: str, three: str) -> None:
    sop = replace(SOP, title=one, checklist=(ChecklistItem("Do it"), ChecklistItem(two)), good=three)
    around = Around(sop, Catalogue(Index(TODAY)))
    alone = {path for path, text in texts_of(sop) if any(True for _ in secrets._secrets(text))}
    assert {hit.path for hit in secrets.secret_in_text.look(sop, around)} == alone
    unwritten = {path for path, text in texts_of(sop) if _is_placeholder(without_code(text))}
    assert {hit.path for hit in document_rules.placeholder_text.look(sop, around)} == unwritten


def _is_placeholder(prose: str) -> bool:
    return bool(document_rules._PLACEHOLDER.search(prose) or document_rules._NOTHING_YET.fullmatch(prose))


@settings(max_examples=100)
@given(documents())
def test_the_page_and_the_rest_are_all_texts_of_a_document(document: AnyDocument) -> None:
    parts = [part.split(f"\n{START}") for part in page_and_rest(document) if part]
    assert all(first.startswith(START) for first, *_ in parts)
    told = [text for first, *others in parts for text in (first[1:], *others)]
    assert sorted(told) == sorted(text.value for text in texts_of(document))


@settings(max_examples=200)
@given(WRITING, st.integers(0, 40))
def test_a_text_that_is_said_to_have_few_words_has_few(text: str, most: int) -> None:
    if has_at_most(text, most):
        assert words(text) <= most


def test_many_steps_without_a_role_are_one_finding_that_names_them() -> None:
    steps = tuple(Step(id=f"s{n}", title=f"Do {n}", role="VA" if n == 2 else "") for n in range(1, 4))

    def said(process: Process) -> list[tuple[str, str]]:
        found = check_document(process, today=TODAY)
        return [(one.path, one.sentence) for one in found if one.rule == "RB302"]

    process = Process(slug="p", title="P", steps=steps)
    assert said(process) == [("steps", "2 steps have no role: 1 “Do 1” and 3 “Do 3”.")]
    assert said(replace(process, steps=steps[:2])) == [("steps[0]", "The step “Do 1” has no role.")]
    long = replace(process, steps=tuple(Step(id=f"s{n}", title="Do it") for n in range(20)))
    assert said(long)[0][1].endswith("8 “Do it” and 12 more.")


MANY = tuple(
    f"{verb}-{thing}-{number}" for verb in ("issue", "check") for thing in ("refund", "order") for number in range(900)
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("isue-refund-417", "issue-refund-417"),
        ("check-order-8888", "check-order-888"),
        ("check-ordre-42", "check-order-42"),
        ("something else", ""),
    ],
)
def test_the_nearest_of_thousands_is_found_among_those_that_begin_or_end_alike(written: str, meant: str) -> None:
    assert nearest(written, MANY) == meant
    assert len(references._neighbours(written, MANY)) <= 80
