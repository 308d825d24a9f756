"""The pages about the rules, made from their docstrings: `python -m tests.docs.rules` writes them.

`test_rules.py` holds the pages to what this module would write.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference" / "rules"
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))

from routebook.core.checks import RETIRED, RULES, Family, Rule, Severity, explanation  # noqa: E402
from routebook.core.document import Document, Organisation  # noqa: E402

KIND_NAMES = {
    "Document": "every document",
    "Goal": "goals",
    "Policy": "policies",
    "Process": "processes",
    "Procedure": "procedures",
    "Sop": "SOPs",
    "WorkInstruction": "work instructions",
    "Organisation": "`routebook.yaml`",
}
INTRODUCTION = """\
# The rules

`routebook check DIR` looks at a library folder by these rules; the editor shows the same findings as you type.
Each finding names the rule, the file and the line, says in one sentence what is wrong, and proposes one fix.

Only two kinds of finding keep a document from being published: an unsound map and a secret in the text. A file that
can't be read is an error, too. All others are advice. Advice that doesn't apply to a document is accepted there, by the rule's id or name, with a reason:

```yaml
accepts:
  - {rule: too-long, why: "The bank asks for all twelve lines on one sheet"}
```

An id is never given to another rule. These pages are made from the rules themselves by `python -m tests.docs.rules`.
"""


def pages() -> dict[str, str]:
    """Every page by its file name."""
    return {"index.md": index()} | {f"{rule.id}.md": page(rule) for rule in RULES}


def index() -> str:
    parts = [INTRODUCTION]
    for family in Family:
        rows = [
            f"| [{rule.id}]({rule.id}.md) | {rule.name} | {rule.message} |" for rule in RULES if rule.family is family
        ]
        title = f"{family.value[0].upper()}{family.value[1:]}"
        parts.append("\n".join([f"## {title}\n", "| id | name | what it finds |", "|---|---|---|", *rows, ""]))
    if RETIRED:
        gone = [f"- {rule_id} {name}" for rule_id, name in RETIRED]
        parts.append("\n".join(["## No longer used\n", *gone, ""]))
    return "\n".join(parts)


def page(rule: Rule) -> str:
    said = explanation(rule)
    return "\n".join(
        [
            f"# {rule.id} {rule.name}\n",
            f"**{rule.message}**\n",
            f"{said.why}\n",
            f"## Wrong\n\n{fenced(said.wrong)}\n",
            f"## Right\n\n{fenced(said.right)}\n",
            "## In short\n",
            *(f"- {line}" for line in facts(rule)),
            "\n[All rules](index.md)\n",
        ]
    )


def fenced(text: str) -> str:
    return f"```yaml\n{text}\n```"


def facts(rule: Rule) -> list[str]:
    looked = " and ".join(filter(None, [", ".join(names(rule, Document)), ", ".join(names(rule, Organisation))]))
    found = [f"Family: {rule.family.value}", f"Looks at: {looked}"]
    blocks = "an error: the document can't be published" if rule.severity is Severity.ERROR else "advice"
    found.append(f"Severity: {blocks}")
    if rule.needs_library:
        found.append("Needs the whole library; silent where only one document is known")
    if rule.even_retired:
        found.append("Looks at retired documents, too")
    if not rule.acceptable:
        found.append("Can't be accepted")
    return found


def names(rule: Rule, base: type) -> list[str]:
    return [KIND_NAMES[kind.__name__] for kind in rule.on if issubclass(kind, base)]


def write() -> None:
    """Write every page, and remove pages of rules that are gone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for file in FOLDER.glob("*.md"):
        if file.name not in wanted:
            file.unlink()


if __name__ == "__main__":
    write()
