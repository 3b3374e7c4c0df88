"""The file that `experience` keeps, as it is read and written."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coderoute_ls.domain import OfferHealth
from coderoute_ls.providers.error_responses.request_adaptation import Adaptation


class HealthFile(BaseModel):
    """Health by offer id, the times of free-tier calls by vendor, and what endpoints do not take."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    health: dict[str, OfferHealth] = Field(default_factory=dict[str, OfferHealth])
    adaptations: dict[str, tuple[float, Adaptation]] = Field(default_factory=dict[str, tuple[float, Adaptation]])
    free_calls: dict[str, tuple[float, ...]] = Field(default_factory=dict[str, tuple[float, ...]])


def read(content: Mapping[str, object]) -> HealthFile | None:
    """The file's content; None when it does not hold what it should."""
    try:
        return HealthFile.model_validate(content)
    except ValidationError:
        return None
