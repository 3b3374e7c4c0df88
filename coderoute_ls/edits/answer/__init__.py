"""From a model's answer to the text of a region: what may be written, and why the rest may not. Pure, each step a file."""

from coderoute_ls.edits.answer.answer_fitting import Fit, as_it_is, fit
from coderoute_ls.edits.answer.target_region import Place

__all__ = ["Fit", "Place", "as_it_is", "fit"]
