"""All known vendors: one row of data for each, with everything that is known of it. A vendor that speaks a known dialect is a
row, never a file. Selection reads prices, promises and times from it, providers the address and the accent.

Nothing here knows a key, only the names of its variables. The user's own settings change a row or add one (`providers.vendors`).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from coderoute_ls.domain.local_server_table import LOCAL_SERVERS
from coderoute_ls.domain.vendor import Fees, FreeTier, Promises, Vendor


def _openai(id_: str, name: str, base_url: str, key: str, **more: Any) -> Vendor:
    return replace(Vendor(id_, name, "openai-chat", base_url, (key,)), **more)


_VERTEX = (
    "https://{GOOGLE_CLOUD_LOCATION|CLOUD_ML_REGION}-aiplatform.googleapis.com"
    "/v1/projects/{GOOGLE_CLOUD_PROJECT|ANTHROPIC_VERTEX_PROJECT_ID}/locations/{GOOGLE_CLOUD_LOCATION|CLOUD_ML_REGION}"
)

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
        # Kept per request, by the fields ``provider.data_collection`` and ``provider.zdr`` that our requests carry.
        promises=Promises(("no_training", "zdr"), "https://openrouter.ai/docs/features/zdr"),
        # openrouter.ai/pricing, openrouter.ai/announcements/1-million-free-byok-requests-per-month, November 2026
        fees=Fees(top_up_share=0.055, top_up_minimum_usd=0.80, own_key_share=0.05, own_key_free_requests=1_000_000),
        # openrouter.ai/docs/api-reference/limits: 1,000 a day once ten dollars were ever bought
        free_tier=FreeTier(per_minute=20, per_day=50, per_day_after_purchase=1000),
        first_token_s=1.2,
    ),
    Vendor(
        "openai",
        "OpenAI",
        "openai-responses",
        "https://api.openai.com/v1",
        ("OPENAI_API_KEY",),
        max_tokens_field="max_completion_tokens",
        session_field="prompt_cache_key",
        promises=Promises(("no_training",), "https://developers.openai.com/docs/guides/your-data"),
    ),
    Vendor(
        "anthropic",
        "Anthropic",
        "anthropic-messages",
        "https://api.anthropic.com/v1",
        ("ANTHROPIC_API_KEY",),
        thinks_unasked=False,
        promises=Promises(
            ("no_training",), "https://support.anthropic.com/en/articles/7996868-is-my-data-used-for-model-training"
        ),
    ),
    Vendor(
        "google",
        "Google",
        "gemini",
        "https://generativelanguage.googleapis.com/v1beta",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        endpoints={"openai-chat": "https://generativelanguage.googleapis.com/v1beta/openai"},
        cache_s=180.0,
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
        effort="thinking_and_effort",
        cache_s=3600.0,
    ),
    Vendor("xai", "xAI", "openai-responses", "https://api.x.ai/v1", ("XAI_API_KEY",), session_field="x-grok-conv-id"),
    _openai(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        "GROQ_API_KEY",
        max_tokens_field="max_completion_tokens",
        first_token_s=0.4,
        tokens_per_s=400.0,
    ),
    _openai(
        "cerebras",
        "Cerebras",
        "https://api.cerebras.ai/v1",
        "CEREBRAS_API_KEY",
        max_tokens_field="max_completion_tokens",
        first_token_s=0.4,
        tokens_per_s=1000.0,
    ),
    _openai("together", "Together AI", "https://api.together.xyz/v1", "TOGETHER_API_KEY", listed_as="togetherai"),
    _openai(
        "fireworks",
        "Fireworks AI",
        "https://api.fireworks.ai/inference/v1",
        "FIREWORKS_API_KEY",
        promises=Promises(("no_training", "zdr"), "https://docs.fireworks.ai/guides/security_compliance/data_handling"),
        listed_as="fireworks-ai",
    ),
    _openai(
        "deepinfra",
        "DeepInfra",
        "https://api.deepinfra.com/v1/openai",
        "DEEPINFRA_API_KEY",
        promises=Promises(
            ("no_training", "zdr"), "https://docs.deepinfra.com/account/data-privacy", except_models=("google/", "anthropic/")
        ),
    ),
    _openai(
        "novita", "Novita AI", "https://api.novita.ai/openai", "NOVITA_API_KEY", effort="enable_thinking", listed_as="novita-ai"
    ),
    _openai("siliconflow", "SiliconFlow", "https://api.siliconflow.com/v1", "SILICONFLOW_API_KEY", effort="enable_thinking"),
    _openai("nebius", "Nebius Token Factory", "https://api.tokenfactory.nebius.com/v1", "NEBIUS_API_KEY"),
    _openai("baseten", "Baseten", "https://inference.baseten.co/v1", "BASETEN_API_KEY"),
    _openai(
        "moonshot", "Moonshot AI", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", effort="thinking", listed_as="moonshotai"
    ),
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
    _openai(
        "inception",
        "Inception",
        "https://api.inceptionlabs.ai/v1",
        "INCEPTION_API_KEY",
        empty_suffix="<|endoftext|>",
        tokens_per_s=600.0,
    ),
    _openai(
        "azure",
        "Azure OpenAI",
        "{AZURE_OPENAI_ENDPOINT}/openai/v1",
        "AZURE_OPENAI_API_KEY",
        auth=("api-key", ""),
        max_tokens_field="max_completion_tokens",
        session_field="prompt_cache_key",
    ),
    Vendor(
        "bedrock",
        "Amazon Bedrock",
        "bedrock-converse",
        "https://bedrock-runtime.{AWS_REGION|AWS_DEFAULT_REGION}.amazonaws.com",
        ("AWS_BEARER_TOKEN_BEDROCK",),
        endpoints={"openai-chat": "https://bedrock-runtime.{AWS_REGION|AWS_DEFAULT_REGION}.amazonaws.com/openai/v1"},
        signs="aws",
        serves_makers=True,
    ),
    Vendor(
        "vertex",
        "Google Vertex AI",
        "gemini",
        f"{_VERTEX}/publishers/google",
        endpoints={
            "vertex-anthropic": f"{_VERTEX}/publishers/anthropic",
            "openai-chat": f"{_VERTEX}/endpoints/openapi",
        },
        signs="google",
        thinks_unasked=False,
        by_model={"claude": "vertex-anthropic", ".*/": "openai-chat"},
        serves_makers=True,
        cache_s=180.0,
    ),
    *LOCAL_SERVERS,
)

VENDORS: Mapping[str, Vendor] = {row.id: row for row in _ROWS}
"""Every vendor known by name."""

RETIRED: Mapping[str, str] = {"github-models": "GitHub Models was retired on 2026-07-30"}
"""Vendors that had a row once, and what became of them."""

UNKNOWN = Vendor("", "", "", "")
"""What holds for a vendor that has no row."""
