"""``coderoute/chat`` and what belongs to it: which models a chat can choose, what they cost, their answers as they stream."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from coderoute_ls.domain import Action, Decision, Document, Finish, Position, Prompt, Span, Target
from coderoute_ls.domain.conversation import Tool
from coderoute_ls.engine import Engine, EngineCall
from coderoute_ls.engine.conversation.routed_answer import RoutedAnswer
from coderoute_ls.engine.conversation.session_affinity import Sessions, with_session
from coderoute_ls.errors import CoderouteError
from coderoute_ls.server.features.chat.answer_parts import AnswerParts
from coderoute_ls.server.features.chat.chat_floors import CHAT, FLOORS, ChatFloor, floor_of
from coderoute_ls.server.features.chat.chat_prompt import SignedCalls, chat_prompt, turns
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.rpc.json_rpc import REQUEST_FAILED
from coderoute_ls.server.rpc.messages import chat_messages as messages
from coderoute_ls.server.rpc.wire import Wire
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.document_uris import path_of
from coderoute_ls.server.session.request_context import RequestContexts
from coderoute_ls.server.session.status_line import StatusLine
from coderoute_ls.text.dollars import dollars
from coderoute_ls.text.invisible_characters import without_controls

USUAL_CHARS = 8_000
"""Of a question with its files: what a model's price in the list is for."""
USUAL_CONTEXT = 128_000
"""Tokens, where an offer does not say its window."""
_OF_NO_FILE = "untitled:chat"
"""A chat beside no file may be about any folder: the strictest settings of all hold."""
_NOWHERE = Span(Position(0, 0), Position(0, 0))
_TOOL = Tool("read_file", "Reads a file", {"type": "object", "properties": {"path": {"type": "string"}}})
_PICTURE = messages.ChatPart(kind="image", data="iVBORw0KGgo=", media_type="image/png")

Params = TypeVar("Params", bound=Wire)


@dataclass(slots=True)
class Chats:
    """Answers the requests of an editor's own chat."""

    client: Client
    engine: Engine
    configuration: Configuration
    requests: RequestContexts
    status: StatusLine
    actions: Mapping[str, Action]
    sessions: Sessions = field(default_factory=Sessions)
    signed: SignedCalls = field(default_factory=SignedCalls)

    def models(self, raw: object) -> Awaitable[messages.ChatModels]:
        return self._told(messages.ChatModelsParams, raw, self._models)

    def chat(self, raw: object) -> Awaitable[messages.ChatAnswer]:
        return self._told(messages.ChatParams, raw, self._chat)

    def count(self, raw: object) -> Awaitable[messages.TokenCount]:
        return self._told(messages.CountTokensParams, raw, self._count)

    async def _told(self, kind: type[Params], raw: object, answer: Callable[[Params], Coroutine[Any, Any, Any]]) -> Any:
        """The answer, or its error in words that say what to do."""
        try:
            params = kind.read(raw)
        except ValueError as error:
            raise JsonRpcInvalidParams(f"Invalid Params: {error}") from None
        try:
            return await answer(params)
        except CoderouteError as error:
            raise JsonRpcException(message=without_controls(error.user_message), code=REQUEST_FAILED) from error

    # -- which models there are -------------------------------------------------------------------------------------------

    async def _models(self, params: messages.ChatModelsParams) -> messages.ChatModels:
        found: list[messages.ChatModel] = []
        problem = ""
        for floor in FLOORS.values():
            try:
                found.append(self._model(floor, params.uri, self._decided(floor, _usual(), params.uri)))
            except CoderouteError as error:
                problem = problem or without_controls(error.user_message)
        return messages.ChatModels(models=found, problem="" if found else problem)

    def _model(self, floor: ChatFloor, uri: str, decision: Decision) -> messages.ChatModel:
        chosen = decision.chosen
        assert chosen is not None
        able = partial(self._able, floor, uri)
        name, price = chosen.offer.name or chosen.offer.id, chosen.cost.expected_usd
        cost = f"≈ {dollars(price, 2)}" if price else "free"
        said = [f"{floor.says}", f"Now: {name} ({chosen.why}).", f"A question of {USUAL_CHARS:,} characters: {cost}."]
        windows = [(one.offer.context or USUAL_CONTEXT) for one in decision.chain]
        longest = min(CHAT.max_tokens, max(one.offer.max_output or CHAT.max_tokens for one in decision.chain))
        return messages.ChatModel(
            id=floor.id,
            name=f"CodeRoute · {floor.id}",
            detail=without_controls(f"{name} {cost}"),
            tooltip=without_controls(" ".join(said)),
            max_input_tokens=max(max(windows) - longest, 1),
            max_output_tokens=longest,
            tools=able(replace(_usual(), tools=(_TOOL,))),
            images=able(chat_prompt([messages.ChatMessage(role="user", parts=[_PICTURE])], (), self.signed)),
        )

    def _able(self, floor: ChatFloor, uri: str, prompt: Prompt) -> bool:
        """Whether somebody answers this at the floor."""
        try:
            self._decided(floor, prompt, uri)
        except CoderouteError:
            return False
        return True

    def _decided(self, floor: ChatFloor, prompt: Prompt, uri: str) -> Decision:
        """Who would be asked. Raises `CoderouteError` where nobody may be."""
        return RoutedAnswer(self.engine, self.sessions, self._call(floor, prompt, uri)).routed().decision

    # -- how many tokens a text has ---------------------------------------------------------------------------------------

    async def _count(self, params: messages.CountTokensParams) -> messages.TokenCount:
        floor = floor_of(params.model)
        prompt = Prompt(messages=turns(params.messages, self.signed))
        if not prompt.messages:
            return messages.TokenCount(tokens=0)
        decision, _ = self.engine.router.decide(self._call(floor, prompt, params.uri))
        return messages.TokenCount(tokens=decision.chosen.cost.tokens_in if decision.chosen else prompt.chars // 3)

    # -- answers ----------------------------------------------------------------------------------------------------------

    async def _chat(self, params: messages.ChatParams) -> messages.ChatAnswer:
        self.requests.required_running()
        await self.configuration.settled()
        prompt = chat_prompt(params.messages, params.tools, self.signed, required=params.required)
        call = self._call(floor_of(params.model), with_session(prompt), params.uri)
        answer = RoutedAnswer(self.engine, self.sessions, call, self.status.working)
        said, finish = AnswerParts(self.signed), None
        async with aclosing(answer.events()) as events:
            async for event in events:
                if isinstance(event, Finish):
                    finish = event
                elif (part := said.part(event)) is not None:
                    self.client.notify(messages.CHAT_EVENT, messages.ChatEvent(chat=params.chat, part=part))
        said.end()
        chosen, record = answer.chosen, answer.record
        problem = "" if finish is None or finish.reason == "tool_calls" else finish.problem
        return messages.ChatAnswer(
            model=(chosen.offer.name or chosen.offer.id) if chosen else "",
            cost_usd=record.cost_usd if record else None,
            why=chosen.why if chosen else "",
            problem=problem,
        )

    def _call(self, floor: ChatFloor, prompt: Prompt, uri: str) -> EngineCall:
        """The same settings, budget and privacy as for an action in this folder."""
        place = uri or next(iter(self.configuration.folders), "")
        settings = floor.over(self.configuration.settings_for_texts_of_all(uri or _OF_NO_FILE), self.actions)
        folder = path_of(self.configuration.folder_of(place))
        target = Target(Document(uri, "markdown", 0, ("",)), _NOWHERE, folder=folder)
        return EngineCall(CHAT, prompt, target, _NOWHERE, settings)


def _usual() -> Prompt:
    return chat_prompt(
        [messages.ChatMessage(role="user", parts=[messages.ChatPart(kind="text", text="word " * (USUAL_CHARS // 5))])],
        (),
        SignedCalls(),
    )
