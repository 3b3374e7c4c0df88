"""The difference that an edit makes, as a text: for editors that have no view of their own for it."""

from coderoute_ls.domain import Target
from coderoute_ls.domain.documents import Position, Span
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.features.report.report_document import show_text
from coderoute_ls.server.features.review.held_review import HeldReview, diff_of


async def show_difference(services: JobDependencies, held: HeldReview) -> None:
    target = Target(held.review.document, Span(Position(0, 0), Position(0, 0)))
    await show_text(services, f"{held.title}: the difference", diff_of(held), target, f"{held.job}-diff")
