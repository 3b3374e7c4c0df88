"""Which models may do an action, and asking one of them from now on, in a folder or everywhere."""

from pathlib import Path

from lsprotocol import types as lsp

from coderoute_ls.domain import Action, Document, Message, Position, Prompt, Span, Target
from coderoute_ls.engine import EngineCall, Router
from coderoute_ls.errors import Unsupported
from coderoute_ls.selection.reasons_in_words import place
from coderoute_ls.server.features.control.user_file import Assignment, write_values
from coderoute_ls.server.features.engine_call import ACTION_PROMPT_CHARS, call_that_fits
from coderoute_ls.server.features.own_prompts.own_actions import OwnActions
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.messages.control_messages import ChooseModelParams, Offers, OfferShown, OffersParams, Written
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.document_uris import path_of
from coderoute_ls.server.session.request_context import RequestContexts
from coderoute_ls.settings import USER_FILE, Effective
from coderoute_ls.settings.layer import PLACE
from coderoute_ls.settings.model_choices import choose_model
from coderoute_ls.storage import Locked

MOST = 200
"""Offers that are listed."""


class ModelChoice:
    """Answers the model picker."""

    def __init__(
        self, requests: RequestContexts, configuration: Configuration, actions: OwnActions, router: Router, config_dir: Path
    ) -> None:
        self._requests = requests
        self._configuration = configuration
        self._actions = actions
        self._router = router
        self._config_dir = config_dir

    def offers(self, params: OffersParams) -> Offers:
        """The offers that clear the floor and every limit, priced for the lines that are meant, else for a usual request."""
        action = self._action(params.action, params.uri)
        settings = self._configuration.settings_for(params.uri)
        call = self._call(action, params, settings)
        found = self._router.suitable(call, MOST)
        decision, _ = self._router.decide(call)
        chosen = decision.chosen.offer.id if decision.chosen else ""
        floor = settings.floor_for(action.id, action.axis, action.min_coding_score)
        model = settings.settings.action(action.id).model
        origin = settings.origins.get(("actions", action.id, "model"))
        return Offers(
            offers=[
                OfferShown(
                    id=each.chosen.offer.id,
                    name=each.chosen.offer.name or each.chosen.offer.id,
                    usd=each.chosen.cost.expected_usd,
                    first_token_s=round(each.first_token_s, 2),
                    score=each.chosen.score.low if each.chosen.score else None,
                    local=each.chosen.offer.local,
                    chosen=each.chosen.offer.id == chosen,
                )
                for each in found
            ],
            floor=floor.value,
            floor_from=place(floor.origin),
            model=model,
            model_from=PLACE[origin] if model and origin else "",
            why_none="" if found else self._router.why_nobody(decision),
        )

    def choose(self, params: ChooseModelParams) -> Written:
        """Ask this model from now on. Raises `Unsupported` where it cannot be written, or something above it says otherwise."""
        action = self._action(params.action, params.uri)
        if action.says:
            raise Unsupported(f"{action.title} is a prompt of your own: pick its model for this time only.")
        folder = path_of(self._configuration.folder_of(params.uri))
        if params.scope == "folder" and not folder:
            raise Unsupported("There is no workspace folder to keep the choice for; open one, or choose the model for always.")
        try:
            if params.scope == "folder":
                choose_model(self._config_dir, folder, action.id, params.offer)
            else:
                write_values(self._config_dir / USER_FILE, Assignment(("actions", action.id), "model", params.offer))
                if folder:  # a narrower choice would hide it
                    choose_model(self._config_dir, folder, action.id, None)
        except (OSError, Locked) as error:
            raise Unsupported(f"The choice cannot be kept in {self._config_dir} ({error}).") from None
        self._configuration.rebuild()
        self._check(action, params)
        where = f"in {Path(folder).name}" if params.scope == "folder" else "everywhere"
        if params.offer is None:
            return Written(text=f"{action.title}: the cheapest model that is good enough answers {where} again.")
        return Written(text=f"{action.title}: {params.offer} answers {where} from now on, while it clears the floor.")

    def _check(self, action: Action, params: ChooseModelParams) -> None:
        settings = self._configuration.settings_for(params.uri)
        holds = settings.settings.action(action.id).model
        if holds != params.offer and holds is not None:
            origin = PLACE[settings.origins[("actions", action.id, "model")]]
            raise Unsupported(f"It is written, but {holds} stays the model of {action.title}: {origin} says so.")

    def _action(self, name: str, uri: str) -> Action:
        action = self._actions.of(uri).get(name)
        if action is None:
            raise Unsupported(f"There is no action {name!r}.")
        return action

    def _call(self, action: Action, params: OffersParams, settings: Effective) -> EngineCall:
        context = self._requests.of(params.uri) if params.range is not None else None
        if context is not None:
            span = context.positions.span_in(context.document.lines, converter().structure(params.range, lsp.Range))
            target = context.target(span)
            region = action.region(target)
            if region is not None:
                return call_that_fits(self._router, action, target, region, settings)
        nowhere = Span(Position(0, 0), Position(0, 0))
        target = Target(Document(params.uri, "", 0, ("",)), nowhere)
        usual = Prompt(messages=(Message("user", "x" * (ACTION_PROMPT_CHARS // 3)),), max_tokens=action.max_tokens)
        return EngineCall(action, usual, target, nowhere, settings)
