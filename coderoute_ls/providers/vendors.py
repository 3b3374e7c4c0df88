"""Who can be asked: one row of data per vendor. A vendor that speaks a known dialect is a row, never a file.

The user's own settings change a row or add one (`configured`); nothing here knows a key, only the names of its variables.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from coderoute_ls.errors import ConfigurationError

EffortStyle = Literal["reasoning_effort", "reasoning", "thinking", "enable_thinking", "template", "none"]
"""How an openai-chat vendor takes a reasoning effort: OpenAI's word, OpenRouter's object, a ``thinking`` switch (DeepSeek, Z.ai,
Moonshot), Qwen's boolean, the same inside vLLM's chat template arguments, or not at all."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor. ``base_url`` may hold ``{VARIABLE}`` of the environment; it is "" where only the user can know it."""

    id: str
    name: str
    dialect: str
    base_url: str
    key_env: tuple[str, ...] = ()
    """Environment variables that may hold the key; the first one is named in messages. Empty: no key is needed."""
    endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    """Base URLs of dialects that live elsewhere than ``base_url``."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    auth: tuple[str, str] | None = None
    """Header and prefix of the key where they differ from the dialect's."""
    effort: EffortStyle = "reasoning_effort"
    max_tokens_field: str = "max_tokens"
    session_field: str = ""
    """Body field that takes `Prompt.session`, so that a cached prefix is found again; a name with ``-`` is a header."""
    include_usage: bool = True
    """Takes ``stream_options``; others send usage unasked, or refuse unknown fields."""
    empty_suffix: str = ""
    """What stands for "nothing follows" where an empty suffix is refused."""
    local: bool = False
    """Runs on the user's own machine or network."""
    timeout_s: float | None = None
    """Seconds to wait for the first byte; None is the house's default."""
    broker: bool = False
    """Passes each request on to a vendor of its choosing, and is told what that one may do with it (OpenRouter)."""
    model_path: str = ""
    """A model file, served by a child of ours while it is asked; ``base_url`` is "" but for that time."""

    @property
    def key_name(self) -> str:
        """What messages call the key; "" where none is needed."""
        return self.key_env[0] if self.key_env else ""

    def url(self, dialect: str) -> str:
        """Base URL for this dialect, without a final slash."""
        return self.endpoints.get(dialect, self.base_url).rstrip("/")


def _openai(id_: str, name: str, base_url: str, key: str, **more: Any) -> Vendor:
    return replace(Vendor(id_, name, "openai-chat", base_url, (key,)), **more)


_ROWS: tuple[Vendor, ...] = (
    _openai(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        "OPENROUTER_API_KEY",
        headers={"X-Title": "coderoute-ls"},
        effort="reasoning",
        session_field="session_id",
        broker=True,
    ),
    Vendor(
        "openai",
        "OpenAI",
        "openai-responses",
        "https://api.openai.com/v1",
        ("OPENAI_API_KEY",),
        max_tokens_field="max_completion_tokens",
        session_field="prompt_cache_key",
    ),
    Vendor("anthropic", "Anthropic", "anthropic-messages", "https://api.anthropic.com/v1", ("ANTHROPIC_API_KEY",)),
    Vendor(
        "google",
        "Google",
        "gemini",
        "https://generativelanguage.googleapis.com/v1beta",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        endpoints={"openai-chat": "https://generativelanguage.googleapis.com/v1beta/openai"},
    ),
    _openai("mistral", "Mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY", include_usage=False),
    _openai("codestral", "Codestral", "https://codestral.mistral.ai/v1", "CODESTRAL_API_KEY", include_usage=False),
    _openai(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com",
        "DEEPSEEK_API_KEY",
        endpoints={
            "openai-completions": "https://api.deepseek.com/beta",
            "anthropic-messages": "https://api.deepseek.com/anthropic/v1",
        },
        effort="thinking",
    ),
    Vendor("xai", "xAI", "openai-responses", "https://api.x.ai/v1", ("XAI_API_KEY",), session_field="x-grok-conv-id"),
    _openai("groq", "Groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY", max_tokens_field="max_completion_tokens"),
    _openai("cerebras", "Cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", max_tokens_field="max_completion_tokens"),
    _openai("together", "Together AI", "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    _openai("fireworks", "Fireworks AI", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
    _openai("deepinfra", "DeepInfra", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY"),
    _openai("novita", "Novita AI", "https://api.novita.ai/openai", "NOVITA_API_KEY", effort="enable_thinking"),
    _openai("siliconflow", "SiliconFlow", "https://api.siliconflow.com/v1", "SILICONFLOW_API_KEY", effort="enable_thinking"),
    _openai("nebius", "Nebius Token Factory", "https://api.tokenfactory.nebius.com/v1", "NEBIUS_API_KEY"),
    _openai("baseten", "Baseten", "https://inference.baseten.co/v1", "BASETEN_API_KEY"),
    _openai("moonshot", "Moonshot AI", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", effort="thinking"),
    _openai("zai", "Z.AI", "https://api.z.ai/api/paas/v4", "ZAI_API_KEY", effort="thinking"),
    _openai(
        "alibaba",
        "Alibaba Cloud",
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        "DASHSCOPE_API_KEY",
        effort="enable_thinking",
    ),
    Vendor("minimax", "MiniMax", "anthropic-messages", "https://api.minimax.io/anthropic/v1", ("MINIMAX_API_KEY",)),
    Vendor("cohere", "Cohere", "cohere-v2", "https://api.cohere.com/v2", ("COHERE_API_KEY",)),
    _openai("perplexity", "Perplexity", "https://api.perplexity.ai", "PERPLEXITY_API_KEY"),
    _openai("inception", "Inception", "https://api.inceptionlabs.ai/v1", "INCEPTION_API_KEY", empty_suffix="<|endoftext|>"),
    _openai("github-models", "GitHub Models", "https://models.github.ai/inference", "GITHUB_TOKEN"),
    _openai(
        "azure",
        "Azure OpenAI",
        "{AZURE_OPENAI_ENDPOINT}/openai/v1",
        "AZURE_OPENAI_API_KEY",
        auth=("api-key", ""),
        max_tokens_field="max_completion_tokens",
        session_field="prompt_cache_key",
    ),
    _openai(
        "bedrock",
        "Amazon Bedrock",
        "https://bedrock-runtime.{AWS_REGION}.amazonaws.com/openai/v1",
        "AWS_BEARER_TOKEN_BEDROCK",
    ),
    # Servers on the user's own machine: found by asking these ports (discovery.py).
    Vendor(
        "ollama",
        "Ollama",
        "ollama",
        "http://127.0.0.1:11434",
        endpoints={"openai-chat": "http://127.0.0.1:11434/v1", "openai-completions": "http://127.0.0.1:11434/v1"},
        local=True,
    ),
    Vendor("lmstudio", "LM Studio", "openai-chat", "http://127.0.0.1:1234/v1", local=True),
    Vendor(
        "llamacpp",
        "llama.cpp",
        "openai-chat",
        "http://127.0.0.1:8080/v1",
        endpoints={"llamacpp-infill": "http://127.0.0.1:8080"},
        effort="template",
        local=True,
    ),
    Vendor("vllm", "vLLM", "openai-chat", "http://127.0.0.1:8000/v1", effort="template", local=True),
)

_FILE = Vendor("", "", "openai-chat", "", effort="template", local=True, timeout_s=300.0)
"""A model file. On a processor without help it may read a long prompt for minutes before it says anything."""

VENDORS: Mapping[str, Vendor] = {row.id: row for row in _ROWS}
"""Every vendor known by name."""


class Override(Protocol):
    """What the user may say about a vendor: ``providers.<id>`` of the settings, None where nothing was said."""

    @property
    def dialect(self) -> str | None: ...
    @property
    def base_url(self) -> str | None: ...
    @property
    def key_env(self) -> str | None: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def timeout_s(self) -> float | None: ...
    @property
    def local(self) -> bool | None: ...
    @property
    def enable(self) -> bool: ...
    @property
    def model_path(self) -> str | None: ...


def configured(overrides: Mapping[str, Override], environ: Mapping[str, str]) -> Mapping[str, Vendor]:
    """All vendors as the user wants them: disabled ones dropped, own ones added, variables in base URLs filled in (a vendor whose
    variable is missing has the base URL ""). Raises ConfigurationError for an own vendor without a base URL or dialect, and for
    a model file that has a base URL.
    """
    rows = dict(VENDORS)
    for id_, override in overrides.items():
        if override.enable:
            rows[id_] = _override(id_, rows.get(id_), override)
        else:
            rows.pop(id_, None)
    return {id_: replace(row, base_url=_fill(row.base_url, environ)) for id_, row in rows.items()}


def _override(id_: str, row: Vendor | None, said: Override) -> Vendor:
    if said.model_path:
        if said.base_url:
            raise ConfigurationError(f"The provider {id_!r} is either a model_path or a base_url: take one of them out.")
        return replace(_FILE, id=id_, name=id_, model_path=said.model_path, timeout_s=said.timeout_s or _FILE.timeout_s)
    if row is None:
        if not said.base_url or not said.dialect:
            raise ConfigurationError(f"The provider {id_!r} is not known by name: give it a base_url and a dialect.")
        row = Vendor(id_, id_, said.dialect, said.base_url)
    return replace(
        row,
        dialect=said.dialect or row.dialect,
        base_url=said.base_url or row.base_url,
        # the vendor's usual key stays at home
        endpoints=_moved(row, said.base_url) if said.base_url else row.endpoints,
        key_env=(said.key_env,) if said.key_env else () if said.base_url and _leaves_home(row, said.base_url) else row.key_env,
        headers={**row.headers, **said.headers},
        timeout_s=said.timeout_s if said.timeout_s is not None else row.timeout_s,
        local=said.local if said.local is not None else row.local,
    )


def _moved(row: Vendor, base_url: str) -> Mapping[str, str]:
    """Where the other dialects live now: a local server has the same paths on any port; elsewhere nothing is known."""
    if not row.local:
        return {}
    parts = urlsplit(base_url)
    return {dialect: f"{parts.scheme}://{parts.netloc}{urlsplit(url).path}" for dialect, url in row.endpoints.items()}


def _leaves_home(row: Vendor, base_url: str) -> bool:
    """The new address is another host than the vendor's own, so the vendor's key must not go there unasked."""
    return bool(row.base_url) and "{" not in row.base_url and urlsplit(row.base_url).hostname != urlsplit(base_url).hostname


def variables(vendor_id: str) -> tuple[str, ...]:
    """Environment variables that this vendor's own address is made of."""
    row = VENDORS.get(vendor_id)
    return _names(row.base_url) if row is not None else ()


def _names(base_url: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\{(\w+)\}", base_url))


def _fill(base_url: str, environ: Mapping[str, str]) -> str:
    names = _names(base_url)
    if any(not environ.get(name) for name in names):
        return ""
    return base_url.format(**{name: environ[name].rstrip("/") for name in names})
