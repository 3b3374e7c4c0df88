"""``coderoute.followUp``: a further question goes to the model that answered before while its prompt cache makes that the cheaper
way, and the answer into the same read-only document."""

from collections.abc import Awaitable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from pygls.exceptions import JsonRpcInvalidParams

from coderoute_ls.domain import Delta, Finish, Message, Prompt
from coderoute_ls.engine import Asked, EngineCall
from coderoute_ls.engine.conversation.routed_answer import RoutedAnswer
from coderoute_ls.engine.conversation.session_affinity import Sessions, with_session
from coderoute_ls.errors import CoderouteError, Unsupported
from coderoute_ls.server.features.engine_call import at_floor
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.features.report.conversations import NOWHERE, Conversation, ShownAnswers
from coderoute_ls.server.features.report.report_document import ReportDocument
from coderoute_ls.server.rpc.messages.coderoute_messages import RunStarted
from coderoute_ls.server.rpc.messages.instruction_messages import (
    CONVERSATION,
    ConversationParams,
    ConversationShown,
    FollowUpParams,
)
from coderoute_ls.server.session.cancellable_jobs import Progress, Subject
from coderoute_ls.server.session.file_access import FileAccess
from coderoute_ls.server.session.request_context import IGNORED, RequestContexts
from coderoute_ls.text.invisible_characters import without_controls

MOST_TOKENS = 4_096
USUAL_TOKENS = 350
WORDS = "And why is it done so?"
"""In place of a question that is not written yet."""
_RULES = "I have a question about your last answer. Answer it in Markdown, in a few sentences: this time no code block is needed."


@dataclass(slots=True)
class FollowUps:
    """Asks on, one job for each question."""

    services: JobDependencies
    requests: RequestContexts
    files: FileAccess
    sessions: Sessions = field(default_factory=Sessions)

    # -- before it is asked -------------------------------------------------------------------------------------------------

    def look(self, raw: object) -> Awaitable[ConversationShown]:
        """Answers ``coderoute/conversation``."""
        try:
            params = ConversationParams.read(raw)
        except ValueError as error:
            raise JsonRpcInvalidParams(f"Invalid Params: {CONVERSATION}: {error}") from None
        return self._look(params)

    async def _look(self, params: ConversationParams) -> ConversationShown:
        try:
            conversation = await self._conversation(params.job)
            chosen = self._answer(conversation, self._prompt(conversation, WORDS)).routed().decision.chosen
        except CoderouteError as error:
            return ConversationShown(problem=without_controls(error.user_message))
        assert chosen is not None
        return ConversationShown(
            job=conversation.job,
            title=conversation.title,
            model=without_controls(chosen.offer.name or chosen.offer.id),
            cost_usd=chosen.cost.expected_usd,
            why=without_controls(chosen.why),
        )

    # -- the question -------------------------------------------------------------------------------------------------------

    def ask(self, params: FollowUpParams) -> RunStarted:
        """Start the job. Raises `Unsupported` where there is nothing to ask about, or nothing asked."""
        question = params.question.strip()
        if not question:
            raise Unsupported("Say what you want to know.")
        conversation = self._kept(params.job)

        async def work(job: str, progress: Progress) -> None:
            await self._run(conversation, question, job, progress)

        return self.services.jobs.start("Follow-up", work, Subject(conversation.action.id, conversation.target.document.uri))

    async def _run(self, conversation: Conversation, question: str, job: str, progress: Progress) -> None:
        subject = Subject(conversation.action.id, conversation.target.document.uri)
        with self.services.jobs.telling(job, subject) as ending:
            await self.services.configuration.settled()
            conversation = await self._conversation(conversation.job)
            prompt = self._prompt(conversation, question)
            answer = self._answer(conversation, prompt, progress)
            answer.routed()  # what is refused is refused before the question stands in the document
            report = conversation.report
            if report is None:
                report = ReportDocument(self.services, conversation.title, conversation.target, conversation.job)
            report.ask_on(question)
            await self._show(answer, report)
            if (record := answer.record) is not None:
                self.services.conversations.keep(conversation.answered(prompt, report.answer, record, report))
                ending.model = answer.chosen.offer.name if answer.chosen else ""
                ending.cost_usd = record.cost_usd

    async def _show(self, answer: RoutedAnswer, report: ShownAnswers) -> None:
        async with aclosing(answer.events()) as events:
            async for event in events:
                if isinstance(event, Delta):
                    await report.feed(event.text)
                elif isinstance(event, Finish):
                    report.problem = event.problem
        await report.finish(answer.record)

    # -- what it is made of ---------------------------------------------------------------------------------------------------

    def _kept(self, job: str) -> Conversation:
        conversation = self.services.conversations.get(job)
        if conversation is None:
            raise Unsupported("There is no answer to ask about yet: explain or edit something first.")
        self.requests.required_running()
        return conversation

    async def _conversation(self, job: str) -> Conversation:
        """It, where its file may still be sent."""
        conversation = self._kept(job)
        if not await self.files.known(conversation.target.document.rules_path):
            raise Unsupported(IGNORED)
        return conversation

    def _prompt(self, conversation: Conversation, question: str) -> Prompt:
        said = Message("user", f"{_RULES}\n\n{question}")
        prompt = replace(conversation.prompt, messages=(*conversation.prompt.messages, said), max_tokens=MOST_TOKENS)
        return with_session(replace(prompt, session="", cacheable_chars=0, parts=()))

    def _answer(self, conversation: Conversation, prompt: Prompt, progress: Progress | None = None) -> RoutedAnswer:
        action, target = conversation.action, conversation.target
        asked = replace(action, surface="report", median_output=USUAL_TOKENS, answer_per_region=0.0, max_tokens=MOST_TOKENS)
        settings = at_floor(self.services.configuration.settings_for(target.document.uri), action, target.floor)
        engine, record = self.services.engine, conversation.record
        if record.answered is not None:
            self.sessions.answered(prompt.session, record.answered.offer.id)
            engine.router.feedback.cached(prompt.session, record.answered.offer, record.started)
        call = EngineCall(asked, prompt, target, NOWHERE, settings)

        def told(event: Asked) -> None:
            self.services.status.working(event)
            if progress is not None:
                progress.report(event.chosen.offer.name)

        return RoutedAnswer(engine, self.sessions, call, told)
