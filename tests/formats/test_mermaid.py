"""The map as Mermaid text."""

from __future__ import annotations

import re

import pytest

from routebook.core.document import Process
from routebook.formats.mermaid import to_mermaid
from tests.formats.maps import AWKWARD, PARALLEL, REFUND, random_process, step


def test_the_refund_map() -> None:
    lines = to_mermaid(REFUND).splitlines()
    assert lines[:3] == ["flowchart LR", 'start(("Start"))', "start --> s1"]
    assert 'subgraph lane1["Support assistant"]' in lines
    assert '  s4["4 Approve"]:::keep' in lines
    assert '  s6(["6 Confirm and log"]):::automate' in lines
    assert 's2gate{"?"}' in lines
    assert 's2gate -->|"eligible"| s4' in lines
    assert 's2gate -->|"not eligible"| s3' in lines
    assert 's3 --> s3way1to1((("End")))' in lines


def test_splits_and_joins() -> None:
    text = to_mermaid(PARALLEL)
    assert "s2split@{ shape: fork }\ns2 --> s2split" in text
    assert "s2split --> s4" in text
    assert "s4 --> s6join" in text
    assert "s6join --> s6" in text


def test_every_text_is_quoted_and_escaped() -> None:
    process = Process(slug="p", title="P", steps=(step("end", 'say "hi" #1; <b>\nend', 'a"]b'),))
    text = to_mermaid(process)
    assert '"1 say #34;hi#34; #35;1#59; #60;b#62; end"' in text
    assert 'lane1["a#34;#93;b"]' in text


def test_an_unknown_step_is_shown_as_missing() -> None:
    assert 's1 --> s1way1to1["no step “nowhere”"]' in to_mermaid(AWKWARD["unknown target"])


@pytest.mark.parametrize(
    "process", [*AWKWARD.values(), *(random_process(n, 20) for n in range(20))], ids=lambda process: process.slug
)
def test_every_node_that_a_link_names_is_declared(process: Process) -> None:
    text = to_mermaid(process)
    declared = set(re.findall(r"(?:^|\s)(\w+)(?=[\[({@])", text))
    ends = {
        end
        for line in text.splitlines()
        if "-->" in line
        for end in (line.split()[0], re.split(r"[\[({]", line.split()[-1])[0])
    }
    linked = {end for end in ends if re.fullmatch(r"start|s\d+\w*", end)}
    assert linked <= declared
