"""BPMN files as strangers' tools write them: any dialect, any topology, any element of the standard, from a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape, quoteattr

from tests.formats.bpmn.census import MODEL, OTHERS, PLAIN_EVENTS, PLAIN_GATEWAYS, PLAIN_TASKS

PREFIXES = ("", "bpmn", "bpmn2", "semantic", "model", "ns0", "tns", "B_2.0")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "iso-8859-1", "windows-1252", "us-ascii", "")
NAMES = (
    "",
    "",
    "Check it",
    "Wareneingang prüfen",
    "Größe?",
    'Say "yes" & <go>',
    "end",
    "start",
    "no",
    "a\n b",
    "x" * 400,
)
TEXTS = ("Look twice.", "<p>Look&nbsp;twice</p>", "a < b && c > d", "Line\nand line", "", "prüfen", "]] >")
DEFINITIONS = [
    "timer",
    "message",
    "signal",
    "error",
    "escalation",
    "conditional",
    "cancel",
    "compensate",
    "terminate",
    "link",
]
ACTIVITIES = ("callActivity", "subProcess", "adHocSubProcess", "transaction")
PLAIN = (*sorted(PLAIN_TASKS), *sorted(PLAIN_GATEWAYS) * 3, *sorted(PLAIN_EVENTS) * 2)
ANY = (*PLAIN, *sorted(OTHERS))


FATES = (
    "cut", "byte", "drop", "double", "rename", "unname", "rewire", "declare", "encode", "unbind", "nest", "retag", "move",
)  # fmt: skip
"""What can happen to a file on its way; each is a method of `_Damage`."""


def stranger(seed: int, *, plain: bool = False) -> bytes:
    """One file. A plain one has tasks, exclusive and parallel gateways and plain start and end events, however tangled."""
    return _Stranger(random.Random(seed), plain).file()


class _Stranger:
    def __init__(self, chance: random.Random, plain: bool) -> None:
        self.chance = chance
        self.plain = plain
        self.prefix = chance.choice(PREFIXES)
        self.tags = PLAIN if plain else ANY
        self.keys: list[str] = []
        self.lines: list[str] = []
        self.id_of = self.style_of_ids()

    def maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def style_of_ids(self) -> Callable[[int], str]:
        style = self.chance.randrange(6)
        return lambda n: (
            f"_{n}", f"sid-{n:08X}-0000-4E5F", f"Activity_{n:07x}", f"n.{n}", f"Schritt_ü{n}", f"{n}-{n}",
        )[style]  # fmt: skip

    def file(self) -> bytes:
        bodies = [self.process(number) for number in range(self.chance.choice((1, 1, 1, 2, 3)))]
        parts = [*bodies, *self.around(len(bodies))]
        if self.maybe(0.3):
            self.chance.shuffle(parts)
        parts.insert(self.chance.choice((0, len(parts))), self.diagram())
        text = self.element("definitions", "\n".join(parts), **self.roots())
        if self.maybe(0.1):
            text = f'<wrapped xmlns="urn:other"><inner>{text}</inner></wrapped>'
        return self.encoded(text)

    def encoded(self, text: str) -> bytes:
        encoding = self.chance.choice(ENCODINGS)
        declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig").removesuffix("-be")}"?>\n'
        if not encoding:
            return text.encode()
        data = (declared + text).encode(encoding, "xmlcharrefreplace")
        return b"\xfe\xff" + data if encoding == "utf-16-be" else data

    # XML

    def element(self, tag: str, body: str = "", /, **attributes: str) -> str:
        name = f"{self.prefix}:{tag}" if self.prefix else tag
        pairs = list(attributes.items())
        self.chance.shuffle(pairs)
        told = "".join(f" {key.replace('__', ':')}={quoteattr(value)}" for key, value in pairs)
        if not body and self.maybe(0.7):
            return f"<{name}{told}/>"
        return f"<{name}{told}>{body}</{name}>"

    def text(self, text: str) -> str:
        return f"<![CDATA[{text}]]>" if "]]" not in text and self.maybe(0.4) else escape(text)

    def roots(self) -> dict[str, str]:
        own = f"xmlns__{self.prefix}" if self.prefix else "xmlns"
        return {
            own: MODEL, "targetNamespace": "http://x", "xmlns__xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xmlns__di": "http://www.omg.org/spec/DD/20100524/DI", "xmlns__v": "urn:vendor:1", "exporter": "Some Tool",
            "xmlns__bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI", "xmlns__t": "http://x",
            "xmlns__dc": "http://www.omg.org/spec/DD/20100524/DC",
        }  # fmt: skip

    # Processes

    def process(self, number: int) -> str:
        attributes = {"id": f"P{number}", "name": self.chance.choice(NAMES), "isExecutable": "true"}
        for name in list(attributes):
            if self.maybe(0.1):
                del attributes[name]
        return self.element("process", self.inside(self.chance.choice((0, 1, 2, 2))), **attributes)

    def inside(self, depth: int) -> str:
        """Nodes, flows and everything else in any order; `depth` levels of sub-processes at most."""
        keys: list[str] = []
        parts = [self.node(keys, depth) for _ in range(self.chance.choice((0, 1, 3, 6, 12)))]
        parts += [self.flow(keys) for _ in range(self.chance.randrange(len(keys) * 2 + 1))] if keys else []
        if self.maybe(0.5):
            self.chance.shuffle(parts)
        parts += self.artifacts(keys)
        if self.maybe(0.2):
            parts.append("<!-- drawn in a hurry --><?tool keep?>")
        return "\n".join([*self.words(), *self.lanes(keys), *parts])

    def node(self, keys: list[str], depth: int) -> str:
        tag = self.chance.choice(self.tags)
        key = self.id_of(len(self.keys))
        if self.keys and self.maybe(0.03):
            key = self.chance.choice(self.keys)
        attributes = {"id": key, "name": self.chance.choice(NAMES)}
        if self.maybe(0.05):
            del attributes["id"]
        else:
            keys.append(key)
            self.keys.append(key)
        if self.maybe(0.3):
            attributes.pop("name")
        body = [*self.words(), self.element("incoming", "nothing"), *self.special(tag, keys, attributes, depth)]
        return self.element(tag, "".join(body), **attributes)

    def special(self, tag: str, keys: Sequence[str], attributes: dict[str, str], depth: int) -> list[str]:
        """What only some nodes have: event definitions, loops, the inside of a sub-process."""
        body = []
        if tag == "boundaryEvent":
            attributes["attachedToRef"] = self.reference(keys)
            attributes["cancelActivity"] = self.chance.choice(("true", "false"))
        if tag.endswith("Event") and not self.plain and self.maybe(0.7):
            body.append(self.definition())
        if tag in ACTIVITIES and not self.plain:
            attributes["triggeredByEvent"] = self.chance.choice(("true", "false"))
            if depth and tag != "callActivity":
                body.append(self.inside(depth - 1))
        if tag.endswith(("Task", "task")) and self.maybe(0.2):
            loop = self.chance.choice(("standardLoopCharacteristics", "multiInstanceLoopCharacteristics"))
            body.append(self.element(loop, self.element("loopCardinality", "5"), isSequential="true"))
            attributes["v__assignee"] = self.chance.choice(("${x}", "Finance"))
        if tag.endswith("Gateway") and self.maybe(0.3):
            attributes["default"] = f"f{self.chance.randrange(20)}"
        return body

    def definition(self) -> str:
        kind = self.chance.choice(DEFINITIONS)
        if kind == "link":
            return self.element("linkEventDefinition", name=self.chance.choice(("L", "M", "")))
        if kind == "timer":
            return self.element("timerEventDefinition", self.element("timeDuration", "PT1H", xsi__type="t:any"))
        if self.maybe(0.2):
            return self.element("eventDefinitionRef", "t:shared")
        return self.element(f"{kind}EventDefinition", "".join(self.words()))

    def flow(self, keys: Sequence[str]) -> str:
        attributes = {"id": f"f{self.chance.randrange(500)}", "name": self.chance.choice(("", "", "yes", "no"))}
        attributes |= {"sourceRef": self.reference(keys), "targetRef": self.reference(keys)}
        if self.maybe(0.05):
            attributes.pop(self.chance.choice(list(attributes)))
        condition = self.element("conditionExpression", self.text("${a > 1}"), xsi__type="t:tFormalExpression")
        return self.element("sequenceFlow", condition if self.maybe(0.2) else "", **attributes)

    def reference(self, keys: Sequence[str]) -> str:
        chosen = self.chance.random()
        if not keys or chosen < 0.02:
            return "nowhere"
        if chosen < 0.04:
            return self.chance.choice(self.keys)
        return ("t:" if self.prefix == "tns" else "") + self.chance.choice(keys)

    # Beside the flow

    def words(self) -> list[str]:
        found = []
        if self.maybe(0.2):
            found.append(self.element("documentation", self.text(self.chance.choice(TEXTS)), textFormat="text/html"))
        if self.maybe(0.2):
            inner = '<v:task id="no"><v:deep><v:deeper>1</v:deeper></v:deep></v:task>'
            if not self.plain and self.maybe(0.1):
                inner += f"<v:more>{self.element('task', id=f'hidden{len(self.keys)}')}</v:more>"
            found.append(self.element("extensionElements", inner + self.element("property", name="x")))
        return found

    def lanes(self, keys: Sequence[str]) -> list[str]:
        if not self.maybe(0.5):
            return []
        held = [self.element("flowNodeRef", f" {key}\n") for key in keys if self.maybe(0.7)]
        inner = self.element("lane", "".join(held[::2]), id="l1", name=self.chance.choice(NAMES))
        nested = self.element("childLaneSet", inner, id="ls1")
        outer = self.element("lane", "".join(held[1::2]) + nested, name=self.chance.choice(NAMES))
        return [self.element("laneSet", outer, id="ls")]

    def artifacts(self, keys: Sequence[str]) -> list[str]:
        if not keys or not self.maybe(0.4):
            return []
        made = [
            self.element("textAnnotation", self.element("text", self.text(self.chance.choice(TEXTS))), id="note"),
            self.element("association", sourceRef=self.reference(keys), targetRef="note", id="as"),
            self.element("dataObject", id="do", name="Invoice"),
            self.element("dataObjectReference", id="dor", dataObjectRef="do"),
            self.element("association", sourceRef="dor", targetRef=self.reference(keys)),
            self.element("group", categoryValueRef="gone", id="gr"),
        ]
        return [part for part in made if self.maybe(0.7)]

    def around(self, processes: int) -> list[str]:
        """What stands beside the processes: pools with and without one, messages, roots that hold no flow."""
        pools = [
            self.element("participant", id=f"pool{number}", name=self.chance.choice(NAMES), processRef=f"t:P{number}")
            for number in range(processes + 1)
        ]
        ends = {"sourceRef": self.reference(self.keys), "targetRef": "pool0", "name": self.chance.choice(NAMES)}
        pools.append(self.element("messageFlow", id="mf", **ends))
        beside = [
            self.element("collaboration", "".join(pools), id="co"),
            self.element("messageEventDefinition", id="shared"),
            self.element("itemDefinition", id="it"),
            self.element("globalUserTask", id="gu", name="Anywhere"),
            self.element("category", self.element("categoryValue", value="Phase 1", id="cv")),
        ]
        if not self.plain:
            beside.append(self.element("choreography", self.node([], 0), id="ch"))
        return [part for part in beside if self.maybe(0.5)]

    def diagram(self) -> str:
        if self.maybe(0.3):
            return ""
        shapes = "".join(
            f'<bpmndi:BPMNShape bpmnElement="{key}" id="s{n}"><dc:Bounds x="1" y="2" width="3" height="4"/></bpmndi:BPMNShape>'
            for n, key in enumerate(self.keys)
        )
        return f'<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane bpmnElement="P0">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'


def damaged(seed: int, data: bytes) -> bytes:
    """The file after one to four accidents: cut, mistyped, wrongly encoded, elements and attributes lost or changed."""
    damage = _Damage(random.Random(seed))
    for _ in range(damage.chance.randint(1, 4)):
        data = damage.happen(data) or b"<"
    return data


class _Damage:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def happen(self, data: bytes) -> bytes:
        fate: Callable[[bytes], bytes] = getattr(self, self.chance.choice(FATES))
        return fate(data)

    def some(self, pattern: bytes, data: bytes, put: Callable[[re.Match[bytes]], bytes], share: float = 0.1) -> bytes:
        return re.sub(pattern, lambda found: put(found) if self.chance.random() < share else found[0], data)

    def cut(self, data: bytes) -> bytes:
        at = self.chance.randrange(len(data))
        return data[:at] if self.chance.random() < 0.3 else data[:at] + data[at + self.chance.randrange(30) :]

    def byte(self, data: bytes) -> bytes:
        at = self.chance.randrange(len(data))
        return data[:at] + self.chance.choice((b"\x00", b"\xff", b"<", b">", b"&", b'"', b"]]>", b" ")) + data[at + 1 :]

    def drop(self, data: bytes) -> bytes:
        return self.some(rb"<[\w:.]+ [^<>]*/>", data, lambda found: b"")

    def double(self, data: bytes) -> bytes:
        return self.some(rb"<[\w:.]+ [^<>]*/>", data, lambda found: found[0] * 2)

    def rename(self, data: bytes) -> bytes:
        keys = re.findall(rb' id="([^"]*)"', data) or [b"x"]
        return self.some(rb' id="[^"]*"', data, lambda found: b' id="' + self.chance.choice(keys) + b'"')

    def unname(self, data: bytes) -> bytes:
        names = rb' (id|name|sourceRef|targetRef|attachedToRef|processRef|default|xmlns)="[^"]*"'
        return self.some(names, data, lambda found: self.chance.choice((b"", b" " + found[1] + b'=" "')))

    def rewire(self, data: bytes) -> bytes:
        keys = [*re.findall(rb' id="([^"]*)"', data), b"nowhere"]
        put = rb"(sourceRef|targetRef)"
        return self.some(
            put + rb'="[^"]*"', data, lambda found: found[1] + b'="' + self.chance.choice(keys) + b'"', 0.4
        )

    def declare(self, data: bytes) -> bytes:
        said = self.chance.choice(
            (b"UTF-16", b"ISO-8859-1", b"ascii", b"klingon", b"utf-7", b"cp037", b"base64", b"GB2312")
        )
        return re.sub(rb'encoding="[^"]*"', b'encoding="' + said + b'"', data, count=1)

    def encode(self, data: bytes) -> bytes:
        text = data.decode("utf-8", "replace")
        return text.encode(
            self.chance.choice(("latin-1", "utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp1252")), "replace"
        )

    def unbind(self, data: bytes) -> bytes:
        return self.some(
            rb' xmlns(:\w+)?="[^"]*"', data, lambda found: self.chance.choice((b"", b' xmlns="urn:a"')), 0.3
        )

    def nest(self, data: bytes) -> bytes:
        deep = self.chance.choice((3, 150, 400))
        return data.replace(b"</", b"<a>" * deep + b"</a>" * deep + b"</", 1)

    def retag(self, data: bytes) -> bytes:
        tags = [tag.encode() for tag in (*ANY, "process", "sequenceFlow", "definitions", "lane", "anything")]
        one, other = self.chance.sample(tags, 2)
        return re.sub(rb"\b" + one + rb"\b", other, data)

    def move(self, data: bytes) -> bytes:
        whole = re.findall(rb"<[\w:.]+ [^<>]*/>", data)
        return data.replace(b"</", self.chance.choice(whole) + b"</", 3) if whole else data
