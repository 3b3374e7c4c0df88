"""Progress of a model file that loads slowly: shown as a job, so that the user can stop it."""

import asyncio

from coderoute_ls.server.session.cancellable_jobs import Jobs, Progress


def show_loading(jobs: Jobs, name: str, loading: "asyncio.Task[object]") -> None:
    """Called on the event loop once loading has taken a second."""

    async def wait(job: str, progress: Progress) -> None:
        del job, progress
        try:
            await asyncio.wait({loading})
        except asyncio.CancelledError:
            loading.cancel()
            raise

    jobs.start(f"Loading {name}", wait)
