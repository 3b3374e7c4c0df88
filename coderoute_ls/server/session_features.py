"""What one session can be asked for: each feature, built with what it uses."""

from collections.abc import Callable

from coderoute_ls.server.backend import Backend
from coderoute_ls.server.checks.runner import CheckRunner
from coderoute_ls.server.features.chat.chat_service import ChatService
from coderoute_ls.server.features.code_actions import CodeActions
from coderoute_ls.server.features.commit_message.commit_messages import CommitMessages
from coderoute_ls.server.features.completion_menu import CompletionMenu
from coderoute_ls.server.features.control.control import Control
from coderoute_ls.server.features.control.definition_places import DefinitionPlaces
from coderoute_ls.server.features.edit.apply_edit import EditWriters
from coderoute_ls.server.features.engine_call import EngineCalls
from coderoute_ls.server.features.execute_command import Commands
from coderoute_ls.server.features.follow_up.follow_up_service import FollowUpService
from coderoute_ls.server.features.inline_completion import InlineCompletion
from coderoute_ls.server.features.instruction.instruction_history import InstructionHistory
from coderoute_ls.server.features.instruction.named_context import NamedContexts
from coderoute_ls.server.features.instruction.preview import Previews
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.features.next_edit.copilot_inline_edit import CopilotInlineEdits
from coderoute_ls.server.features.next_edit.next_edit_action import NextEditActions
from coderoute_ls.server.features.next_edit.next_edit_request import NextEditRequests
from coderoute_ls.server.features.next_edit.shared_next_edits import SharedNextEdits
from coderoute_ls.server.features.own_prompts.own_actions import OwnActions
from coderoute_ls.server.features.report.conversations import Conversations
from coderoute_ls.server.features.report.report_job import Reports
from coderoute_ls.server.features.report.virtual_documents import ReportTexts
from coderoute_ls.server.features.review.edit_reviews import EditReviews
from coderoute_ls.server.features.review.review_actions import ReviewActions
from coderoute_ls.server.features.shared_completer import Completions
from coderoute_ls.server.session.session import Session


class Features:
    """What this session can be asked for, each built with what it uses."""

    def __init__(self, session: Session, backend: Backend) -> None:
        engine, client = backend.engine, session.client
        ghost_text = client.can.inline_completion
        completions = Completions(
            session, engine, backend.actions["inline_completion" if ghost_text else "completion"], backend.timing
        )
        next_edits = SharedNextEdits(session, engine, backend.actions["next_edit"], completions)
        writers = EditWriters()
        services = _job_dependencies(session, backend, writers, completions, next_edits)
        self.inline_completion = InlineCompletion(session.requests, completions)
        self.completion_menu = CompletionMenu(
            session.requests, completions, silent=ghost_text, tells_invoked=client.can.ours.completion_invoked
        )
        self.next_edit_requests = NextEditRequests(session.requests, next_edits)
        self.copilot_inline_edits = CopilotInlineEdits(session.requests, next_edits)
        offered = NextEditActions(client.can, next_edits)
        actions = OwnActions(backend.actions, backend.config_dir, client, session.configuration, session.background)
        self.commit_messages = CommitMessages(services, session.requests, backend.actions["commit_message"], session.files.known)
        reviewed = ReviewActions(client.can, services.reviews)
        self.code_actions = CodeActions(
            session.requests, client.can, actions, engine.router, offered, self.commit_messages, reviewed
        )
        self.definitions = DefinitionPlaces(session.requests)
        control = Control(backend, session.requests, session.configuration, session.status, actions)
        self.reports = Reports(services)
        self.follow_ups = FollowUpService(services, session.requests, session.files)
        named = NamedContexts(session.documents, session.files, session.positions)
        self.history = InstructionHistory(backend.state_dir / "instructions.json")
        self.previews = Previews(session.requests, client.can, actions, engine, services.calls, named)
        self.chat = ChatService(client, engine, session.configuration, session.requests, session.status, backend.actions)
        self.commands = Commands(
            backend,
            session.requests,
            session.files,
            services,
            self.reports,
            completions.accepted,
            next_edits,
            actions,
            {
                **control.handlers,
                "coderoute.commitMessage": self.commit_messages.write,
                "coderoute.followUp": self.follow_ups.ask,
            },
            self.history,
            named,
        )
        self.writers, self.next_edits = writers, next_edits
        self._jobs, self._completions = session.jobs, completions
        session.follow(writers, services.reviews, completions, next_edits)

    async def close(self) -> None:
        """End what is asked and written. The writers first: no job is to wait for an editor that is gone."""
        self.writers.close()
        await self._jobs.close()
        await self.next_edits.close()
        await self._completions.close()


def _job_dependencies(
    session: Session, backend: Backend, writers: EditWriters, completions: Completions, next_edits: SharedNextEdits
) -> JobDependencies:
    client = session.client
    return JobDependencies(
        client=client,
        positions=session.positions,
        documents=session.documents,
        configuration=session.configuration,
        status=session.status,
        jobs=session.jobs,
        background=session.background,
        engine=backend.engine,
        calls=EngineCalls(client, session.context.gather, session.files.known),
        writers=writers,
        reviews=EditReviews(client, session.positions, session.configuration, backend.engine.ledger, session.background),
        checks=CheckRunner(client, session.documents, session.configuration, backend.config_dir),
        texts=ReportTexts(),
        conversations=Conversations(),
        suspend=_both(completions.completer.suspend, next_edits.suspend),
        resume=_both(completions.completer.resume, next_edits.resume),
    )


def _both(first: Callable[[str], None], second: Callable[[str], None]) -> Callable[[str], None]:
    def call(uri: str) -> None:
        first(uri)
        second(uri)

    return call
