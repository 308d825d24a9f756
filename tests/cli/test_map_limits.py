"""What an attacker or an accident may hand to `routebook map`: one sentence or a draft, in bounded time and memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MEMORY = 500 * 1024 * 1024
SECONDS = 30
"""Of the processor; what is slow here takes a tenth of it."""


def file_of(body: str) -> bytes:
    return f'<definitions xmlns="{MODEL}"><process id="P">{body}</process></definitions>'.encode()


def flow(source: str, target: str, number: int = 0) -> str:
    return f'<sequenceFlow id="{source}-{target}-{number}" name="so" sourceRef="{source}" targetRef="{target}"/>'


def ask(tmp_path: Path, data: bytes) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "strange.bpmn"
    file.write_bytes(data)
    return subprocess.run(
        [sys.executable, "-m", "routebook", "map", str(file), "--to", "json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        preexec_fn=_bounded,
    )


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(12))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(f"<!DOCTYPE a [{LAUGHS}]><a>&a11;</a>".encode(), "entities", id="billion-laughs"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "entities", id="xxe"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;]><a/>', "entities", id="parameter"),
        pytest.param(b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a>&y;</a>', "doesn't declare", id="external-dtd"),
        pytest.param(file_of("<subProcess>" * 90_000 + "</subProcess>" * 90_000), "levels deep", id="deep"),
        pytest.param(b"<a xmlns='urn:a'>" * 200_000, "levels deep", id="deep-and-foreign"),
        pytest.param(file_of("<task/>" * 300_000), "elements", id="300,000-elements"),
        pytest.param(file_of("<task/>" * 100_000), "flow nodes", id="100,000-tasks"),
        pytest.param(file_of(" " * 9_000_000), "larger than 8 MB", id="9-megabytes"),
        pytest.param(f'<definitions xmlns="{MODEL}">{"<process/>" * 80_000}</definitions>'.encode(), "processes", id="80,000-processes"),
    ],
)  # fmt: skip
def test_over_the_limits_it_is_one_sentence(tmp_path: Path, data: bytes, says: str) -> None:
    done = ask(tmp_path, data)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr[-300:]
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


TANGLE = "".join(
    f'<exclusiveGateway id="g{n}"/>{flow(f"g{n}", f"g{n * 7 % 2000}")}{flow(f"g{n}", f"g{n * 11 % 2000}", 1)}'
    for n in range(2000)
)
NOTES = "".join(
    f'<textAnnotation id="n{n}"><text>{n}</text></textAnnotation><association sourceRef="a" targetRef="n{n}"/>'
    for n in range(30_000)
)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"<documentation>{'word ' * 1_400_000}</documentation><task id='a'/>", id="7-megabytes-of-words"),
        pytest.param("<task id='a'/>" + "<dataObject/>" * 100_000, id="100,000-elements"),
        pytest.param("<task id='a'/>" + NOTES, id="30,000-notes-at-one-step"),
        pytest.param("".join(f'<task id="t{n}" name="Do it"/>' for n in range(4_900)), id="4,900-tasks-of-one-name"),
        pytest.param(TANGLE, id="a-tangle-of-gateways"),
        pytest.param(
            "<task id='a'/><exclusiveGateway id='g'/>" + flow("a", "g") + "".join(flow("g", "a", n) for n in range(30_000)),
            id="30,000-ways-to-one-place",
        ),
        pytest.param('<subProcess id="s"><task id="a"/>' * 150 + "</subProcess>" * 150, id="150-levels"),
        pytest.param("<task id='a'/><v xmlns='urn:v'>" + "<v/>" * 300_000 + "</v>", id="300,000-settings-of-another-tool"),
    ],
)  # fmt: skip
def test_what_is_large_but_within_them_comes_in(tmp_path: Path, body: str) -> None:
    done = ask(tmp_path, file_of(body))
    assert done.returncode == 0, done.stderr[-300:]
    assert json.loads(done.stdout)["processes"][0]["steps"]


def test_json_is_utf_8_wherever_it_is_written(tmp_path: Path) -> None:
    done = ask(tmp_path, file_of('<task id="a" name="Größe → 字"/>'))
    assert json.loads(done.stdout)["processes"][0]["steps"][0]["title"] == "Größe → 字"
