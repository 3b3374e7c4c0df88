"""Every word for an end that the vendors' own SDKs publish (data): read from their packages, and what each has to mean here.

A vendor that adds a word publishes it there first; until somebody has read what it means, it is ``other``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from coderoute_ls.domain import FinishReason


@dataclass(frozen=True)
class Enum:
    """One enumeration of one SDK."""

    source: str
    """Package, version and the name of the enumeration in it."""
    dialect: str
    words: Mapping[str, FinishReason]


_CHAT: Mapping[str, FinishReason] = {
    "stop": "stop", "length": "length", "tool_calls": "tool_calls", "content_filter": "filtered", "function_call": "tool_calls",
}  # fmt: skip

ENUMS: tuple[Enum, ...] = (
    Enum("openai 3.57.0 types.chat.ChatCompletionChunk.Choice.finish_reason", "openai-chat", _CHAT),
    Enum(
        "openai 3.57.0 types.CompletionChoice.finish_reason", "openai-completions",
        {"stop": "stop", "length": "length", "content_filter": "filtered"},
    ),
    Enum(
        "openai 3.57.0 types.responses.ResponseStatus, IncompleteDetails.reason", "openai-responses",
        {
            "completed": "stop", "failed": "error", "in_progress": "other", "cancelled": "other", "queued": "other",
            "incomplete": "other", "incomplete:max_output_tokens": "length", "incomplete:content_filter": "filtered",
            "incomplete:max_messages": "other", "incomplete:steered": "other",
        },
    ),
    Enum(
        "anthropic 2.14.0 types.StopReason, types.beta.BetaStopReason", "anthropic-messages",
        {
            "end_turn": "stop", "max_tokens": "length", "stop_sequence": "stop", "tool_use": "tool_calls", "pause_turn": "paused",
            "compaction": "other", "refusal": "refused", "model_context_window_exceeded": "length",
        },
    ),
    Enum(
        "google-genai 3.6.1 types.FinishReason", "gemini",
        {
            "FINISH_REASON_UNSPECIFIED": "other", "STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "filtered",
            "RECITATION": "filtered", "LANGUAGE": "filtered", "OTHER": "error", "BLOCKLIST": "filtered",
            "PROHIBITED_CONTENT": "filtered", "SPII": "filtered", "MALFORMED_FUNCTION_CALL": "error", "IMAGE_SAFETY": "other",
            "IMAGE_PROHIBITED_CONTENT": "other", "IMAGE_OTHER": "other", "NO_IMAGE": "other", "IMAGE_RECITATION": "other",
            "UNEXPECTED_TOOL_CALL": "error", "TOO_MANY_TOOL_CALLS": "error", "MISSING_THOUGHT_SIGNATURE": "error",
            "MALFORMED_RESPONSE": "error", "ESCALATION": "other", "PUP_LIMITED_DISABLED": "other", "CONTINUATION": "other",
            "MODEL_ARMOR": "filtered",
        },
    ),
    Enum(
        "mistralai 3.7.0 models.ChatCompletionChoiceFinishReason", "openai-chat",
        {"stop": "stop", "length": "length", "model_length": "length", "error": "error", "tool_calls": "tool_calls"},
    ),
    Enum(
        "mistralai 3.7.0 models.CompletionResponseStreamChoiceFinishReason", "mistral-fim",
        {"stop": "stop", "length": "length", "error": "error", "tool_calls": "tool_calls"},
    ),
    Enum(
        "cohere 7.3.1 types.FinishReason, ChatFinishReason, ChatStreamEndEventFinishReason", "cohere-v2",
        {
            "COMPLETE": "stop", "STOP_SEQUENCE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool_calls", "ERROR": "error",
            "ERROR_TOXIC": "filtered", "ERROR_LIMIT": "length", "USER_CANCEL": "other", "TIMEOUT": "error",
        },
    ),
    Enum(
        "ollama llm/server.go DoneReason; api docs", "ollama",
        {"stop": "stop", "length": "length", "load": "other", "unload": "other"},
    ),
    Enum(
        "groq 1.7.0 types.chat.chat_completion.Choice.finish_reason", "openai-chat",
        {"stop": "stop", "length": "length", "tool_calls": "tool_calls", "function_call": "tool_calls"},
    ),
    Enum(
        "together 3.1.1 types.chat.ChatCompletionChunk.finish_reason", "openai-chat",
        {"stop": "stop", "eos": "stop", "length": "length", "tool_calls": "tool_calls", "function_call": "tool_calls"},
    ),
    Enum(
        "cerebras_cloud_sdk 1.91.0 types.chat.ChatCompletion finish_reason", "openai-chat",
        {"stop": "stop", "length": "length", "content_filter": "filtered", "tool_calls": "tool_calls"},
    ),
    Enum("openrouter 1.3.84 components.ChatFinishReasonEnum", "openai-chat", {**_CHAT, "error": "error"}),
    Enum(
        "openrouter 1.3.84 components.ORAnthropicStopReason", "anthropic-messages",
        {"end_turn": "stop", "pause_turn": "paused", "compaction": "other"},
    ),
    Enum(
        "huggingface_hub 2.4.0 TextGenerationOutputFinishReason", "openai-completions",
        {"length": "length", "eos_token": "stop", "stop_sequence": "stop"},
    ),
    Enum("azure_ai_inference 1.0.0b9 models.CompletionsFinishReason", "openai-chat", _CHAT),
    Enum("perplexityai 0.46.1 types.Choice.finish_reason", "openai-chat", {"stop": "stop", "length": "length"}),
    Enum(
        "writer_sdk 3.0.0 types.ChatCompletionChoice.finish_reason", "openai-chat",
        {"stop": "stop", "length": "length", "content_filter": "filtered", "tool_calls": "tool_calls"},
    ),
    Enum(
        "botocore 1.44.8 bedrock-runtime StopReason", "bedrock-converse",
        {
            "end_turn": "stop", "tool_use": "tool_calls", "max_tokens": "length", "stop_sequence": "stop",
            "guardrail_intervened": "filtered", "content_filtered": "filtered", "malformed_model_output": "error",
            "malformed_tool_use": "error", "model_context_window_exceeded": "length",
        },
    ),
    Enum(
        "llama.cpp tools/server stop_type", "llamacpp-infill",
        {"eos": "stop", "word": "stop", "limit": "length", "none": "other"},
    ),
    Enum(
        "DeepSeek, Z.ai, vLLM, xAI: their API pages", "openai-chat",
        {
            "insufficient_system_resource": "error", "network_error": "error", "sensitive": "other", "abort": "error",
            "model_context_window_exceeded": "other", "cancelled": "other", "max_length": "other", "token_limit": "other",
            "REASON_INVALID": "other", "REASON_MAX_LEN": "other", "REASON_TIME_LIMIT": "other", "REASON_MAX_CONTEXT": "other",
        },
    ),
)  # fmt: skip

BLOCKED: tuple[str, ...] = (
    "BLOCKED_REASON_UNSPECIFIED", "SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "MODEL_ARMOR",
    "JAILBREAK",
)  # fmt: skip
"""google-genai 3.6.1 types.BlockedReason: the prompt was not answered at all."""
