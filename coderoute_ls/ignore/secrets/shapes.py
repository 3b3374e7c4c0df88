"""The one table of secret shapes: one row per shape, for everything that leaves, is logged, shown or learned.

A row says what the text looks like, what kind of secret that is, and who has to replace it. Values that are secret because of
the *name* beside them are in `names`.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from coderoute_ls.ignore.secrets.plausible import drawn, hexadecimal, joined_words, made_up, not_example, word_or_made_up
from coderoute_ls.text.lazy_regex import LatePattern

Check = Callable[[str], bool]


class Shape(NamedTuple):
    """One shape. The group ``secret``, or else the whole match, is the secret."""

    kind: str
    hints: tuple[str, ...]
    """Lower-case substrings, one of which a line must hold before the pattern is tried."""
    pattern: LatePattern
    plausible: Check
    """What the secret must look like besides."""
    may_be_sent: bool
    """Whether it may leave in a prompt."""
    in_logs: bool
    """Whether it may be in a log line, in an error, or on the screen."""

    def possible(self, lowered: str) -> bool:
        """Whether a line or text may hold one at all."""
        for hint in self.hints:  # noqa: SIM110 - asked hundreds of times for each prompt
            if hint in lowered:
                return True
        return False

    def spans(self, line: str) -> list[tuple[int, int]]:
        """(start, end) of each secret of this shape in one line."""
        pattern = self.pattern.compiled
        group = "secret" if "secret" in pattern.groupindex else 0
        return [match.span(group) for match in pattern.finditer(line) if self.plausible(match[group])]


def _any(_value: str) -> bool:
    return True


def _likely(value: str) -> bool:
    """Drawn at random, by less evidence: the shape around it says much already."""
    return drawn(value, 2.0) and not value.isalpha()


def _likely_or_number(value: str) -> bool:
    return _likely(value) or hexadecimal(value)


def _surely(value: str) -> bool:
    """Drawn at random, by much evidence, and no digest."""
    return drawn(value, 40.0) and not hexadecimal(value)


def _number_or_drawn(value: str) -> bool:
    return drawn(value) or hexadecimal(value)


def _hash(value: str) -> bool:
    """The dollar signs of a password's hash are not those of a variable."""
    return drawn(value.strip("$"))


def _any_two_kinds(value: str) -> bool:
    return value not in (value.lower(), value.upper()) and not_example(value)


def _bytes(value: str) -> bool:
    """Whether the numbers look drawn: many different ones, neither counted up nor in steps."""
    numbers = [int(part.strip(), 0) for part in value.split(",") if not part.strip().startswith("00")]
    steps = {second - first for first, second in pairwise(numbers)}
    return len(set(numbers)) >= 12 and len(steps) >= 10 and max(numbers) >= 100


def _number_or_made(value: str) -> bool:
    return any(map(str.isdigit, value)) and not_example(value)


def _varied(value: str) -> bool:
    """Letters and digits in turn, as no word has them."""
    return len(set(value)) >= 10 and sum(map(str.isdigit, value)) >= 3 and not_example(value)


def _shape(
    kind: str, hints: str, *patterns: str, plausible: Check = _any, may_be_sent: bool = False, in_logs: bool = False
) -> Shape:
    """A shape that any of these patterns matches. ``hints`` are separated by blanks; ``·`` stands for a blank in one."""
    return Shape(
        kind,
        tuple(hint.replace("·", " ") for hint in hints.split()),
        LatePattern("|".join(patterns)),
        plausible,
        may_be_sent,
        in_logs,
    )


def _token(kind: str, hints: str, *patterns: str, plausible: Check = _any, may_be_sent: bool = False) -> Shape:
    """A shape of whole words: none of these patterns begins in the middle of one."""
    return _shape(kind, hints, "(?<![A-Za-z0-9])(?:" + "|".join(patterns) + ")", plausible=plausible, may_be_sent=may_be_sent)


_HEX = "[a-f0-9]"
_UUID = r"[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}"
_END = r"(?![A-Za-z0-9])"

SHAPES: tuple[Shape, ...] = (
    # Clouds
    _token("aws-key", "akia asia abia acca a3t", rf"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{{16}}{_END}"),
    _token("aws-key", "absk", r"ABSK[A-Za-z0-9+/]{40,}={0,2}"),
    _token(
        "google-key",
        "aiza ya29. 1//0 gocspx-",
        r"AIza[\w-]{30,}",
        r"ya29\.[\w.-]{20,}",
        r"1//0[\w-]{20,}",
        r"GOCSPX-[\w-]{20,}",
        plausible=drawn,
    ),
    _token("azure-key", "q~", r"[\w~.-]{3}[78]Q~[\w~.-]{31,37}"),
    _token("azure-key", "jqqj99", r"[A-Za-z0-9]{50,60}JQQJ99[A-Za-z0-9]{20,}"),
    _shape(
        "azure-key", "accountkey sharedaccesskey sig=", r"(?i:AccountKey|SharedAccessKey|[?&;]sig)=(?P<secret>[\w+/%=-]{20,})"
    ),
    _token(
        "cloud-key",
        "ltai akid k00",
        r"LTAI[A-Za-z0-9]{12,24}",
        r"AKID[A-Za-z0-9]{28,36}",
        rf"K00[15][A-Za-z0-9+/]{{27}}{_END}",
        plausible=drawn,
    ),
    _token("cloud-key", "do_v1_ dop_v1_ doo_v1_ dor_v1_", rf"do[opr]_v1_{_HEX}{{40,}}"),
    _token("cloud-key", "hvs. hvb. hvr. atlasv1.", r"hv[sbr]\.[\w-]{20,}", r"[A-Za-z0-9]{10,}\.atlasv1\.[\w-]{40,}"),
    _token(
        "cloud-key",
        "pul- dp. dt0",
        rf"pul-{_HEX}{{32,}}",
        r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,}",
        r"dt0[a-z]\d{2}\.[A-Z0-9]{20,}\.[A-Z0-9]{40,}",
    ),
    _token(
        "cloud-key",
        "fo1_ fm1 fm2_ hrku- tfp_ nfp_ vercel_ vcp_ vck_ vci_ vcr_ rnd_ pscale_ napi_ sbp_",
        r"(?:fo1_|fm1[ar]_|fm2_|HRKU-|tfp_|nfp_|vercel_|vc[pikr]_|rnd_|pscale_(?:tkn|pw|oauth)_|napi_|sbp_)[\w+/=-]{20,}",
        plausible=made_up,
    ),
    _token("cloud-key", "v1.0- sha256~", rf"v1\.0-{_HEX}{{16,}}-{_HEX}{{60,}}", r"sha256~[\w-]{40,}"),
    _token("cloud-key", "aqvn t1.", r"AQVN[\w-]{35,}", r"t1\.[\w-]+={0,2}\.[\w-]{80,}={0,2}"),
    # Models
    _token(
        "model-key",
        "sk- sk_ gsk_ xai- hf_ pplx- r8_ fw_ csk- nvapi- pa- tgp_ lsv2_ jina_ esecret_ api_org_",
        r"sk-[\w-]{18,}",
        r"(?:gsk_|xai-|hf_|pplx-|r8_|fw_|csk-|nvapi-|pa-|tgp_v\d_|lsv2_(?:pt|sk)_|jina_|esecret_|api_org_|sk_)[\w-]{20,}",
        plausible=made_up,
    ),
    # Code, packages, builds
    _token("github-token", "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", r"gh[pousr]_[A-Za-z0-9]{20,}", r"github_pat_\w{20,}"),
    _token(
        "gitlab-token",
        "glpat- glptt- gldt- glrt- glrtr- glcbt- glft- glsoat- glimt- glagent- gloas- glwt- glffct- gr1348941",
        r"gl(?:pat|ptt|dt|rt|rtr|cbt|ft|soat|imt|agent|oas|wt|ffct)-[\w.-]{16,}",
        r"GR1348941[\w-]{16,}",
        r"_gitlab_session=\w{20,}",
    ),
    _token(
        "registry-token",
        "npm_ pypi- dckr_ rubygems_",
        r"npm_[A-Za-z0-9]{30,}",
        r"pypi-[\w-]{40,}",
        r"dckr_(?:pat|oat)_[\w-]{20,}",
        rf"rubygems_{_HEX}{{40,}}",
    ),
    _token(
        "registry-token",
        "cio oy2 akcp cmvmd clojars_",
        rf"cio[A-Za-z0-9]{{32}}{_END}",
        rf"oy2[a-z0-9]{{43}}{_END}",
        r"AKCp[A-Za-z0-9]{50,}",
        r"cmVmd[A-Za-z0-9]{50,}",
        r"CLOJARS_[a-z0-9]{50,}",
        plausible=drawn,
    ),
    _token(
        "ci-token",
        "atatt atctt atbb atoa cci bkua_ sntry sgp_ squ_ sqp_ sqa_ tk-us- ico-",
        r"AT(?:ATT|CTT|BB|OA)[\w=-]{20,}",
        r"CCI[A-Z]{3}_\w{20,}",
        r"bkua_[a-z0-9]{30,}",
        r"sntry[su]_[\w+/=-]{30,}",
        r"sgp_[\w-]{30,}",
        r"sq[upa]_[a-z0-9]{30,}",
        r"ico-[A-Za-z0-9]{30,}",
        r"tk-us-[\w-]{40,}",
    ),
    # Messages and mail
    _token("slack-token", "xox xapp-", r"xox[a-z](?:\.xox[a-z])?-[\w-]{10,}", r"xapp-[\w-]{20,}"),
    _shape(
        "webhook",
        "hooks. /webhook webhook.office",
        r"(?i:hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/webhooks/"
        r"|webhook\.office\.com/[^\s/]{0,40}/?)(?P<secret>[\w@/-]{16,})",
    ),
    _shape(
        "webhook",
        "hooks.zapier",
        r"(?i:hooks\.zapier\.com/hooks/catch/)(?P<secret>\d+/[A-Za-z0-9]{5,})",  # the hook's name has 7 characters
    ),
    _token(
        "mail-key",
        "sg. key- xkeysib- xsmtpsib- -us mlsn.",
        r"SG\.[\w-]{16,}\.[\w-]{16,}",
        rf"key-{_HEX}{{32}}{_END}",
        rf"x(?:key|smtp)sib-{_HEX}{{40,}}[\w-]*",
        rf"mlsn\.{_HEX}{{40,}}",
        rf"{_HEX}{{32}}-us\d{{1,2}}{_END}",
    ),
    _token("bot-token", ":aa :apa91b", r"\d{6,12}:AA[\w-]{30,}", r"[\w-]{7,}:APA91b[\w-]{60,}"),
    # Payments
    _token(
        "payment-key",
        "_live_ _test_ _prod_ whsec_ sq0 eaaa",
        r"[srp]k_(?:live|test|prod)_[A-Za-z0-9]{10,}",
        r"whsec_[A-Za-z0-9+/=]{16,}",
        r"sq0[a-z]{3}-[\w-]{20,}",
        r"EAAA[\w-]{40,}",
        plausible=made_up,
    ),
    _token(
        "payment-key",
        "access_token$ flwseck ezak eztk",
        rf"access_token\$(?:production|sandbox)\$[a-z0-9]{{16}}\${_HEX}{{32}}",
        r"FLWSECK(?:_TEST)?-[A-Za-z0-9-]{12,}",
        r"EZ[AT]K[A-Za-z0-9]{50,}",
    ),
    _token(
        "payment-key",
        "live_ test_ shpat_ shpca_ shppa_ shpss_ shpua_ access-",
        r"(?:(?:duffel|shippo)_)?(?:live|test)_[A-Za-z0-9]{24,}",
        r"shp(?:at|ca|pa|ss|ua)_[a-fA-F0-9]{30,}",
        rf"access-(?:sandbox|development|production)-{_UUID}",
        plausible=made_up,
    ),
    # Services
    _token(
        "service-key",
        "secret_ ntn_ lin_ figd_ figo_ pat pmak-",
        r"(?:secret|ntn|lin_(?:api|oauth|wh))_[A-Za-z0-9]{30,}",
        r"fig[dorh]_[\w-]{20,}",
        rf"pat[A-Za-z0-9]{{14}}\.{_HEX}{{60,}}",
        rf"pat-(?:na|eu|ap)\d-{_UUID}",
        rf"PMAK-{_HEX}{{20,}}-{_HEX}{{30,}}",
    ),
    _token(
        "service-key",
        "nrak- nraa- nrjs- nrii- glsa_ glc_ gla_ hcaik_ hcalk_ hcbik_",
        r"NR(?:AK|AA|JS|II|RA|SP)-[A-Za-z0-9-]{20,}",
        r"gl(?:sa|c|a)_[A-Za-z0-9+/=_]{30,}",
        r"hc[a-z]{3}_[a-z0-9]{40,}",
    ),
    _token(
        "service-key",
        "dapi tskey- dnkey- pnu_ pnb_ cfpat- rdme_ p8e- fio-u-",
        rf"dapi{_HEX}{{32}}(?:-\d)?{_END}",
        r"tskey-[a-z]+-[\w-]{20,}",
        r"dnkey-[\w=-]{40,}",
        r"pn[ub]_[A-Za-z0-9]{30,}",
        r"CFPAT-[\w-]{30,}",
        r"rdme_[a-z0-9]{50,}",
        r"p8e-[a-z0-9]{32}",
        r"fio-u-[\w=-]{50,}",
    ),
    _token(
        "service-key",
        "ops_eyj a3- api- sl. phc_ phx_ eaa igq aaaaaaaa",
        r"ops_eyJ[\w+/=-]{40,}",
        r"A3-[A-Z0-9]{6}-[A-Z0-9-]{20,}",
        r"API-[A-Z0-9]{25,}",
        r"sl\.(?:u\.)?[\w-]{60,}",
        r"ph[cx]_[A-Za-z0-9]{30,}",
        r"EAA[A-Za-z0-9]{60,}",
        r"IGQ[\w-]{60,}",
        r"A{18,}[A-Za-z0-9%]{40,}",
        plausible=drawn,
    ),
    _token("service-key", "k.eyj", r"[pst]k\.eyJ[\w-]{20,}\.[\w-]{20,}"),
    _token(
        "service-key",
        "nral amzn.mws. atta sdk- api- mob- st. u+ scw pk_ ion_ rzp_",
        rf"{_HEX}{{36}}NRAL{_END}",
        rf"amzn\.mws\.{_UUID}",
        rf"ATTA{_HEX}{{60,}}[A-Z0-9]{{0,12}}",
        rf"(?:sdk|api|mob)-{_UUID}",
        rf"st\.{_HEX}{{20,}}\.{_HEX}{{28,}}\.{_HEX}{{28,}}",
        r"u\+[A-Za-z0-9_-]{18}(?![\w-])",
        rf"SCW[A-Z0-9]{{17}}{_END}",
        r"pk_\d{6,10}_[A-Z0-9]{28,}",
        r"ion_[a-z0-9]{40,}",
        rf"rzp_(?:live|test)_[A-Za-z0-9]{{14}}{_END}",
        plausible=_number_or_made,
    ),
    _token("mail-key", "-", rf"{_HEX}{{32}}-{_HEX}{{8}}-{_HEX}{{8}}{_END}"),
    _token("service-key", "2/ 1/ 0/", rf"[012]/\d{{14,18}}(?:/\d{{14,18}})?:{_HEX}{{32}}"),
    _shape(
        "url-token",
        ".infura.io .alchemy.com .quiknode.pro getblock.io rpc.ankr.com /bot/v2/hook/",
        r"(?i:\.infura\.io/(?:ws/)?v3/|\.alchemy\.com/(?:nft/)?v\d/|\.quiknode\.pro/|getblock\.io/|rpc\.ankr\.com/\w{2,20}/|/bot/v2/hook/)"
        r"(?P<secret>[\w-]{16,})",
        plausible=_number_or_made,
    ),
    _shape("url-token", "://", r"://[^\s\"'<>]{0,200}/(?P<secret>[A-Za-z0-9_-]{40,}={0,2})(?![\w.-])", plausible=_surely),
    _shape(
        "url-token",
        "signature= subscription",
        r"(?i:[?&](?:[\w-]{0,20}-)?signature=|subscription[\"']?\s{0,3}[=:]\s{0,3}[\"'])(?P<secret>[\w+/%-]{20,}={0,2})",
        plausible=_number_or_drawn,
    ),
    _shape("url-token", "api.telegram.org/bot", r"api\.telegram\.org/(?:file/)?bot(?P<secret>\d{6,12}:[\w-]{30,})"),
    _shape("url-token", "://", r"://(?P<secret>[a-f0-9]{32,64})\.[\w-]+\.", plausible=hexadecimal),
    _shape(
        "setting",
        "=",
        # a line of a shell or of .env with a number that is neither a name nor a digest
        r"^\s{0,40}(?:export\s{1,4}|ENV\s{1,4}|ARG\s{1,4}|-\s{1,4}|%(?:set_)?env\s{1,4})?"
        r"(?![A-Z0-9_]{0,60}(?:ID|IDS|UUID|GUID|SHA\d*|HASH|MD5|SUM|CHECKSUM|DIGEST|COMMIT|REV|REVISION|REF|VERSION|ETAG|BUILD|TAG)(?:_|=))"
        rf"[A-Z][A-Z0-9_]{{2,60}}=[\"']?(?P<secret>{_UUID}|{_HEX}{{32,128}})[\"']?\s{{0,20}}(?:#[^\r\n]*)?\Z",
        plausible=hexadecimal,
    ),
    _shape("url-token", "/private-", r"/private-(?P<secret>[a-f0-9]{16,}|[a-z0-9]{20,})/", plausible=_number_or_made),
    _token(
        "service-key",
        "_",
        # letters in both cases and digits after a short prefix, as identifiers never have them
        r"[a-z][a-z0-9]{1,9}_(?:[a-z0-9]{2,10}_)?(?=[a-z0-9]{0,60}[A-Z])(?=[A-Z0-9]{0,60}[a-z])(?=[A-Za-z]{0,60}\d)[A-Za-z0-9]{28,}(?!\w)",
    ),
    _token(
        "service-key",
        "rpa_ re_ dnsimple_ o. ur pat. 0x4aaa fna da2- token- cli- md- ed25519: act. vk1.a. aqe",
        r"rpa_[A-Z0-9]{36,}",
        r"o\.[A-Za-z0-9]{32}(?!\w)",
        r"da2-[a-z0-9]{26}(?!\w)",
        rf"pat\.[\w-]{{22}}\.{_HEX}{{24}}\.\w{{20}}",
        r"0x4A{7}[\w-]{20,}",
        r"fnA[A-Za-z0-9]{37,}(?!\w)",
        rf"ur\d{{5,9}}-{_HEX}{{24}}(?!\w)",
        r"token-[a-z0-9]{5}:[a-z0-9]{54}",
        r"cli-[a-z0-9]{28}(?!\w)",
        r"md-[\w-]{22}(?![\w-])",
        r"dnsimple_\w_\w{30,}",
        r"ed25519:[1-9A-HJ-NP-Za-km-z]{80,}",
        r"act\.[A-Za-z0-9]{40,}[!.\w]{0,12}",
        r"vk1\.a\.[\w-]{60,}",
        r"AQE[\w+/=-]{28,}-[\w+/=]{40,}-[\w+/=<>{}]{10,}",
        r"re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{18,}(?!\w)",
    ),
    _token("bot-token", "mt nz od", r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}(?![\w-])"),
    _token("service-key", "|", r"\d{13,17}\|[\w-]{24,30}(?![\w-])", plausible=_number_or_made),
    _shape("cloud-key", ":", r"(?<![A-Za-z0-9])[A-Z0-9]{20}:(?P<secret>[A-Za-z0-9+/]{40})(?![\w+/])", plausible=drawn),
    _shape(
        "password-hash", "digest: pbkdf2-", r"digest:[\w.@-]{1,40}:[A-Za-z0-9+/]{27}=", r"-pbkdf2-[a-f0-9]{40},[a-f0-9]{16,64}"
    ),
    _shape(
        "azure-key",
        "instrumentationkey appcertificate",
        r"(?i:InstrumentationKey|appCertificate[\"']?\s{0,3})[=:]\s{0,3}[\"']?(?P<secret>[a-f0-9-]{32,36})",
    ),
    _shape(
        "url-token",
        "hook /key/ /integration/ /reset/ /t/ /invite/ /token/ /verify/ /confirm/ /magic/ /password/ /login/ /inputs/ /receiver/",
        r"(?i:://[^\s\"'<>]{0,200}/(?:hooks?|webhooks?|key|integration|reset|t|invite|token|verify|confirm|magic|password|login|inputs|receiver)/(?:[\w.-]{1,20}/){0,2}"
        r"|://hooks?\.[^\s\"'<>/]{1,80}/)(?P<secret>[\w-]{16,})",
        plausible=_number_or_drawn,
    ),
    _shape(
        "client-key",
        "(\" ('",
        # an argument of any call but of those that take numbers for names and digests
        r"(?<!uuid)(?<!UUID)(?<!guid)(?<!Guid)(?<!GUID)(?<!hash)(?<!Hash)(?<!digest)(?<!Digest)(?<!bjectId)"
        r"(?<!hex)(?<!Hex)(?<!qual)(?<!quals)(?<!commit)(?<!bytes)(?<!sha1)(?<!sha256)(?<!md5)(?<!arse)"
        r"(?<!ersion)"
        r"\(\s{0,4}(?:[\"'][^\"'\r\n]{0,40}[\"'],\s{0,4})?[\"'](?P<secret>"
        rf"{_HEX}{{32}}|{_HEX}{{40}}|{_HEX}{{64}}|{_UUID})[\"']\s{{0,4}}[,)]",
        plausible=hexadecimal,
    ),
    # Formats
    _token(
        "jwt",
        "eyj eyi",
        r"ey[IJ][\w-]{8,}\.ey[IJ][\w-]{4,}\.?[\w-]{0,2000}",
        r"eyJ[\w-]{16,}\.[\w-]{0,200}(?:\.[\w-]{16,}){3}",
        r"eyJ[\w-]{16,}(?:\.[\w-]{20,}){2}",
    ),
    _token("service-key", "1000.", rf"1000\.{_HEX}{{32}}\.{_HEX}{{32}}"),
    _shape("password-hash", "pbkdf2.", r"grub\.pbkdf2\.sha512\.\d+\.[A-F0-9]{32,}\.[A-F0-9]{32,}"),
    _token("paseto", ".local. .public.", r"v[1-4]\.(?:local|public)\.[\w-]{40,}(?:\.[\w-]{2,})?"),
    _token("age-key", "age-secret-key-", r"AGE-SECRET-KEY-1[A-Za-z0-9]{20,}"),
    _token("wallet-key", "xprv yprv zprv 0x", r"[xyz]prv[A-Za-z0-9]{100,}", rf"0x{_HEX}{{64}}{_END}", plausible=_number_or_drawn),
    _token("private-key", "ls0tls1crudj", r"LS0tLS1CRUdJT[A-Za-z0-9+/=]{40,}"),
    _shape(
        "password-hash",
        "$2 $5$ $6$ $1$ $y$ $argon2 $apr1$",
        r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{50,}",
        r"\$(?:[156y]|apr1|md5|sha1|2y)\$[./\w$=,]{0,60}\$[./A-Za-z0-9]{20,}",
        r"\$argon2id?\$v=\d+\$[^$\s]{4,40}\$[\w+/]{10,}\$[\w+/]{20,}",
        plausible=_hash,
    ),
    # Addresses and lists
    _shape(
        "url-password",
        "://",
        r"(?<![\w])[a-zA-Z][a-zA-Z0-9+.:-]{1,30}://[^/\s:@'\"{}$<>]{0,80}:"
        r"(?P<secret>[^/\s'\"{}$<>@]{3,200}(?:@[^/\s'\"{}$<>@.]{1,40})?)@",
        plausible=not_example,
    ),
    _shape("url-password", "://", r"://[^/\s:@'\"{}$<>]{1,80}:(?P<secret>[A-Za-z0-9+/]{30,}={0,2})@", plausible=drawn),
    _shape("url-token", "://", r"://(?P<secret>[\w-]{16,})(?::[\w-]*)?@", plausible=_number_or_drawn),
    _shape("url-password", "@", r"(?<![\w./:@-])[\w.+-]{1,40}:(?P<secret>[^\s@/:'\"<>(){},]{6,80})@[\w.-]+", plausible=_likely),
    _shape(
        "oracle-password", "@", r"(?<![\w./@-])[\w.$#-]{1,40}/(?P<secret>[^\s@/'\"<>(){},]{5,80})@[\w/(\"]", plausible=_likely
    ),
    _shape(
        "pgpass",
        ":",
        r"^[\s#]{0,8}[\w.*-]{1,120}:(?:\d{1,5}|\*):[\w.*-]{1,80}:[\w.*-]{1,80}:"
        r"(?P<secret>\S{4,200})\s*\Z",
        plausible=_likely,
    ),
    _shape("password-hash", ":", rf"^[\w.@-]{{1,60}}:[^:\r\n]{{1,80}}:(?P<secret>{_HEX}{{32}})\s*\Z"),
    _shape("otp-seed", "otpauth:", r"otpauth://[^\s\"']{0,200}[?&]secret=(?P<secret>[A-Za-z2-7]{8,})"),
    _shape("cipher-key", "fernet(", r"Fernet\(\s{0,2}b?[\"'](?P<secret>[\w-]{43}=)"),
    _shape("url-token", "appid= app_id=", r"(?i:\bapp_?id=)(?P<secret>[a-f0-9]{32,})", plausible=hexadecimal),
    _shape(
        "basic-auth",
        "_auth",
        r"\b_auth[\"']?[\s=:]{1,4}[\"']?(?P<secret>[A-Za-z0-9+/]{12,}={0,2})(?![\w+/-])",
        plausible=_any_two_kinds,
    ),
    _shape("shadow", ":", r"^[\w.-]{1,40}:(?P<secret>[^\s:]{8,})(?::\d*){3,}", plausible=_hash),
    _shape("password-hash", ":", rf"(?i:^[\w.$-]{{1,40}}:\d{{1,8}}:(?P<secret>{_HEX}{{32}}:{_HEX}{{32}}):)"),
)
"""Shapes of at least sixteen characters: tried on lines that hold a word of that length."""

FLAGS: tuple[Shape, ...] = (
    _shape("bearer", "bearer", r"(?i:\bbearer\s{1,4})(?P<secret>[A-Za-z0-9._~+/=-]{12,})", plausible=made_up),
    _shape("basic-auth", "basic", r"(?i:\bbasic\s{1,4})(?P<secret>[A-Za-z0-9+/]{12,}={0,2})(?![\w+/-])", plausible=drawn),
    _shape(
        "flag-password",
        "·-p ·-a ·-w ·-k",
        r"(?<!\S)-(?:[pP]\s{0,2}|[awk]\s{1,2})['\"]?(?P<secret>[^\s'\"$={}()\[\]:,]{6,100})",
        plausible=_likely_or_number,
    ),
    _shape(
        "flag-password",
        "-u --user -a --cred --auth --proxy-user --cert",
        r"(?<![\w-])(?:-[uUa]|--(?:proxy-)?user|--creds?|--auth|--cert)[\s=]{1,3}['\"]?[^\s'\":,$]{1,60}[:,](?P<secret>[^\s'\"${}]{4,100})",
        plausible=word_or_made_up,
    ),
    _shape(
        "flag-password",
        "·-u ·--user ·-l ·--login",
        r"(?<!\S)(?:-[uUl]|--user(?:name)?|--login)[\s=]{0,2}[^\s-]\S{0,60}\s{1,4}-(?:p|P|w|-pass)[\s=]{0,2}['\"]?(?P<secret>[^\s'\":$]{5,80})",
        plausible=word_or_made_up,
    ),
    _shape("login", "login=", r"\blogin=[\w.@-]{1,60}:(?P<secret>[^\s:$]{5,80})", plausible=word_or_made_up),
    _shape("password", "{plain} {cleartext}", r"(?i:\{(?:plain|cleartext)\})(?P<secret>[^\s:]{4,80})"),
    _shape("wifi", "wifi:", r"(?i:\bWIFI:)[^\r\n]{0,120};P:(?P<secret>[^;\r\n]{5,80});", plausible=not_example),
    _shape(
        "sql-password",
        "identified",
        r"(?i:\bidentified\s{1,4}(?:with\s{1,4}[\w'\"]{1,40}\s{1,4})?(?:by|as)\s{1,4})['\"](?P<secret>[^'\"\r\n]{4,80})['\"]",
        plausible=not_example,
    ),
    _shape("sql-password", "identified", r"(?i:\bidentified\s{1,4}by\s{1,4})(?P<secret>[\w#$!]{6,80})", plausible=made_up),
    _shape(
        "sql-password",
        "identified",
        r"(?i:\b(?:(?:create|alter)\s{1,4}(?:user|role)|grant)\b[^\r\n]{1,160}\bidentified\s{1,4}by\s{1,4})(?P<secret>[\w#$!]{6,80})",
        plausible=word_or_made_up,
    ),
    _shape(
        "sql-password",
        "password pwd",
        r"(?i:\b(?:(?:create|alter)\s{1,4}(?:user|role|login)|set\s{1,4}password)\b[^\r\n]{0,120}?(?:password|pwd)\b\s{0,4}[=(]?\s{0,4}N?)"
        r"'(?P<secret>[^'\r\n%]{5,80})'(?!@)",
        plausible=not_example,
    ),
    _shape(
        "mnemonic",
        "mnemonic seed phrase wallet recovery",
        r"(?i:(?:mnemonic|seed|recovery|phrase|wallet)\w{0,12}[\"']?\s{0,4}[:=]\s{0,4})[\"'`]?"
        r"(?P<secret>(?:[a-z]{3,8} ){11,23}[a-z]{3,8})"
        r"(?![a-z ]{0,2}\w)",
    ),
    _shape(
        "login",
        "getconnection( auth=( login( login'( auth( auth'( username_pw_set( mysqli("
        " mysqli_connect( credential( credentials( authentication( authenticationinterceptor( authenticate( ftp( imap("
        " simple_bind( bind_s( createuser( create_user(",
        r"(?i:\b(?:\w{0,20}login|username_pw_set|(?:set)?(?:plain|basic|http_)?_?auth=?|httpbasicauth|getconnection|mysqli(?:_(?:real_)?connect)?|\w{0,30}credentials?"
        r"|\w{0,30}authentication\w{0,12}|authenticate|ftp|imap|create_?user|simple_bind(?:_s)?)\()\s{0,4}(?:(?:([\"'])[^\"'\r\n]{0,60}\1|[\w.]{1,40})\s{0,3},\s{0,4}){1,3}"
        r"(?:Some\()?([\"'])(?P<secret>[^\"'\s]{5,70})\2\s{0,4}[,)]",
        plausible=word_or_made_up,
    ),
    _shape(
        "login",
        "connect(",
        r"connect\(\s{0,4}(?:([\"'])[^\"'\r\n]{1,80}\1\s{0,3},\s{0,4}){2}([\"'])(?P<secret>[^\"'\s]{5,70})\2\s{0,4}[,)]",
        plausible=made_up,
    ),
    _shape(
        "login",
        "bind( open( connect( softap(",
        r"(?i:(?:bind|open|connect|softap)\()\s{0,4}(?:(?:([\"'])[^\"'\r\n]{0,80}\1|[\w.$]{1,40})\s{0,3},\s{0,4}){1,3}"
        r"([\"'])(?P<secret>[a-z]{4,20}\d{2,4}[!.]?)\2\s{0,4}[,)]",
        plausible=made_up,
    ),
    _shape(
        "login",
        "admin root",
        r"(?i:\b(?:admin|root)\s{0,3}/\s{0,3})(?P<secret>[a-z]{4,20}\d{2,4}[!.]?)(?![\w/.(])",
        plausible=made_up,
    ),
    _shape(
        "cipher-key",
        "pragma",
        r"(?i:\bpragma\s{1,4}(?:hex)?(?:re)?key\s{0,4}=\s{0,4})(['\"])(?P<secret>[^'\"\r\n]{5,100})\1",
        plausible=not_example,
    ),
    _shape(
        "password-hash",
        "scrypt: scrypt$ pbkdf2: pbkdf2_",
        r"\b(?:scrypt|pbkdf2)[:_$][\w:,=.-]{0,60}\$(?P<secret>(?:[\w:,=.-]{1,60}\$){0,4}[\w./+-]{4,80}\$[A-Za-z0-9+/]{32,}={0,2})",
    ),
    _shape(
        "login", "allow", r"^\s{0,20}allow\s{1,4}[\w.-]{1,40}:(?P<secret>[^\s:\"']{5,80})\s{0,8}\Z", plausible=word_or_made_up
    ),
    _shape("login", ":pserver: :kserver:", r":[pk]server:[\w.-]{1,40}:(?P<secret>[^\s:@]{4,80})@", plausible=not_example),
    _shape(
        "login",
        "nickserv",
        r"(?i:\bnickserv\s{1,4}(?:identify|register|ghost)\s{1,4}(?:[\w-]{1,30}\s{1,4})?)(?P<secret>\S{5,80})\s{0,8}\Z",
        plausible=word_or_made_up,
    ),
    _shape(
        "wifi",
        "option·key option·psk option·sae_ option·pass option·secret option·auth_",
        r"^\s{0,20}option\s{1,8}(?:key\d?|psk|sae_password|password|secret|auth_secret)\s{1,8}['\"]?"
        r"(?P<secret>[^\s'\"]{5,80})['\"]?\s{0,8}\Z",
        plausible=word_or_made_up,
    ),
    _shape("password", 'password"', r"(?i:name=\"[\w.-]{0,40}password\"\s{1,4}value=\")(?P<secret>\d{4,16})\""),
    _shape(
        "command-password",
        "<(echo <(printf",
        r"(?i:pass\w{0,12}(?:-file)?[\s=]{1,3}<\((?:echo|printf)\s{1,3}(?:-n\s{1,3})?)['\"]?(?P<secret>[^\s'\"$()]{5,160})['\"]?\)",
        plausible=word_or_made_up,
    ),
    _shape("password-hash", "password", r"(?i:\bpassword\b\W{1,6})(?P<secret>\*[A-F0-9]{40})(?!\w)"),
    _shape(
        "login",
        "@tcp( @unix( @(",
        r"(?<![\w:/])[\w.$-]{1,40}:(?P<secret>[^\s@:\"']{4,80})@(?:tcp|unix|udp)?\(",
        plausible=not_example,
    ),
    _shape("login", ":", r"^[\w.-]{2,30}:(?P<secret>[a-z]{4,20}\d{2,6}[!.]?)\Z", plausible=made_up),
    _shape("login", "]:", r"\]:\d{2,5}\s{1,8}[\w.@+-]{1,60}:(?P<secret>[^\s:]{6,80})\s{0,8}\Z", plausible=word_or_made_up),
    _shape(
        "login",
        "bundle_",
        r"\bBUNDLE_[A-Z0-9_]{3,80}[=:]\s{0,3}[\"']?[\w.@-]{1,40}:(?P<secret>[^\s\"':]{6,80})",
        plausible=not_example,
    ),
    _shape(
        "command-password",
        "zip·- mosquitto_ sqlcmd bcp· ipmitool mongosh· mongo·- mongodump· mongorestore· mysql·- mysqldump· mysqladmin· psexec"
        " beeline rdesktop"
        " cqlsh vsql· redis-cli ldapsearch ldapadd ldapmodify isql·- hdbsql rar· 7z· 7za· smbclient",
        r"\b(?:(?:un|7)?zip|7za?|(?:un)?rar|mosquitto_\w{3}|sqlcmd|bcp|ipmitool|mongo\w{0,8}|mysql\w{0,8}|psexec|beeline|rdesktop|cqlsh|vsql|redis-cli"
        r"|ldap\w{2,8}|isql|hdbsql|smbclient)\s[^\r\n|;&]{0,200}?(?<!\S)(?:-[pPwa]|-hp)\s{0,2}['\"]?(?P<secret>[A-Za-z0-9][^\s'\"$/=]{4,80})",
        plausible=word_or_made_up,
    ),
    _shape(
        "command-password",
        "echo· printf·",
        r"\b(?:echo|printf)\s{1,3}(?:-n\s{1,3})?['\"]?(?P<secret>[^\s'\"|$:]{5,160})['\"]?\s{0,4}\|\s{0,4}(?:sudo\s)?(?:\w{2,12}\s{1,3}){0,2}"
        r"(?:secrets?|\w{0,12}passwd|kinit|cryptsetup|login|password|smbpasswd|load-key|realm|zfs)\b",
        plausible=word_or_made_up,
    ),
    _shape(
        "command-password",
        "nmcli iwconfig psksecret",
        r"\b(?:nmcli\s[^\r\n|;&]{0,200}\spassword\s|iwconfig\s[^\r\n|;&]{0,80}\skey\ss:|set\s{1,4}psksecret\s)\s{0,4}['\"]?(?P<secret>[^\s'\"$]{5,80})",
        plausible=not_example,
    ),
    _shape(
        "oracle-password",
        "@",
        r"(?<![\w./@-])[\w.$#-]{1,40}/(?P<secret>[A-Za-z]\w{4,40}\d)@[\w.-]{1,80}(?::\d{2,5})?/",
        plausible=not_example,
    ),
    _shape("command-password", "rootpw", r"\brootpw\s{1,4}--\w{4,12}\s{1,4}(?P<secret>\S{5,80})", plausible=not_example),
    _shape("password", "{xor} {aes} {3des} {enc}", r"(?i:\{(?:xor|aes\d*|3des|enc)\})(?P<secret>[A-Za-z0-9+/]{6,}={0,2})"),
    _shape("login", ".load(", r"\.load\([^,\r\n]{1,80},\s{0,4}\"(?P<secret>[^\"\s]{5,60})\"\.toCharArray", plausible=not_example),
    _shape(
        "cipher-key",
        "jwt. jwt:: signwith( symmetricsecuritykey( aes. hmac( hmac.new( cookieparser( serializer( signedstring( cipher("
        " cipheriv("
        " pgp_sym_ aes_encrypt( aes_decrypt( secretkeyspec(",
        r"(?i:\b(?:signwith|symmetricsecuritykey\([\w.]{0,30}getbytes|jwt(?:\.|::)(?:sign|verify|encode|decode)|aes\.(?:en|de)crypt|\w{0,12}hmac(?:\.new)?|cookieparser|\w{0,20}serializer|\w{0,6}cipher(?:iv)?|signedstring|pgp_sym_(?:en|de)crypt|aes_(?:en|de)crypt|secretkeyspec)\()\s{0,2}"
        r"(?:(?:\{[^{}\r\n]{0,200}\}|[^,()'\"\r\n]{1,60}|['\"][^'\"\r\n]{1,60}['\"])\s{0,2},\s{0,3})?(?:\[\]byte\()?b?(['\"])"
        r"(?P<secret>[^\s'\"]{8,80})\1",
        plausible=word_or_made_up,
    ),
    _shape(
        "cipher-key",
        "hs256 hs384 hs512 jwt hmac sha256( getbytes( cookiestore(",
        r"(?i:\bhs(?:256|384|512)|jwt|hmac|sha256\(|getbytes\(|cookiestore\()[^\r\n]{0,120}?(['\"])(?P<secret>[a-z]{3,10}(?:[-_.][a-z]{3,10}){3,7})\1",
        plausible=joined_words,
    ),
    _shape(
        "command-password",
        "securestring",
        r"(?i:securestring\s{1,3}(?:-string\s{1,3})?)(['\"])(?P<secret>[^'\"\s]{5,80})\1",
        plausible=word_or_made_up,
    ),
    _shape(
        "command-password",
        "·/p ·/rp",
        r"(?i:\S{2,40}(?:\s[^\r\n]{0,160})?\s/r?p(?:ass(?:word)?|wd)?[:\s])\s{0,2}['\"]?(?P<secret>[A-Za-z]{3,20}\d{2,6}[!.]?)(?=[\s'\"]|\Z)",
        plausible=made_up,
    ),
    _shape(
        "url-password",
        "trojan:// hysteria2:// vless://",
        r"(?:trojan|hysteria2|vless)://(?P<secret>[^\s@/'\"]{5,80})@",
        plausible=not_example,
    ),
    _shape(
        "login",
        "insert·into",
        r"(?i:insert\s+into\s+\W?\w{0,20}(?:user|account|login|member|customer|employee)\w{0,12}\b[^\r\n]{0,120}\bvalues\b)"
        r"[^\r\n]{0,160}?'(?P<secret>[a-z]{4,20}\d{2,6}[!.]?)'",
        plausible=made_up,
    ),
    _shape(
        "cipher-key",
        "openssl",
        r"\bopenssl\s[^\r\n|;&]{0,200}\s-k\s{1,3}['\"]?(?P<secret>[^\s'\"$]{5,80})",
        plausible=word_or_made_up,
    ),
    _shape(
        "cipher-key",
        "]byte( getbytes( toutf8bytes( utf8.encode( encoder.encode(",
        # a name that ends in key, and a text as its bytes
        r"(?i:(?:jwt|sign\w{0,6}|hmac|session|cookie|encrypt\w{0,4}|aes|cipher|master|auth|csrf)_?key\b[^\r\n=:]{0,40}[:=]{1,2}[^\r\n\"'`]{0,80}"
        r"(?:\[\]byte\(|utf8bytes\(|encode\())\s{0,4}[\"'`](?P<secret>[^\s\"'`]{6,80})[\"'`]",
        plausible=word_or_made_up,
    ),
    _shape(
        "login",
        "xauth eap ntlm psk",
        # ipsec.secrets
        r"(?::|^)\s{0,8}(?:XAUTH|EAP|NTLM|PSK)\s{1,8}\"(?P<secret>[^\"\r\n]{4,80})\"",
        plausible=not_example,
    ),
    _shape(
        "login",
        "\"·* '·*",
        # chap-secrets and pap-secrets: client, server, secret, addresses
        r"^\s{0,8}[\"']?[\w.@*-]{1,60}[\"']?\s{1,20}[\"']?[\w.*-]{1,60}[\"']?\s{1,20}([\"'])(?P<secret>[^\"'\s]{5,80})\1\s{1,20}(?:\*|\d{1,3}(?:\.\d{1,3}){3})",
        plausible=word_or_made_up,
    ),
    _shape(
        "login",
        "password\" password' passwd' passwd\" pass' pass\" pwd' pwd\" pin' pin\" passw",
        # what a test types into a form: a selector that names the field, then the text
        r"(?i:(?:\b|_)(?:fill\w{0,8}|type\w{0,8}|sendkeys|send_keys|set_?value|input_?text|enter\w{0,8})\(\s{0,4}(?:[\w.]{1,30},\s{0,4})?"
        r"([\"'`])[^\r\n]{0,80}?(?:pass\w{0,8}|pwd|pin)[^\w\r\n]{0,6}\1\s{0,4},\s{0,4})([\"'`])(?P<secret>[^\s\"'`]{5,80})\2",
        plausible=word_or_made_up,
    ),
    _shape(
        "url-token",
        "$arg_ $http_ $cookie_",
        # nginx compares what a caller sent
        r"(?i:\$(?:arg|http|cookie)_\w{0,30}(?:key|token|secret|auth\w{0,14}|pass\w{0,6})\s{0,4}!?[=~]{1,2}\*?\s{0,4})[\"']?\^?(?P<secret>[^\s\"')$]{6,120})",
        plausible=word_or_made_up,
    ),
    _shape(
        "command-password",
        "passwd/",
        r"\bpasswd/[\w-]{0,30}password(?:-again)?\s{1,8}password\s{1,8}(?P<secret>\S{4,80})",
        plausible=not_example,
    ),
    _shape("cipher-key", "openssl", r"\bopenssl\s[^\r\n|;&]{0,200}\s-K\s{1,3}(?P<secret>[A-Fa-f0-9]{16,64})"),
    _shape("cookie", "-setcookie", r"-setcookie\s{1,4}['\"]?(?P<secret>[\w-]{6,80})", plausible=not_example),
    _shape(
        "device-password",
        "password secret",
        r"(?i:\b(?:password|secret|key|key-string|md5)\s{1,4}(?:0|5|6|7|8|9)\s{1,4})(?P<secret>\S{5,120})",
        plausible=made_up,
    ),
    _shape("digest-auth", "digest ", r"(?i:\bdigest\s[^\r\n]{0,400}\bresponse=\"?)(?P<secret>[a-f0-9]{32,64})"),
    _shape(
        "header-key",
        "kakaoak geniekey ssws apikey api-key zoho-oauthtoken authorization",
        r"(?i:\b(?:kakaoak|geniekey|ssws|api-?key|zoho-oauthtoken|authorization[\"']?\s{0,3}[:=,]\s{0,3}[\"']?[\w-]{3,24})\s{1,3})"
        r"(?P<secret>[\w.=+/-]{16,})",
        plausible=_number_or_drawn,
    ),
    _shape(
        "header-key",
        "x-honeycomb x-access x-app- x-client- x-shopify x-sf- x-plex- x-emby- x-dc- x-api x-auth x-token x-user- x-vault",
        r"(?i:(?<![\w-])x-(?!\w{0,20}-?(?:id|request|trace|amzn|correlation|content|forwarded|b3|cache|version|etag|hash|checksum|digest))"
        r"[a-z][a-z-]{2,40}[\"']?\s{0,3}[:,]\s{0,3}[\"']?)(?P<secret>[\w-]{20,})(?![\w/.])",
        plausible=_number_or_drawn,
    ),
    _shape(
        "command-password",
        "net use",
        r"(?i:\bnet\s+use\s[^\r\n]{0,80}/user:\S{1,40}\s+)(?P<secret>\S{6,80})",
        plausible=made_up,
    ),
    _shape(
        "flag-password", "ssh-keygen", r"ssh-keygen[^\r\n]{0,80}\s-N\s{0,2}['\"]?(?P<secret>[^\s'\"]{5,80})", plausible=made_up
    ),
    _shape("command-password", "net user", r"(?i:\bnet\s+user\s+\S{1,40}\s+)(?P<secret>\S{6,80})", plausible=made_up),
    _shape(
        "command-password", "sudo", r"\becho\s+['\"]?(?P<secret>[^\s'\"|$]{6,80})['\"]?\s*\|\s*sudo\s+-\w*S", plausible=made_up
    ),
    _shape(
        "login",
        "login",
        r"(?i:\blog[io]n\b)[:=\s]{1,4}[\w.@-]{1,40}\s{0,3}/\s{0,3}(?P<secret>[^\s/'\"]{6,80})",
        plausible=_likely,
    ),
    _shape(
        "command-password",
        "sshpass",
        r"\bsshpass\s{1,4}-p\s{0,4}['\"]?(?P<secret>[^\s'\"$]{4,80})",
        plausible=not_example,
    ),
    _shape(
        "command-password",
        "login",
        r"\b(?:docker|podman|nerdctl|oc|cf|az|skopeo|crane|buildah|helm registry)\s{1,4}login\s"
        r"[^\r\n|;&]{0,200}?\s-p[\s=]{0,4}['\"]?(?P<secret>[^\s'\"$]{5,100})",
        plausible=not_example,
    ),
    _shape("command-password", "pass:", r"-pass(?:in|out)?\s{1,4}['\"]?pass:(?P<secret>[^\s'\"$]{4,100})", plausible=not_example),
    _shape(
        "oracle-password",
        "oracle:",
        r"(?i:jdbc:oracle:(?:thin|oci8?):)[\w.$#-]{1,40}/(?P<secret>[^\s@/'\"<>]{4,80})@",
        plausible=not_example,
    ),
    _shape(
        "expect-password", "send", r"\bsend(?:\s{1,4}--)?\s{1,4}\"(?P<secret>[^\"\s$\\\[\]]{5,80})\\[rn]\"", plausible=made_up
    ),
    _shape("password-hash", "{sha {ssha", r"(?i:\{S?SHA(?:256|512)?\})(?P<secret>[A-Za-z0-9+/]{24,}={0,2})"),
    _shape(
        "session",
        "sessid sessionid session_id session-id sessionindex .sid=",
        r"(?i:\b(?:PHPSESSID|JSESSIONID|ASPSESSIONID\w{0,10}|ASP\.NET_SessionId|connect\.sid|sessionid)=|session[_-]?(?:id|token|key)[\"']?\s{0,3}[=:]\s{0,3}[\"']?|SessionIndex(?:=\"|>))(?P<secret>[\w%.+/-]{20,})",
        plausible=_varied,
    ),
    _shape("community", "snmp-server", r"(?i:snmp-server\s+community\s+)(?P<secret>\S{4,60})", plausible=word_or_made_up),
    *(
        _shape(
            "command-password",
            "snmp",
            rf"\bsnmp[a-z]{{2,12}}\s[^\r\n|;&]{{0,200}}?\s-{flag}\s{{0,3}}['\"]?(?P<secret>[^\s'\"$]{{5,80}})",
            plausible=word_or_made_up,
        )
        for flag in "AX"
    ),
    _shape(
        "login", "pdo(", r"(?i:\bPDO\()[^()\r\n]{4,200},\s{0,4}(['\"])(?P<secret>[^'\"\s]{4,100})\1\s{0,4}[,)]", plausible=made_up
    ),
    _shape(
        "login", ".begin(", r"\.begin\(\s{0,4}\"[^\"\r\n]{1,40}\",\s{0,4}\"(?P<secret>[^\"\s]{6,70})\"", plausible=word_or_made_up
    ),
    _shape(
        "cipher-key",
        "fromhex( unhexlify( hex'",
        r"(?i:\b(?:AES|DES3?|Blowfish|ChaCha20|Salsa20|HMAC|CMAC|Fernet|cipher|key|secret)\b[^\r\n]{0,40}(?:fromhex|unhexlify)\()"
        r"\s{0,2}b?['\"](?P<secret>[a-fA-F0-9]{32,})['\"]",
        plausible=hexadecimal,
    ),
    _shape(
        "cipher-key",
        "secret ,0x 0x key·=·[ key·=·{ key·=·( key:·[ key=[ key[]·=·{ key·=·bytes([ key=bytes([",
        r"(?i:(?:key|secret|seed)\w{0,12}(?:\[\d{0,4}\])?[\"']?\s{0,4}[=:]\s{0,4}(?:new\s+byte\[\]\s*|bytes(?:array)?\()?[\[{(]\s{0,4})"
        r"(?P<secret>(?:(?:0x[a-fA-F0-9]{1,2}|\d{1,3})\s{0,3},\s{0,3}){15,}(?:0x[a-fA-F0-9]{1,2}|\d{1,3}))",
        plausible=_bytes,
    ),
    # What may be a key, or what a vendor makes of one when it repeats it: harmless to send, not wanted in a log.
    _token(
        "key-like",
        "sk- pk- rk- sk_ pk_ rk_ gsk_ xai- csk- fw_ nvapi- hf_ ghp_ gho_ github_pat_ aiza ya29 akia asia",
        r"(?:[spr]k|gsk|xai|csk|fw|nvapi|hf|ghp|gho|github_pat)[-_][A-Za-z0-9][\w*.-]{5,}[\w*]",
        r"(?:AIza|ya29)[\w*.-]{5,}[\w*]",
        r"(?:AKIA|ASIA)[A-Z0-9]{12,}",
        may_be_sent=True,
    ),
    _shape(
        "key-like",
        "bearer api",
        r"(?i:bearer|api[-_ ]?key(?: provided)?)[:= ]+(?P<secret>(?=\S*[\d*])[^\s,;'\"]{5,}[^\s,;'\".)])",
        may_be_sent=True,
    ),
    _shape(
        "masked-key",
        "* ... …",
        r"(?<![\w*])(?:[A-Za-z]{2,8}[-_])?[\w-]{1,24}(?:\*{3,}|\.{3,}|…)[\w-]{2,12}(?![\w*])",
        r"\*{4,}[\w-]{2,12}(?![\w*])",
        may_be_sent=True,
    ),
)
"""Shapes of words that may be short: headers and command lines."""
