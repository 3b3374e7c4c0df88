"""The tool calls of one answer while they grow: whichever way a vendor numbers, names and cuts them, ours open once and end
once."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

from coderoute_ls.domain.conversation import ModelEvent, ToolCallEnd, ToolCallPiece, ToolCallStart


@dataclass(slots=True)
class _Call:
    key: Hashable
    wire_id: str
    name: str = ""
    id: str = ""
    """Ours; "" until it was told."""
    custom: bool = False
    held: list[str] = field(default_factory=list[str])
    """Arguments that came before the name, or that may still turn out to be none."""
    said: list[str] = field(default_factory=list[str])
    ended: bool = False


class ToolCalls:
    """Calls by the vendor's own key for them: an index, an item's id, a place."""

    def __init__(self, choice: int = 0) -> None:
        self.choice = choice
        self.seed = ""
        """What tells this answer from others, for ids that we must make: the vendor's own id of the answer."""
        self._calls: list[_Call] = []
        self._ids: set[str] = set()

    @property
    def any(self) -> bool:
        """Whether there is a call, complete or not."""
        return bool(self._calls)

    @property
    def last(self) -> str:
        """Our id of the call that came last; "" where there is none."""
        return self._calls[-1].id if self._calls else ""

    @property
    def ended_keys(self) -> set[Hashable]:
        """The keys of the calls that are complete."""
        return {call.key for call in self._calls if call.ended}

    def begun(self, key: Hashable) -> bool:
        """Whether a call of this key is open."""
        return self._open(key) is not None

    def grow(self, key: Hashable, wire_id: str, name: str, arguments: str, *, custom: bool = False) -> Iterable[ModelEvent]:
        """A fragment: any of its fields may be empty. The call opens as soon as its name is known to be whole, which is when
        arguments follow it."""
        call = self._open(key)
        if call is None:
            call = _Call(key, wire_id, custom=custom)
            self._calls.append(call)
        call.wire_id = call.wire_id or wire_id
        call.name = _named(call, name)
        if not arguments:
            return
        if call.name:
            yield from self._start(call)
        call.held.append(arguments)
        if call.name:
            yield from self._told(call)

    def whole(self, key: Hashable, wire_id: str, name: str, arguments: str, *, custom: bool = False) -> Iterable[ModelEvent]:
        """A call that comes in one piece."""
        yield from self.grow(key, wire_id, name, arguments, custom=custom)
        yield from self.end(key)

    def opened(self, key: Hashable, *, at_least: str = "") -> Iterable[ModelEvent]:
        """The start of a call whose vendor says that its name is whole. ``at_least``: a name where none was given."""
        if (call := self._open(key)) is not None:
            call.name = call.name or at_least
            if call.name:
                yield from self._start(call)

    def end(self, key: Hashable, arguments: str | None = None) -> Iterable[ModelEvent]:
        """The vendor says that this call is complete; ``arguments``: what it says they are, all of them."""
        call = self._open(key)
        if call is None:
            return
        call.ended = True
        yield from self._start(call)
        yield from self._told(call, last=True)
        said = "".join(call.said)
        if arguments is not None and _none(call, arguments):
            arguments = ""
        if arguments is not None and arguments != said:
            if arguments.startswith(said):
                yield ToolCallPiece(call.id, arguments[len(said) :], self.choice)
            said = arguments
        yield ToolCallEnd(call.id, said, self.choice)

    def end_all(self) -> Iterable[ModelEvent]:
        """The answer ended well: every call that is open is complete."""
        for call in self._calls:
            if not call.ended:
                yield from self.end(call.key)

    def sole(self) -> Hashable | None:
        """The key of the call that a fragment without a number belongs to: the last one that is open."""
        return next((call.key for call in reversed(self._calls) if not call.ended), None)

    def by_wire_id(self, wire_id: str) -> Hashable | None:
        """The key of the open call with this id of the vendor's."""
        return next((call.key for call in self._calls if not call.ended and wire_id and call.wire_id == wire_id), None)

    def known(self, wire_id: str) -> Hashable | None:
        """The key of the call with this id of the vendor's, open or complete."""
        return next((call.key for call in self._calls if wire_id and call.wire_id == wire_id), None)

    def open_all(self) -> Iterable[ModelEvent]:
        """The answer ended, but not well: what was begun is told, and stays open."""
        for call in self._calls:
            if not call.ended and call.name:
                yield from self._start(call)

    def wire_id_of(self, key: Hashable) -> str:
        """The vendor's id of the open call; "" where it has none."""
        call = self._open(key)
        return call.wire_id if call is not None else ""

    def has_arguments(self, key: Hashable) -> bool:
        """Whether anything of the open call's arguments has come."""
        call = self._open(key)
        return call is not None and bool(call.said or call.held)

    def name_of(self, key: Hashable) -> str:
        """The name of the open call, as far as it is known."""
        call = self._open(key)
        return call.name if call is not None else ""

    def _open(self, key: Hashable) -> _Call | None:
        return next((call for call in reversed(self._calls) if call.key == key and not call.ended), None)

    def _start(self, call: _Call) -> Iterable[ModelEvent]:
        if call.id:
            return
        call.id = self._fresh(call)
        yield ToolCallStart(call.id, call.name, call.custom, self.choice)
        yield from self._told(call)

    def _told(self, call: _Call, *, last: bool = False) -> Iterable[ModelEvent]:
        """The arguments that were held, unless they may be ``null``: models say that of tools that take none, and no caller takes
        it for an object."""
        held = "".join([*call.said, *call.held])
        if _none(call, held) if last else not call.custom and "null".startswith(held.strip()):
            return
        for piece in call.held:
            call.said.append(piece)
            yield ToolCallPiece(call.id, piece, self.choice)
        call.held.clear()

    def _fresh(self, call: _Call) -> str:
        """Our id: the vendor's where it gives one that is new, else one made of what tells this call from others, so that the
        same bytes give the same id."""
        wanted, turn = call.wire_id, 0
        while not wanted or wanted in self._ids:
            parts = (self.seed, str(self.choice), str(len(self._ids)), str(turn), call.wire_id, call.name, *call.held)
            wanted, turn = f"call_{blake2b('|'.join(parts).encode('utf-8', 'replace'), digest_size=12).hexdigest()}", turn + 1
        self._ids.add(wanted)
        return wanted


def _none(call: _Call, arguments: str) -> bool:
    return not call.custom and arguments.strip() in ("", "null")


def _named(call: _Call, name: str) -> str:
    """The name after a further piece of it: vendors repeat it, send it again longer, or cut it in pieces. Once the call was told,
    its name is."""
    known = call.name
    if not name or call.id or name == known:
        return known
    if name.startswith(known):
        return name
    return known + name
