"""What files say of themselves, and mark-up that isn't Markdown."""

from dataclasses import replace
from pathlib import Path

import pytest

from routebook.core.document import FOLDERS, Policy, Sop, Status
from routebook.formats.markdown import DocumentFile, read_document
from routebook.formats.pile import (
    BlockKind,
    PileDocument,
    PileKind,
    Unreadable,
    classify,
    made_as,
    makes,
    read_pile,
    split,
)
from tests.formats.pile.accounting import assert_draft_holds, assert_nothing_is_lost


def read(text: str, name: str = "x.md") -> PileDocument:
    (found,) = read_pile({name: text.encode()})
    assert isinstance(found, PileDocument)
    return found


@pytest.mark.parametrize("kind", ["policy", "process", "procedure", "sop", "work-instruction"])
def test_front_matter_of_a_library_is_believed(kind: str) -> None:
    found = classify(read(f"---\nkind: {kind}\ntitle: Anything\n---\nComing soon.\n"))
    assert (found.kind.value, found.score) == (kind, 1.0)
    assert found.second is not found.kind
    assert found.reasons == (f"Its front matter says so: kind {kind}.",)


@pytest.mark.parametrize(
    ("kind", "means"), [("process", PileKind.PROCESS), ("goal", PileKind.OTHER), ("recipe", PileKind.OTHER)]
)
def test_a_map_is_all_front_matter_and_still_a_document(kind: str, means: PileKind) -> None:
    text = f"---\nkind: {kind}\ntitle: Refund a customer\nsteps: []\n---\n"
    (found,) = read_pile({"x.md": text.encode()})
    if isinstance(found, Unreadable):
        assert (kind, found.reason) == ("recipe", "It holds no text.")
    else:
        assert classify(found).kind is means


SAMPLE = sorted(
    file for file in (Path(__file__).parents[3] / "sample").rglob("*.md") if file.parent.name in FOLDERS.values()
)


@pytest.mark.parametrize("file", SAMPLE, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_file_of_a_library_arrives_whole(file: Path) -> None:
    """Every field of its front matter, also of a map or a goal, which have none of it in their text."""
    text = file.read_text()
    found = read(text, file.name)
    kind = classify(found).kind
    original = read_document(file.name, text)
    assert isinstance(original, DocumentFile)
    assert makes(found, kind)
    assert made_as(found, kind) == replace(original.document, status=Status.DRAFT)


def test_a_file_of_a_library_that_is_corrected_loses_nothing_either() -> None:
    found = read("---\nkind: sop\ntitle: Tea\nquality_bar:\n  - It is hot\n---\nFill the kettle. Wait for it.\n")
    made = made_as(found, PileKind.POLICY)
    assert isinstance(made, Policy)
    assert "Fill the kettle" in made.statement
    # The fields that a policy has not stay in its notes.
    assert "It is hot" in made.notes


def test_front_matter_of_a_library_with_an_error_stays_as_it_is_written() -> None:
    text = "---\nkind: sop\ntitle: Tea\nminutes: soon\n---\n1. Fill the kettle.\n2. Wait for it.\n3. Pour it.\n"
    found = read(text)
    made = made_as(found, PileKind.SOP)
    assert "minutes: soon" in made.notes
    assert_draft_holds(found, made)


def test_front_matter_of_other_tools_lands_in_fields_and_notes() -> None:
    text = (
        '---\nlayout: page\ntitle: "Tea"\nowner: Kitchen lead\npurpose: Nobody is thirsty\nsummary: How tea is made here, always\n'
        "tags:\n  - one\n---\n\n1. Fill the kettle.\n2. Wait for it.\n3. Pour it.\n"
    )
    found = read(text)
    made = made_as(found, PileKind.SOP)
    assert isinstance(made, Sop)
    assert (made.title, made.owner, made.objective) == ("Tea", "Kitchen lead", "Nobody is thirsty")
    assert "How tea is made here, always" in made.notes
    assert "layout" not in str(made)
    assert_draft_holds(found, made)
    proposal = split(found)
    assert proposal.process.owner == "Kitchen lead"
    assert_nothing_is_lost(found, proposal)


def test_a_text_between_two_rules_is_no_front_matter() -> None:
    found = read("---\nThis is all there is.\n---\n\nAnd this.\n")
    assert [block.text for block in found.blocks] == ["This is all there is.", "And this."]


def test_a_goal_of_a_library_is_none_of_the_kinds() -> None:
    assert classify(read("---\nkind: goal\n---\nTen hours back.\n")).kind is PileKind.OTHER


@pytest.mark.parametrize("said", ["kind: recipe", 'kind: "', "kind:", "kind: [sop]", "mankind: sop", "type: sop"])
def test_front_matter_that_says_nothing_known_is_passed_over(said: str) -> None:
    found = classify(read(f"---\n{said}\n---\n# Tea\n1. Boil the water.\n2. Pour it over the leaves.\n3. Wait.\n"))
    assert not any("front matter" in reason for reason in found.reasons)


def test_restructured_text_has_headings_lists_code_and_roles() -> None:
    text = (
        "==========\nMake a release\n==========\n\n.. _release:\n\nBefore\n------\n\n"
        "#. Read :ref:`the plan <plan>` and `the list <https://example.org>`_.\n#. Tag it::\n\n"
        ".. code-block:: shell\n\n    git tag 1.0\n\n.. image:: a.png\n"
    )
    found = read(text, "release.rst")
    assert [block.text for block in found.blocks if block.kind is BlockKind.HEADING] == ["Make a release", "Before"]
    assert next(block.text for block in found.blocks if block.kind is BlockKind.ITEM) == "Read the plan and the list."
    assert any(block.kind is BlockKind.CODE and "git tag" in block.text for block in found.blocks)
    assert any(block.kind is BlockKind.PICTURE and block.source == "a.png" for block in found.blocks)
    assert found.blocks[0].span.first == 2


def test_asciidoc_has_headings_lists_and_links() -> None:
    text = "= Reset a password\n:toc:\n\n[role=abstract]\n.Procedure\n. Click *Users*.\n.. Type it.\n* See link:a.html[the guide].\n"
    found = read(text, "reset.adoc")
    assert [block.text for block in found.blocks if block.kind is BlockKind.HEADING] == [
        "Reset a password",
        "Procedure",
    ]
    items = [block for block in found.blocks if block.kind is BlockKind.ITEM]
    assert [(item.level, item.text) for item in items] == [(1, "Click Users."), (2, "Type it."), (1, "See the guide.")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html.md.erb", "---\ntitle: <%= title %>\n---\n<%= partial 'x' %>\n\n# Restore\n1. Stop it.\n"),
        ("a.md.j2", "{% set x = 1 %}\n# Restore {{ name }}\n1. Stop {{ it }}.\n{% endset %}\n"),
        (
            "a.mdx",
            "import Tabs from '@theme/Tabs'\n\nexport const A = () => <b/>\n\n# Restore\n\n<Tabs>\n1. Stop it.\n</Tabs>\n",
        ),
        (
            "a.html",
            "---\ntitle: Restore\n---\n<!doctype html><html><body><h1>Restore</h1><ol><li>Stop it.</li></ol></body></html>",
        ),
        ("a.qmd", "---\nformat: html\n---\n# Restore\n\n```{r}\nplot(1)\n```\n\n1. Stop it.\n"),
    ],
)
def test_templates_and_dialects_are_read(name: str, text: str) -> None:
    found = read(text, name)
    assert any("Stop" in block.text for block in found.blocks)
    assert not any("title:" in block.text or "format:" in block.text for block in found.blocks)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"---\n",
        b"---\n---\n",
        b"\x00" * 50,
        b"\x80" * 400,
        b"#" * 5000,
        b"<" * 5000,
        b"[" * 20_000,
        b"> " * 9000,
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.rst", "a.adoc", "a.html", "a.txt", "a", "a.docx"])
def test_nothing_crashes(name: str, data: bytes) -> None:
    (found,) = read_pile({name: data})
    if isinstance(found, Unreadable):
        assert found.reason.endswith(".")
    else:
        assert classify(found).reasons
