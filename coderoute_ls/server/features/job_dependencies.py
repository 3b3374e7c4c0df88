"""What the jobs of a session use."""

from collections.abc import Callable
from dataclasses import dataclass

from coderoute_ls.engine import Engine
from coderoute_ls.server.checks.runner import CheckRunner
from coderoute_ls.server.features.edit.apply_edit import EditWriters
from coderoute_ls.server.features.engine_call import EngineCalls
from coderoute_ls.server.features.report.conversations import Conversations
from coderoute_ls.server.features.report.virtual_documents import ReportTexts
from coderoute_ls.server.features.review.edit_reviews import EditReviews
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.rpc.positions import PositionConverter
from coderoute_ls.server.session.background_tasks import Background
from coderoute_ls.server.session.cancellable_jobs import Jobs
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.documents import Documents
from coderoute_ls.server.session.status_line import StatusLine


@dataclass(frozen=True, slots=True)
class JobDependencies:
    """One set for all jobs that ask a model: the editor, its documents and settings, and which offer to ask."""

    client: Client
    positions: PositionConverter
    documents: Documents
    configuration: Configuration
    status: StatusLine
    jobs: Jobs
    background: Background
    engine: Engine
    calls: EngineCalls
    writers: EditWriters
    reviews: EditReviews
    checks: CheckRunner
    texts: ReportTexts
    conversations: Conversations
    suspend: Callable[[str], None]
    """No ghost text in this document while an action writes there."""
    resume: Callable[[str], None]
