"""Who may do what, written from the one table that decides it: `python -m tests.docs.access` writes the page."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "access.md"

HEAD = """\
# Who may do what

Everything that isn't in this table is refused, at every door alike: pages, command line, and whatever comes later. What
belongs to another organisation does not exist for you: its address answers as one that never was.
"""

FOOT = """\
Beyond the table:

- Whoever may draft a kind of document sees its drafts; everybody else only ever sees what is published.
- A task is done by whoever holds it, or in their place by somebody who decides for others in the run. Nobody passes a
  review of work that they did themselves.
- The owner of a process decides for others in its runs, whatever else they may do.
- A guest sees the runs in which a task is or was theirs, and no others.
- The shell acts as the owner: whoever can read the data folder can read everything in it.

This page is written from `routebook.store.access` by `python -m tests.docs.access`.
"""


def page() -> str:
    from routebook.core.document import Access
    from routebook.store.access import Verb, verbs_of

    head = "| may | " + " | ".join(access.value for access in Access) + " |"
    rows = [
        f"| {verb.value} | " + " | ".join("yes" if verb in verbs_of(access) else "–" for access in Access) + " |"
        for verb in Verb
    ]
    return "\n".join([HEAD, head, "|---|" + "---|" * len(Access), *rows, "", FOOT])


if __name__ == "__main__":
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as home:
        os.environ["ROUTEBOOK_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "routebook.settings"
        import django

        django.setup()
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
