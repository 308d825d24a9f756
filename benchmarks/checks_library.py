"""A library folder of any size for `bin/bench checks`: the same files every time, most of them clean, some not.

Four in five documents are SOPs of about a page; the rest are the maps that they serve, policies, procedures and work
instructions. About one document in six has a mistake of one of a few kinds, of ours and of Markdown's.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import fill

from benchmarks.search import FILLING, PLACES, THINGS, VERBS

SEED = 20261122
ROLES = (
    *("Founder", "Head of Support", "Head of Sales", "Finance assistant", "Support assistant", "Sales assistant"),
    *("Digital marketing VA", "Bookkeeper", "Recruiter", "Operations lead", "Video editor", "Community assistant"),
)
STEPS_OF_A_PROCESS = 6
SHARES = {"processes": 0.06, "policies": 0.03, "procedures": 0.04, "work-instructions": 0.07}
"""What is not an SOP."""


def write_library(folder: Path, documents: int, seed: int = SEED) -> int:
    """Write a library with so many documents below `folder`, and say how many bytes they have."""
    size = 0
    for name, text in files(documents, seed):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        size += file.write_bytes(text.encode())
    return size


def files(documents: int, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """The files of the library: name and text."""
    counts = {name: max(1, int(documents * share)) for name, share in SHARES.items()}
    counts["sops"] = documents - sum(counts.values())
    writer = Writer(random.Random(seed), counts)
    yield "routebook.yaml", organisation()
    for folder, count in counts.items():
        write = writer.kinds[folder]
        yield from ((f"{folder}/{folder.rstrip('s')}-{number:05d}.md", write(number)) for number in range(count))


def organisation() -> str:
    roles = "\n".join(f"  - {{title: {role}, holders: [person-{at}]}}" for at, role in enumerate(ROLES))
    people = "\n".join(f"  - {{id: person-{at}, name: Person {at}}}" for at in range(len(ROLES)))
    return f"name: Ten Thousand Pages\ntime_zone: Europe/Lisbon\nroles:\n{roles}\npeople:\n{people}\n"


class Writer:
    """Writes one document of each kind by its number. `counts` says how many there are of each."""

    def __init__(self, dice: random.Random, counts: dict[str, int]) -> None:
        self.dice = dice
        self.counts = counts
        self.kinds = {
            "processes": self.process,
            "policies": self.policy,
            "procedures": self.procedure,
            "work-instructions": self.work_instruction,
            "sops": self.sop,
        }

    def process(self, number: int) -> str:
        thing = self.one(THINGS)
        steps = "\n".join(self.step(at, thing) for at in range(STEPS_OF_A_PROCESS))
        policy = number % self.counts["policies"]
        return (
            f"---\nkind: process\ntitle: Handle {thing} {number}\nowner: {self.one(ROLES)}\ntrigger: {thing} 0\n"
            f"result: {thing} {STEPS_OF_A_PROCESS}\ntarget: {{within: 2 working days}}\n"
            f"policies: [policie-{policy:05d}]\nform:\n  - {{field: {thing}, type: text, required: true}}\n"
            f"steps:\n{steps}\n---\n{self.paragraph(30)}\n"
        )

    def step(self, at: int, thing: str) -> str:
        role = "" if self.dice.random() < 0.004 else f"\n    role: {self.one(ROLES)}"
        then = "\n    then:\n      - {when: fine, go: s3}\n      - {when: not fine, go: s1}" if at == 2 else ""
        return (
            f"  - id: s{at}\n    title: {self.title()}{role}\n    takes: {thing} {at}\n    gives: {thing} {at + 1}\n"
            f"    handling: delegate{then}"
        )

    def policy(self, number: int) -> str:
        more = f" {self.paragraph(12)} {self.paragraph(12)} {self.paragraph(12)}" if self.dice.random() < 0.1 else ""
        return (
            f"---\nkind: policy\ntitle: Rule {number} about {self.one(THINGS)}\nowner: Founder\nreview_by: 2099-05-01\n"
            f"---\n## Statement\n{self.paragraph(16)}{more}\n\n## Why\n{self.paragraph(40)}\n"
        )

    def procedure(self, number: int) -> str:
        return (
            f"---\nkind: procedure\ntitle: {self.title()} {number}\n{self.owner()}step: {self.served(number)}\n"
            f"objective: {self.paragraph(9)}\n---\n## Steps\n{self.checklist(6, how=False)}\n"
        )

    def work_instruction(self, number: int) -> str:
        lines = "\n".join(f"{at}. **{self.one(VERBS)}** → {self.words(4)}" for at in range(1, 5))
        return (
            f"---\nkind: work-instruction\ntitle: {self.title()} in {self.one(PLACES)} {number}\n{self.owner()}"
            f"action: {self.words(5)}\n---\n## Lines\n{lines}\n"
        )

    def sop(self, number: int) -> str:
        served = self.served(number)
        bar = "\n".join(f"  - The {self.words(3)} {self.dice.randint(2, 99)} {self.words(5)}" for _ in range(3))
        vague = "\n  - Everything is handled properly" if self.dice.random() < 0.05 else ""
        tool = self.one(PLACES)
        secret = "password: hunter2" if self.dice.random() < 0.002 else f"vault: {tool}/team"
        return (
            f"---\nkind: sop\ntitle: {self.title()} {number}\n{self.owner()}step: {served}\nrole: {self.one(ROLES)}\n"
            f'objective: {self.paragraph(10)}\nneeds:\n  - {{tool: {tool}, access: "{secret}"}}\n'
            f"minutes: {self.dice.randint(2, 60)}\nquality_bar:\n{bar}{vague}\noutputs: {self.words(2)}\n"
            f"may_decide: {self.paragraph(9)}\nask_when: {self.paragraph(12)}\nreview_by: {self.review()}\n---\n"
            f"## Checklist\n{self.checklist(7, how=True)}\n\n## A good one\n{self.paragraph(24)}\n\n"
            f"## A bad one\n{self.paragraph(14)}\n\n## Questions\n"
            f"**{self.paragraph(8)}** {self.paragraph(26)}\n\n**{self.paragraph(7)}** {self.paragraph(30)}\n\n{self.notes()}"
        )

    def notes(self) -> str:
        """What people add to a page over the years: why it is so, a table, links."""
        rows = "\n".join(f"| {self.words(3)} | {self.one(ROLES)} | {self.dice.randint(1, 900)} |" for _ in range(4))
        links = "\n".join(
            f"- [{self.words(3)}](sop-{self.dice.randint(0, 999):05d}.md), {self.words(4)}" for _ in range(2)
        )
        skipped = "#### " if self.dice.random() < 0.1 else "### "  # another mistake of Markdown's
        return (
            f"## Background\n\n{fill(self.paragraph(60), 110)}\n\n{skipped}Limits\n\n| Case | Who decides | Limit |\n"
            f"| --- | --- | --- |\n{rows}\n\n## See also\n\n{links}\n"
        )

    def checklist(self, items: int, *, how: bool) -> str:
        lines: list[str] = []
        for at in range(1, items + 1):
            asked = " (evidence: text)" if at == items else self.used() if how and at == 2 else ""
            lines.append(f"{at}. {self.one(VERBS)} {self.words(8)}{asked}")
            if how and at % 3 == 0:
                lines.append(f"   > {self.paragraph(14)}")
        if self.dice.random() < 0.03:
            lines[-1] += "\n8. TBD"
        if self.dice.random() < 0.1:
            lines[0] += "   "  # a mistake of Markdown's
        return "\n".join(lines)

    def used(self) -> str:
        return f" (instruction: work-instruction-{self.dice.randrange(self.counts['work-instructions']):05d})"

    def served(self, number: int) -> str:
        at, step = divmod(number, STEPS_OF_A_PROCESS)
        return f"processe-{at % self.counts['processes']:05d}/s{step}"

    def owner(self) -> str:
        return "" if self.dice.random() < 0.03 else f"owner: {self.one(ROLES)}\n"

    def review(self) -> str:
        return "2026-01-31" if self.dice.random() < 0.03 else "2099-02-12"

    def title(self) -> str:
        return f"{self.one(VERBS)} a {self.one(THINGS)} {self.words(2)}"

    def paragraph(self, count: int) -> str:
        text = self.words(count)
        return f"{text[:1].upper()}{text[1:]}."

    def words(self, count: int) -> str:
        return " ".join(self.dice.choices(FILLING, k=count))

    def one(self, of: Sequence[str]) -> str:
        return self.dice.choice(of)
