"""Making a net small without changing whether it is sound.

Every rule keeps both answers: "can two tokens meet on one place?" and "can the empty marking be reached
from everywhere?". The proofs are sketched at the rules; a property test compares the verdict with a
plain exploration of random maps.
"""

from __future__ import annotations

from collections.abc import Iterable

from routebook.core.process_map.net import Net

MOST_GROWTH = 4
"""Reducing further stops when the net would have about this many times as many transitions."""


def reduce(net: Net) -> None:
    """Apply the rules that make the net smaller until none applies. Changes `net`."""
    _simplify_from(net, net.producers)


def reduce_further(net: Net) -> None:
    """Take more places away, though it may cost transitions, and simplify what results. Changes `net`."""
    most = MOST_GROWTH * len(net.transitions) + 64
    while True:
        cheapest = min(
            (place for place in net.producers if _can_fold(net, place)),
            key=lambda place: (_growth(net, place), place),
            default=None,
        )
        if cheapest is None or len(net.transitions) + _growth(net, cheapest) > most:
            return
        _simplify_from(net, _fold(net, cheapest))


def _simplify_from(net: Net, places: Iterable[int]) -> None:
    """Apply rules at these places, and then wherever something changed."""
    waiting = dict.fromkeys(places)
    while waiting:
        place, _ = waiting.popitem()
        if place in net.producers and place != net.initial:
            waiting.update(dict.fromkeys(_simplify(net, place)))


def _simplify(net: Net, place: int) -> set[int]:
    """Apply one rule at a place; the places to look at again, none if no rule applies."""
    if not net.producers[place]:
        return _drop_unmarked(net, place)
    if _ends_only(net, place):
        return _make_sink(net, place)
    parallel = _parallel(net, place)
    if parallel is not None:
        return _drop_place(net, parallel)
    twin = _twin(net, place)
    if twin is not None:
        return _drop_with_transitions(net, twin)
    if _can_fold(net, place) and _growth(net, place) <= 0:
        return _fold(net, place)
    return set()


def _drop_unmarked(net: Net, place: int) -> set[int]:
    """Nothing ever puts a token here, so whatever needs one never fires."""
    return _drop_with_transitions(net, place)


def _drop_with_transitions(net: Net, place: int) -> set[int]:
    near = net.around(place) - {place}
    for number in net.producers[place] | net.consumers[place]:
        net.remove(number)
    net.remove_place(place)
    return near


def _ends_only(net: Net, place: int) -> bool:
    """Whether a token here can only end, by steps that nothing else leads to."""
    consumers = net.consumers[place]
    return bool(consumers) and all(
        len(net.transitions[number].pre) == 1
        and all(after in net.sinks and net.producers[after] <= consumers for after in net.transitions[number].post)
        for number in consumers
    )


def _make_sink(net: Net, place: int) -> set[int]:
    """(Series, at the end.) Two tokens meet further on exactly if they can meet here: the first can wait."""
    near = net.around(place)
    after = {other for number in net.consumers[place] for other in net.transitions[number].post}
    for number in tuple(net.consumers[place]):
        net.remove(number)
    for other in after:
        net.remove_place(other)
    net.sinks.add(place)
    return near - after


def _parallel(net: Net, place: int) -> int | None:
    """(Parallels.) A place that always holds as many tokens as another one says nothing new.

    A sink keeps every token as long as it likes, so there "at most as many" is enough.
    """
    producers, consumers = net.producers[place], net.consumers[place]
    is_sink = place in net.sinks
    for other in net.transitions[next(iter(producers))].post:
        if other == place or (other in net.sinks) is not is_sink:
            continue
        if producers == net.producers[other] and consumers == net.consumers[other]:
            return max(place, other)
        if is_sink and producers < net.producers[other]:
            return place
    return None


def _drop_place(net: Net, place: int) -> set[int]:
    """Take a place out of all its transitions."""
    near = net.around(place) - {place}
    changed = [(number, net.transitions[number]) for number in net.producers[place] | net.consumers[place]]
    for number, _ in changed:
        net.remove(number)
    net.remove_place(place)
    for _, transition in changed:
        net.add(transition.pre - {place}, transition.post - {place}, transition.trace)
    return near


def _twin(net: Net, place: int) -> int | None:
    """(Alternatives.) A place filled and emptied by the same choices as this one.

    Wherever two tokens lie on the twins, the other choice would have put both on one of them.
    """
    transition = net.transitions[next(iter(net.producers[place]))]
    for number in net.consumers[next(iter(transition.pre))]:
        other = net.transitions[number]
        new = other.post - transition.post
        if other.pre == transition.pre and len(new) == 1 and transition.post - other.post == {place}:
            (candidate,) = new
            if _mirrors(net, place, candidate) and _mirrors(net, candidate, place):
                return max(place, candidate)
    return None


def _mirrors(net: Net, place: int, twin: int) -> bool:
    """Whether every transition at `place` has its like at `twin`."""
    if (place in net.sinks) is not (twin in net.sinks) or len(net.consumers[place]) != len(net.consumers[twin]):
        return False
    for number in net.producers[place] | net.consumers[place]:
        transition = net.transitions[number]
        if twin in transition.pre or twin in transition.post:
            return False
        if (_exchange(transition.pre, place, twin), _exchange(transition.post, place, twin)) not in net.numbers:
            return False
    return True


def _exchange(places: frozenset[int], old: int, new: int) -> frozenset[int]:
    return places - {old} | {new} if old in places else places


def _can_fold(net: Net, place: int) -> bool:
    """Whether every token that comes here can go on by itself, to something that remembers it came.

    No place may get two tokens from the two firings made one; that also leaves out a firing that
    brings a token back here.
    """
    producers = [net.transitions[number] for number in net.producers[place]]
    consumers = [net.transitions[number] for number in net.consumers[place]]
    return (
        place != net.initial
        and any(after.post for after in consumers)
        and all(len(after.pre) == 1 for after in consumers)
        and all(before.post.isdisjoint(after.post) for before in producers for after in consumers)
    )


def _growth(net: Net, place: int) -> int:
    producers, consumers = len(net.producers[place]), len(net.consumers[place])
    return producers * consumers - producers - consumers


def _fold(net: Net, place: int) -> set[int]:
    """(Series and loops.) Going on at once loses nothing: what comes here goes on alone, whenever it likes.

    Two tokens that meet here can go on the same way and meet there. A way that leads back to
    where it began changes nothing and is left out by `Net.add`.
    """
    near = net.around(place) - {place}
    producers = [net.transitions[number] for number in net.producers[place]]
    consumers = [net.transitions[number] for number in net.consumers[place]]
    for number in net.producers[place] | net.consumers[place]:
        net.remove(number)
    net.remove_place(place)
    for before in producers:
        for after in consumers:
            net.add(before.pre, before.post - {place} | after.post, (before.trace, after.trace))
    return near
