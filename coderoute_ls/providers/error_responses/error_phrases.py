"""The words by which vendors' error responses are told apart (data), all in lower case; those of too long prompts are in
`context_length_exceeded`.

Sources: the vendors' documentation and SDKs, recorded exchanges, and issues of tools that talk to them. A pattern is a family of
sentences, not one sentence: numbers and names vary.
"""

import re

from coderoute_ls.text.lazy_regex import LatePattern


def _any(*patterns: str) -> LatePattern:
    return LatePattern("|".join(patterns), re.DOTALL)


_MAX_TOKENS = r"['\"`]?(?:max_?(?:completion_|output_|new_)?tokens|maxoutputtokens|max_gen_len|num_predict|n_predict)['\"`]?"

LIMIT_TOO_LARGE = _any(
    rf"(?<!\+ )(?<!\+ `)(?<!plus )(?<!length and )(?<!length and `){_MAX_TOKENS}(?: or {_MAX_TOKENS})?(?:\s*\(\d+\))?"
    r"[\s:]*(?:value of|value|parameter|of|is|are|=)?[\s:\d]*"
    r"(?:(?:is )?too (?:large|high|big)|must be (?:less|at most|<|between|in|lower|smaller|no )"
    r"|cannot (?:exceed|be (?:greater|larger|more))"
    r"|(?:should|must|can) (?:not )?(?:exceed|be)\b(?! at least)|exceeds?\b|is limited|> \d+"
    r"|is (?:greater|larger|more|higher) than"
    r"|(?:value )?above"
    r"|\d+ but the supported range|may not)",
    rf"(?:invalid|range of) {_MAX_TOKENS}|{_MAX_TOKENS} value, the valid range|maximum tokens you requested exceeds",
    rf"maximum (?:allowed )?(?:value|number of output tokens)[^.;]{{0,40}}{_MAX_TOKENS}"
    rf"|supports at most \d+ (?:completion|output) tokens",
    rf"{_MAX_TOKENS}[:\s]*input should be less than|input should be less than\b.{{0,80}}{_MAX_TOKENS}",
    rf"\bmax(?:imum)? output (?:tokens? )?(?:is|of) \d|only supports? (?:a |an )?{_MAX_TOKENS} (?:of|up to) \d",
    r"requested generation length \d+ is not possible|length of max output tokens",
)
"""The limit on the answer is higher than the model's own."""

FEWER_TOKENS = _any(
    r"(?:fewer|lower|reduce|smaller)[^.;]{0,12}max_?tokens|can only afford|weight_exceeds_budget|in.?flight.?budget"
    r"|would cost more|tokens limit exceeded: \d+ > \d+"
)
"""The money does not cover this one request."""

NOTHING_LEFT = _any(r"can only afford (?:0\b|-\d)")
"""The money covers no request at all, though the same sentence asks for a shorter one."""

NO_CREDIT = _any(
    r"insufficient.?(?:quota|balance|credit|fund)|credit balance|\bcredits?\b.{0,30}(?:exhaust|deplet|exceed|or licen)",
    r"key limit exceeded|(?:no|more|enough|out of|any|insufficient) credits(?! (?:were|are|have|will)\b)"
    r"|exceeded.(?:your.)?current.quota|calls / month",
    r"monthly (?:limit|quota|spend)|payment.required|arrearage|overdue|spend(?:ing)?.limit"
    r"|balance (?:is )?(?:not enough|too low|insufficient)|余额不足|欠费",
    r"valid (?:credit card|payment method)|specified api usage limits|account\b.{0,40}\bsuspended",
    r"billing_(?:hard_limit|not_active|error)|budget limit exceeded"
    r"|openrouter_(?:key_limit|credits|guardrail_budget|workspace_budget)",
)

BAD_KEY = _any(
    r"(?:api|access|subscription|auth\w*|secret|bearer)[ _-]?(?:key|token)s?\b|api_key_invalid|invalid_api_key"
    r"|\b(?:this|your|the) key\b",
    r"authenticat|unauthori[sz]ed|credentials?\b|security token|\btoken\b.{0,20}(?:invalid|expired|revoked)"
    r"|invalid (?:key|token)",
    r"signature (?:we calculated|does not match)|missing scopes|insufficient permissions for this operation|invalidclienttokenid",
    r"令牌|密钥",
)
"""Words about the key; nothing else stops a whole vendor."""

FLAGGED = _any(
    r"\b(?:input|prompt|content|message|request|response)s?\b[^.]{0,60}\bflagged\b|content exists risk|considered high risk"
)
"""The content is refused, whatever else is named beside it."""

ACCOUNT_CLOSED = _any(r"(?:organi[sz]ation|account)\b.{0,60}\b(?:has been|is|was) (?:disabled|deactivated|terminated|banned)")

BAD_KEY_ONLY = _any(
    r"(?:api|access|subscription|secret|bearer)[ _-]?(?:key|token)\b|api_key_invalid|invalid_api_key|authenticat|unauthori[sz]ed",
    r"\bcredentials?\b|security token",
)
"""The same where a wrong request is as likely: a key of an object, a token of the JSON are none of these."""

NO_MODEL = _any(
    r"model_not_found|invalid_model|deploymentnotfound|no endpoints (?:found|available)|supported api model names are"
    r"|not a valid model",
    r"(?:invalid|unknown|no such|unrecognized) model|模型不存在|model identifier is invalid",
    r"models?\b.{0,90}(?:not found|not exist|doesn.t exist|no longer|decommissioned|deprecated|retired|discontinued|end of life)",
    r"on-demand throughput|model version has reached the end",
)

MODEL_NOT_ALLOWED = _any(
    r"requiring a key to access\b",
    r"model_permission|model_not_allowed|model_access|model_terms|permissions?_error.{0,40}model|bedrock:invokemodel|marketplace",
    r"\bmodels?\b.{0,60}\b(?:blocked|not (?:allowed|permitted|enabled|authori[sz]ed|available|accessible)|disabled|gated"
    r"|restricted"
    r"|requires?|access denied|forbidden|only available|not in your)",
    r"(?:access|permission|permitted|allowed|authori[sz]ed|entitled|eligible)\b.{0,50}\b(?:to|for|use|with)\b.{0,30}\bmodels?\b",
    r"(?:does not|doesn.t|do not|don.t|no) (?:have )?access to\b.{0,40}model|accept (?:the|its) (?:terms|license)",
)

_NO_HOST = r"\b(?:no|0|none of the) (?:allowed |available |suitable )?(?:endpoint|provider|host)s?\b"
PRICE_LIMIT = _any(
    rf"{_NO_HOST}.{{0,80}}(?<![\w/-])(?:max(?:imum)?[ _]?)?(?:price|pricing|costs?|budget)\b(?!-)",
    r"filter by max price|\bmax[_ ]price\b",
    r"price.{0,30}(?:limit|ceiling|cap)\b.{0,40}(?:exceed|too low|below)|no_provider_within_max_price",
    r"no allowed providers are available\W*(?:\d+\W*)?$",  # with nothing more: so a filter is told that left none
)
"""No host serves the model at the price that the request allows."""

NO_ENDPOINT = _any(
    rf"{_NO_HOST}.{{0,80}}(?:policy|guardrail|privacy|support|restriction|matching|satisf|permit|preference|handle|meet)"
    r"|no allowed providers are available",
    r"\b(?:all|every)\b[^.]{0,20} (?:endpoint|provider|host)s?\b[^.]{0,40}\b(?:ignored|filtered|excluded|removed|blocked)\b",
)
"""OpenRouter knows the model, but no server of it fits the wishes for this request."""

POLICY = _any(
    r"content.?(?:policy|filter|management|moderation)|moderation|\bflagged\b|responsible.?ai|data.?inspection|inappropriate",
    r"prohibited_content|guardrail|prompt.?injection|request (?:was )?blocked|safety (?:system|reasons|settings|policy)"
    r"|jailbreak",
    r"violat\w+.{0,40}(?:polic|terms|guidelines)|harmful|sensitive (?:content|words?)|敏感|违规",
)

REGION = _any(
    r"unsupported_country|country, region|(?:region|country|location|territory|jurisdiction)\b.{0,40}(?:not"
    r"|un)\s?(?:supported|available|allowed)",
    r"not (?:available|supported) in (?:your|this) (?:region|country|location)|geo.?(?:block|restrict|fenc)",
)

RATE_LIMIT = _any(r"rate.?limit|throttl|too many (?:requests|tokens)|quota|resource_exhausted|concurrency|slow down")

DOWN = _any(r"overloaded|server_error|api_error|internal|unavailable|capacity|timeout|timed out|availability")

BAD_ARGUMENT = _any(
    r"unexpected keyword|got an unexpected|unknown (?:field|parameter|argument)"
    r"|unrecognized (?:field|request argument|parameter)",
    r"jinja (?:template|exception)|chat template|system role|roles? must alternate|only user[^.]{0,30} roles"
    r"|extra (?:inputs|fields) are not permitted",
    r"is not supported (?:by|with|for) this model",
)
"""A server error that is about the request's shape."""

TYPED_STATUS = {
    "authentication": 401,
    "payment_required": 402,
    "permission_denied": 403,
    "not_found": 404,
    "rate_limit_exceeded": 429,
    **dict.fromkeys(("invalid_request", "invalid_prompt", "precondition_failed", "unprocessable"), 400),
    **dict.fromkeys(("max_tokens_exceeded", "token_limit_exceeded", "invalid_image", "image_too_large"), 400),
    **dict.fromkeys(("context_length_exceeded", "string_too_long", "payload_too_large"), 413),
    **dict.fromkeys(("content_policy_violation", "refusal"), 451),
    **dict.fromkeys(("provider_overloaded", "provider_unavailable", "server", "timeout", "unmapped"), 503),
}
"""OpenRouter's canonical ``error_type``, and the status that says the same. Its own status is lost where an answer had begun."""
