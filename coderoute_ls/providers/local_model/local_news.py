"""What answers and failures tell about the servers on this machine: that another model answers there now, that one went away."""

from collections.abc import Callable
from dataclasses import dataclass

from coderoute_ls.domain import Offer


@dataclass(slots=True)
class LocalNews:
    """Who hears of it. Called on the event loop, often: both have to be cheap."""

    answered: Callable[[Offer, str], None] = lambda offer, model: None
    """This offer's answer was written by this model, in the server's words; "" where it did not say."""
    failed: Callable[[Offer], None] = lambda offer: None
    """The server broke off, refused the connection, or does not know the model any more."""
