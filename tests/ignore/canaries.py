"""Canaries: made-up secrets in the ways that people write them down, each with the file's name and the text around it.

Nothing here is a secret, and no scanner finds one in this file: the values are drawn when a test asks for them.
"""

import base64
import json
import random
import string
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.ignore.chosen_canaries import ONE_WORD, PINS, SESSIONS, WORD_AND_DIGIT, WORDS

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
LOWER = string.ascii_lowercase + string.digits


class Canary(NamedTuple):
    """A text with secrets in it."""

    kind: str
    file: str
    text: str
    secrets: tuple[str, ...]


def canaries(seed: int = 7) -> list[Canary]:
    """All kinds, each with other values at another seed."""
    drawing = random.Random(seed)

    def draw(count: int, alphabet: str = ALNUM) -> str:
        return "".join(drawing.choice(alphabet) for _ in range(count))

    def password() -> str:
        return drawing.choice(["Xk9", "q7R", "Zt4", "m2W"]) + draw(9)

    def two_words() -> str:
        return "".join(drawing.sample(WORDS, 2))

    made = [
        Canary(f"{group}: {kind}", file, *_filled(template, secret))
        for group, rows, secret in (
            ("named", NAMED, password),
            ("token", TOKENS, lambda: draw(40)),
            ("one word", ONE_WORD, two_words),
            ("word and digit", WORD_AND_DIGIT, lambda: drawing.choice(WORDS) + draw(1, string.digits)),
            ("pin", PINS, lambda: draw(3, "123") + draw(3, "4567")),
            ("session", SESSIONS, lambda: draw(13, HEX) + draw(13, string.digits)),
        )
        for kind, file, template in rows
    ]
    made += [Canary(f"vendor: {kind}", "c.py", f'k = "{value}"', (value,)) for kind, value in _vendors(draw)]
    made += _several_lines(draw, password)
    return made


def _filled(template: str, secret: Callable[[], str]) -> tuple[str, tuple[str, ...]]:
    value = secret()
    return template.replace("§", value), (value,)


NAMED = (
    # commands, calls and lists whose form alone says what stands there
    ("net use", "a.bat", "net use Z: \\\\files\\share /user:app §"),
    ("net user", "a.bat", "net user app § /add"),
    ("sudo from a pipe", "a.sh", "echo § | sudo -S reboot"),
    ("ssh-keygen", "a.sh", "ssh-keygen -t ed25519 -N '§' -f key"),
    ("PDO", "a.php", "new PDO('mysql:host=db;dbname=x', 'root', '§');"),
    ("network of a board", "a.ino", 'WiFi.begin("office", "§");'),
    ("login in a comment", "a.py", "# login: admin / §"),
    ("snmp community", "a.cfg", "snmp-server community § RO"),
    ("ldap bindpw", "ldap.conf", "bindpw §"),
    ("psw", "a.py", 'psw = "§"'),
    # connection strings
    ("jdbc query", "a.java", 'String u = "jdbc:mysql://db/x?user=app&password=§&useSSL=false";'),
    ("jdbc semicolons", "a.java", 'u = "jdbc:sqlserver://db:1433;databaseName=x;user=sa;password=§;encrypt=true"'),
    ("jdbc oracle", "a.properties", "url=jdbc:oracle:thin:app/§@db:1521:XE"),
    ("odbc", "a.py", 'c = "DRIVER={SQL Server};SERVER=db;UID=sa;PWD=§;Trusted=no"'),
    ("ado pwd", "a.config", '<add name="Db" connectionString="Data Source=db;User ID=sa;Pwd=§" />'),
    ("redis conf", "redis.conf", "requirepass §"),
    ("redis connection string", "a.json", '"Redis": "cache:6380,password=§,ssl=True,abortConnect=False"'),
    ("amqp url", "a.yml", "broker: amqp://guest:§@mq:5672/%2f"),
    ("url without user in yaml", "a.yml", "  url: rediss://:§@cache:6380/0 # cache"),
    ("url with ip", "a.py", "DB='mysql+pymysql://root:§@10.0.0.5/prod'"),
    ("ftp url in a sentence", "README.md", "Fetch it from ftp://build:§@files.internal/drop every night."),
    ("git remote", ".gitmodules", "\turl = https://ci:§@git.internal/team/repo.git"),
    ("scp-like", "a.sh", "rsync build:§@files.internal:/srv /mnt"),
    ("sqlplus", "a.sh", 'sqlplus -s scott/§@prod @load.sql'),
    ("snowflake arguments", "a.py", 'connect(account="x", user="app", password="§", warehouse="w")'),
    ("positional login", "a.py", 'smtp.login("mailer@x.io", "§")'),
    ("auth tuple", "a.py", 'requests.get(url, auth=("svc", "§"))'),
    ("driver manager", "A.java", 'DriverManager.getConnection(url, "app", "§");'),
    ("go struct", "a.go", '\tcfg := Config{User: "app", Password: "§"}'),
    ("mongo client", "a.js", "new MongoClient(uri, { auth: { username: 'app', password: '§' } })"),
    # flags and shells
    ("flag with a blank", "a.sh", "vault login --password § --no-print"),
    ("flag short joined", "a.sh", "mysqldump -h db -u root -p§ prod > dump.sql"),
    ("flag single dash", "a.sh", "java -jar app.jar -password § -port 80"),
    ("java property", "a.sh", "java -Ddb.password=§ -jar app.jar"),
    ("curl user", "a.sh", "curl -u admin:§ https://x.io/api"),
    ("curl long user", "a.sh", "curl --user 'admin:§' https://x.io/api"),
    ("sshpass", "a.sh", "sshpass -p '§' ssh root@host"),
    ("redis-cli", "a.sh", "redis-cli -a § ping"),
    ("env prefix", "a.sh", "MYSQL_PWD=§ mysql -u root"),
    ("docker -e", "a.sh", "docker run -e POSTGRES_PASSWORD=§ -p 5432:5432 postgres"),
    ("export quoted with comment", "a.sh", "export SMTP_PASS='§' # mailer"),
    ("setx", "a.bat", "setx DB_PASSWORD §"),
    ("batch set", "a.bat", 'set "DB_PASSWORD=§"'),
    ("powershell", "a.ps1", '$Password = ConvertTo-SecureString "§" -AsPlainText -Force'),
    ("powershell env", "a.ps1", '$env:DB_PASSWORD = "§"'),
    ("shell default", "a.sh", 'PASSWORD="${PASSWORD:-§}"'),
    ("echo to chpasswd", "a.sh", 'echo "root:§" | chpasswd'),
    ("htpasswd", "a.sh", "htpasswd -b users.htpasswd admin §"),
    ("openssl passin", "a.sh", "openssl rsa -in k.pem -passin pass:§"),
    ("keytool", "a.sh", "keytool -storepass § -keypass § -list"),
    ("fish", "a.fish", "set -gx DB_PASSWORD §"),
    ("makefile", "Makefile", "DB_PASSWORD ?= §"),
    ("dockerfile arg", "Dockerfile", "ARG DB_PASSWORD=§"),
    ("compose list", "docker-compose.yml", "      - DB_PASSWORD=§"),
    ("github workflow", "ci.yml", "        run: deploy --token=§ --env prod"),
    # configuration
    ("yaml quoted and comment", "a.yml", "  password: '§' # prod"),
    ("yaml anchor", "a.yml", "password: &pw §"),
    ("yaml tag", "a.yml", "password: !!str §"),
    ("yaml list of maps", "a.yml", "  - password: §"),
    ("yaml flow at the end", "a.yml", "db: {host: x, user: app, password: §}"),
    ("json compact", "a.json", '{"user":"app","password":"§","port":5432}'),
    ("json in a string", "a.js", 'const s = "{\\"password\\": \\"§\\"}";'),
    ("json camel", "a.json", '  "dbPassword": "§",'),
    ("toml", "a.toml", 'password = "§" # prod'),
    ("ini blanks", "a.ini", "password = §"),
    ("ini comment", "a.ini", "password = § ; prod"),
    ("properties", "a.properties", "spring.datasource.password=§"),
    ("properties colon", "a.properties", "db.password: §"),
    ("nginx", "a.conf", 'proxy_set_header X-Auth-Token "§";'),
    ("apache", "a.conf", "SetEnv DB_PASSWORD §"),
    ("wpa", "wpa.conf", '    psk="§"'),
    ("netrc line", "notes.txt", "machine x.io login app password §"),
    ("cisco", "router.txt", "username admin password 0 §"),
    ("snmp", "snmpd.conf", "rocommunity § 10.0.0.0/8"),
    ("terraform", "a.tf", '  password = "§"'),
    ("hcl map", "a.tf", '  environment = { DB_PASSWORD = "§" }'),
    ("xml attribute", "a.xml", '<user name="app" password="§"/>'),
    ("xml add key", "a.config", '<add key="DbPassword" value="§" />'),
    ("xml element with attributes", "a.xml", '<password encrypted="false">§</password>'),
    ("spring bean", "a.xml", '<property name="password" value="§"/>'),
    ("cdata", "a.xml", "<password><![CDATA[§]]></password>"),
    ("plist on one line", "a.plist", "<key>Password</key><string>§</string>"),
    ("markdown table", "a.md", "| admin password | § |"),
    ("markdown code", "a.md", "Log in with password `§`."),
    ("csv", "a.txt", "user,password\n# app password,§"),
    ("html input", "a.html", '<input type="password" value="§">'),
    # languages
    ("python keyword", "a.py", 'Client(user="a", password="§")  # prod'),
    ("python f-string", "a.py", 'PASSWORD = f"§"'),
    ("python annotation", "a.py", 'password: Final[str] = "§"'),
    ("python dict get", "a.py", 'p = os.getenv("DB_PASSWORD") or "§"'),
    ("python setdefault", "a.py", 'os.environ.setdefault("DB_PASSWORD", "§")'),
    ("python subscript", "a.py", 'os.environ["DB_PASSWORD"] = "§"'),
    ("python argparse", "a.py", 'parser.add_argument("--password", default="§")'),
    ("python bytes", "a.py", 'SECRET = b"§"'),
    ("python compare", "a.py", 'if password == "§":'),
    ("python triple", "a.py", 'PASSWORD = """§"""'),
    ("python tuple pair", "a.py", '("password", "§"),'),
    ("js or", "a.js", "const password = process.env.DB_PASSWORD || '§';"),
    ("js nullish", "a.ts", 'const password = env.PASS ?? "§";'),
    ("js template", "a.js", "const password = `§`;"),
    ("ts property", "a.ts", '  private readonly password: string = "§";'),
    ("go short", "a.go", '\tpassword := "§" // prod'),
    ("go const", "a.go", 'const dbPassword string = "§"'),
    ("rust const", "a.rs", 'const DB_PASSWORD: &\'static str = "§";'),
    ("rust into", "a.rs", 'let password = String::from("§");'),
    ("java final", "A.java", 'private static final String PASSWORD = "§";'),
    ("java builder", "A.java", '.password("§")'),
    ("java put", "A.java", 'props.put("password", "§");'),
    ("java annotation", "A.java", '@Value("${db.password:§}")'),
    ("kotlin", "a.kt", 'val dbPassword: String = "§"'),
    ("swift", "a.swift", 'let password = "§"'),
    ("c define", "a.h", '#define DB_PASSWORD "§"'),
    ("c array", "a.c", 'static const char password[] = "§";'),
    ("c pointer", "a.c", 'const char *password = "§";'),
    ("c++ wide", "a.cpp", 'std::wstring password = L"§";'),
    ("c# verbatim", "a.cs", 'var password = @"§";'),
    ("c# credential", "a.cs", 'new NetworkCredential("svc", "§")'),
    ("php arrow", "a.php", "'password' => '§',"),
    ("php variable", "a.php", "$db_password = '§';"),
    ("ruby symbol", "a.rb", "password: '§',"),
    ("ruby rocket", "a.rb", ":password => '§'"),
    ("perl", "a.pl", "my $password = '§';"),
    ("elixir", "a.exs", 'config :app, Repo, password: "§"'),
    ("lua", "a.lua", 'local password = "§"'),
    ("scala", "a.scala", 'val password = "§"'),
    ("r", "a.r", 'password <- "§"'),
    ("matlab", "a.m", "password = '§';"),
    ("sql create user", "a.sql", "CREATE USER app IDENTIFIED BY '§';"),
    ("sql postgres", "a.sql", "CREATE ROLE app LOGIN PASSWORD '§';"),
    ("sql mssql", "a.sql", "CREATE LOGIN app WITH PASSWORD = N'§';"),
    ("sql insert", "a.sql", "INSERT INTO users (name, password) VALUES ('app', '§');"),
    ("sql set", "a.sql", "SET PASSWORD FOR 'app'@'%' = PASSWORD('§');"),
    ("vim script", "a.vim", "let g:db_password = '§'"),
    ("assembly string", "a.s", 'password: .asciz "§"'),
    # words around it
    ("comment colon", "a.py", "# password: §"),
    ("comment after the value", "a.py", 'connect("§")  # the db password'),
    ("comment of todo", "a.js", "// TODO remove: pw was §, changed in May"),
    ("block comment", "a.c", " * The password is '§'."),
    ("log line", "a.log", "INFO login user=app password=§ ok"),
    ("printf", "a.c", 'printf("password=§\\n");'),
    ("diff", "a.diff", '-  password = "§"'),
    ("doctest", "a.py", '>>> login(password="§")'),
    ("http body", "a.http", "grant_type=password&username=app&password=§"),
    ("cookie", "a.http", "Cookie: sessionid=§; theme=dark"),
    ("swedish", "a.py", 'lösenord = "§"'),
    ("french", "a.py", 'mot_de_passe = "§"'),
    ("spanish", "a.py", 'contraseña = "§"'),
    ("portuguese", "a.py", 'senha = "§"'),
    ("polish", "a.py", 'haslo = "§"'),
    ("russian", "a.py", 'пароль = "§"'),
    ("chinese", "a.py", '密码 = "§"'),
    ("kennwort", "a.cs", 'string Kennwort = "§";'),
    ("abbreviated", "a.py", 'userPwd = "§"'),
    ("pass", "a.py", 'smtp_pass = "§"'),
    ("pin", "a.py", 'wallet_pin = "§"'),
    ("passcode", "a.py", 'PASSCODE = "§"'),
)  # fmt: skip

TOKENS = (
    ("header bearer", "a.http", "Authorization: Bearer §"),
    ("header token", "a.py", 'headers = {"Authorization": "token §"}'),
    ("header bare", "a.js", "headers: { 'Authorization': '§' }"),
    ("header api key", "a.go", 'req.Header.Set("X-Api-Key", "§")'),
    ("header subscription", "a.cs", 'client.DefaultRequestHeaders.Add("Ocp-Apim-Subscription-Key", "§");'),
    ("header vendor", "a.sh", "curl --header 'X-Vault-Token: §' https://v/v1/secret"),
    ("header private token", "a.sh", 'curl -H "PRIVATE-TOKEN: §" https://git/api'),
    ("url query api key", "a.js", 'fetch("https://x.io/v1?lang=en&api_key=§&page=2")'),
    ("url query key", "a.py", 'U = f"https://maps.x.io/api?key=§"'),
    ("url query sig", "a.py", 'U = "https://x.blob.core.windows.net/c/b?sv=2021&sig=§%3D"'),
    ("url fragment", "a.js", 'location = "https://x.io/#access_token=§&type=b"'),
    ("yaml secret key", "a.yml", "secret_key_base: §"),
    ("client secret", "a.json", '"clientSecret": "§"'),
    ("access key", "a.tf", 'secret_key = "§"'),
    ("signing", "a.rb", 'signing_secret = "§"'),
    ("aws ini", "a.ini", "aws_secret_access_key = §"),
    ("aws session", "a.sh", "export AWS_SESSION_TOKEN=§§§"),
    ("call of a client", "a.py", 'openai = Client("§")'),
    ("constant without a name", "a.js", 'const k = "§";'),
    ("list of keys", "a.py", 'API_KEYS = ["§"]'),
    ("map of keys", "a.py", 'KEYS = {"prod": "§"}'),
    ("npmrc registry", "a.cfg", "//registry.x.io/:_authToken=§"),
    ("pip index", "a.cfg", "index-url = https://__token__:§@pypi.x.io/simple"),
    ("cargo", "a.toml", '[registry]\ntoken = "§"'),
    ("gradle", "a.gradle", 'password "§"'),
    ("helm", "a.yml", "authToken: §"),
    ("ansible", "a.yml", "  become_password: §"),
    ("sas token", "a.cs", 'var s = "SharedAccessKeyName=Root;SharedAccessKey=§";'),
    ("storage", "a.cs", '"DefaultEndpointsProtocol=https;AccountName=x;AccountKey=§==;EndpointSuffix=core.windows.net"'),
    ("jwt secret", "a.js", "jwt.sign(payload, '§')"),
    ("flask", "a.py", 'app.config["SECRET_KEY"] = "§"'),
    ("session secret", "a.js", "app.use(session({ secret: '§', resave: false }))"),
    ("encryption key", "a.py", 'ENCRYPTION_KEY = "§"'),
    ("fernet", "a.py", 'f = Fernet(b"§")'),
    ("hmac", "a.py", 'hmac.new(b"§", body, "sha256")'),
    ("license", "a.py", 'LICENSE_KEY = "§"'),
    ("dsn", "a.py", 'sentry_dsn = "https://§@sentry.x.io/4"'),
)  # fmt: skip


def _vendors(draw: Callable[..., str]) -> Iterator[tuple[str, str]]:
    for prefix in (
        "sk-",
        "sk-proj-",
        "sk-or-v1-",
        "gsk_",
        "xai-",
        "r8_",
        "csk-",
        "nvapi-",
        "hf_",
        "pplx-",
        "gho_",
        "ghs_",
        "glptt-",
        "glrt-",
        "npm_",
        "rubygems_",
        "pypi-",
        "hvs.",
        "dop_v1_",
        "lin_api_",
        "ntn_",
        "figd_",
        "sgp_",
        "glsa_",
        "xoxb-",
        "xapp-1-",
        "sk_live_",
        "rk_live_",
        "whsec_",
        "sq0csp-",
        "PMAK-",
        "CCIPAT_",
        "ATATT3x",
        "dp.pt.",
        "pscale_tkn_",
        "tfp_",
        "phc_",
        "lsv2_pt_",
        "jina_",
        "tgp_v1_",
        "nfp_",
        "EAAG",
        "ops_",
        "pul-",
        "vercel_",
        "cf_",
        "lip_",
    ):
        yield prefix, prefix + draw(44)  # fmt: skip
    for prefix in (
        "SK",
        "AC",
        "key-",
        "dapi",
        "shpat_",
        "shpss_",
        "sbp_",
        "squ_",
        "p8e-",
        "bkua_",
        "dor_v1_",
        "r8_",
        "pul-",
        "sntrys_",
    ):
        yield f"{prefix} hexadecimal", prefix + draw(40 if prefix not in ("SK", "AC", "key-", "dapi") else 32, HEX)
    yield "aws temporary", "ASIA" + draw(16, UPPER)
    yield "google oauth", "ya29." + draw(60)
    yield "google refresh", "1//0" + draw(40)
    yield "telegram", draw(10, string.digits) + ":AA" + draw(33)
    yield "sendgrid", f"SG.{draw(22)}.{draw(43)}"
    yield "mailchimp", draw(32, HEX) + "-us12"
    yield "age", "AGE-SECRET-KEY-1" + draw(58, UPPER)
    yield "slack webhook", f"https://hooks.slack.com/services/T{draw(8, UPPER)}/B{draw(8, UPPER)}/{draw(24)}"
    yield "discord webhook", f"https://discord.com/api/webhooks/{draw(18, string.digits)}/{draw(68)}"
    yield "mapbox", f"sk.eyJ{draw(60)}.{draw(22)}"
    yield "heroku-like uuid", "HRKU-" + "-".join(draw(n, HEX) for n in (8, 4, 4, 4, 12))
    yield "atlas", f"{draw(14)}.atlasv1.{draw(67)}"
    yield "sentry dsn", f"https://{draw(32, HEX)}@o{draw(6, string.digits)}.ingest.sentry.io/{draw(7, string.digits)}"
    yield "azure ad", f"{draw(3)}8Q~{draw(34)}"
    yield "postman", f"PMAK-{draw(24, HEX)}-{draw(34, HEX)}"
    yield "newrelic", "NRAK-" + draw(27, UPPER)
    yield "ethereum", "0x" + draw(64, HEX)
    yield "bcrypt", "$2b$12$" + draw(53)
    yield "sha512 crypt", f"$6${draw(8)}${draw(86)}"
    yield "apache hash", f"$apr1${draw(8)}${draw(22)}"
    yield "mailgun of today", f"{draw(32, HEX)}-{draw(8, HEX)}-{draw(8, HEX)}"
    yield "new relic licence", draw(36, HEX) + "NRAL"
    yield "trello", "ATTA" + draw(64, HEX)
    yield "asana", f"2/{draw(16, string.digits)}/{draw(16, string.digits)}:{draw(32, HEX)}"
    yield "infisical", f"st.{draw(24, HEX)}.{draw(32, HEX)}.{draw(32, HEX)}"
    for prefix in ("amzn.mws.", "sdk-", "api-"):
        yield f"{prefix} and a uuid", prefix + "-".join(draw(n, HEX) for n in (8, 4, 4, 4, 12))
    yield "telegram address", f"https://api.telegram.org/bot{draw(10, '123456789')}:AA{draw(33)}/sendMessage"
    for place in ("mainnet.infura.io/v3/", "eth-mainnet.g.alchemy.com/v2/"):
        yield place, f"https://{place}{draw(32, HEX)}"
    yield "openshift", "sha256~" + draw(43)


def _several_lines(draw: Callable[..., str], password: Callable[[], str]) -> Iterator[Canary]:
    def one(kind: str, file: str, template: str, *values: str) -> Canary:
        for value in values:
            template = template.replace("§", value, 1)
        return Canary(f"lines: {kind}", file, template, values)

    body = [draw(64, ALNUM + "+/") for _ in range(5)]
    for name in ("RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "PGP PRIVATE KEY BLOCK", "ENCRYPTED PRIVATE KEY"):
        pem = "\n".join(body)
        yield Canary(f"lines: {name}", "k.txt", f"-----BEGIN {name}-----\n{pem}\n-----END {name}-----", tuple(body))
    yield Canary(
        "lines: key in yaml",
        "k.yml",
        "tls.key: |\n  -----BEGIN PRIVATE KEY-----\n" + "".join(f"  {b}\n" for b in body),
        tuple(body),
    )
    yield Canary(
        "lines: key in base64", "k.yml", "key: " + base64.b64encode(("-----BEGIN PRIVATE KEY-----\n" + pem).encode()).decode(), ()
    )
    static = [draw(32, HEX) for _ in range(6)]
    marker = "OpenVPN Static key V1-----"
    yield Canary("lines: openvpn", "k.ovpn", "\n".join([f"-----BEGIN {marker}", *static, f"-----END {marker}"]), tuple(static))
    jwk = {"kty": "EC", "crv": "P-256", "x": draw(43), "y": draw(43), "d": draw(43)}
    yield Canary("lines: jwk", "k.json", json.dumps(jwk), (jwk["d"],))
    yield one("value on the next line", "a.py", 'password = \\\n    "§"', password())
    yield one("brackets", "a.js", "const token =\n  '§';", draw(30))
    yield one("arguments on lines", "a.py", 'os.environ.get(\n    "DB_PASSWORD",\n    "§",\n)', password())
    yield one("json value below", "a.json", '"password":\n  "§"', password())
    yield one("folded", "a.yml", "api_key: >-\n  §\nnext: 1", draw(32))
    yield one("name and value in json", "a.json", '{\n  "name": "DB_PASSWORD",\n  "value": "§"\n}', password())
    yield one("kubernetes env", "a.yml", "  - name: API_TOKEN\n    value: §", draw(32))
    yield one("terraform variable", "a.tf", 'variable "db_password" {\n  type    = string\n  default = "§"\n}', password())
    yield one("xml on lines", "a.xml", "<password>\n  §\n</password>", password())
    yield one("plist", "a.plist", "<key>ApiToken</key>\n<string>§</string>", draw(32))
    yield one("flag on the next line", "a.sh", "tool --password \\\n  § \\\n  --x", password())
    yield one("heredoc", "a.sh", "passwd app <<EOF\n§\n§\nEOF", *([password()] * 2))
    yield one("three pieces", "a.js", 'const apiKey = "§" +\n  "§" +\n  "§";', draw(20), draw(20), draw(20))
    yield one(
        "kubernetes string data",
        "a.yml",
        "kind: Secret\nmetadata:\n  name: x\nstringData:\n  url: §\n  dsn: '§'",
        password(),
        password(),
    )
    yield one("kubernetes data first", "a.yml", "data:\n  dsn: §\nkind: Secret", base64.b64encode(password().encode()).decode())
    yield one("kubernetes multi-line", "a.yml", "kind: Secret\nstringData:\n  config: |\n    user=app\n    pw=§", password())
    yield one("putty rsa", "a.ppk", "Private-Lines: 2\n§\n§\nPrivate-MAC: 00", draw(64, ALNUM + "+/"), draw(20, ALNUM + "+/"))
    yield one("netrc", "notes.txt", "machine x.io\n  login app\n  password §", password())
    yield one("python string pieces", "a.py", 'SECRET = (\n    b"§"\n    b"§"\n)', draw(24), draw(24))
    yield one("java chain", "A.java", '.withPassword(\n    "§")', password())
