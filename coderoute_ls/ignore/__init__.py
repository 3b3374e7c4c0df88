"""What must never be sent or learned: git-ignored and secret files, credential-like lines, key blocks.

Three questions, three answers: `Ignore.allowed` for a path, `secrets_in` and `redact` for a text, `generated` for files
that are not worth reading. The engine asks `secrets_in` once more about every finished prompt.
"""

from coderoute_ls.ignore.file_size_limit import HUGE
from coderoute_ls.ignore.generated_files import generated
from coderoute_ls.ignore.ignored_files import Ignore, secret_file
from coderoute_ls.ignore.secrets.plausible import REDACTED
from coderoute_ls.ignore.secrets.search import find, masked, redact, redact_pieces, secrets_in

__all__ = ["HUGE", "REDACTED", "Ignore", "find", "generated", "masked", "redact", "redact_pieces", "secret_file", "secrets_in"]
