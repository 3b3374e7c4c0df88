"""Where people write passwords that they chose themselves, session numbers and PINs: rows of (kind, file, template)."""

WORDS = "correct battery staple river maple cedar winter copper violet dragon orange sunset purple falcon".split()  # fmt: skip # noqa: SIM905

ONE_WORD = (
    ("shell", "a.sh", "DB_PASSWORD=§"),
    ("shell export", "a.sh", "export POSTGRES_PASSWORD=§"),
    ("shell quoted", "a.sh", "MYSQL_PASSWORD='§'"),
    ("shell before a command", "a.sh", "PGPASSWORD=§ psql -h db -U app"),
    ("dotenv and a comment", "a.txt", "REDIS_PASSWORD=§ # prod"),
    ("compose list", "a.yml", "    environment:\n      - POSTGRES_PASSWORD=§"),
    ("compose default", "a.yml", "      PASSWORD: ${DB_PASSWORD:-§}"),
    ("workflow", "a.yml", "      DB_PASSWORD: §"),
    ("helm values", "a.yml", "auth:\n  rootPassword: §"),
    ("spring", "a.properties", "spring.datasource.password=§"),
    ("json", "a.json", '"db_password": "§",'),
    ("toml", "a.toml", 'admin_password = "§"'),
    ("yaml quoted", "a.yml", 'password: "§"'),
    ("xml attribute", "a.xml", '<user name="a" password="§"/>'),
    ("flag", "a.sh", "wget --http-password=§ https://x.io"),
    ("netrc", "notes.txt", "machine x.io login bob password §"),
    ("sshpass", "a.sh", "sshpass -p § ssh root@h"),
    ("docker login", "a.groovy", "sh 'docker login -u bob -p § registry'"),
    ("openssl", "a.sh", "openssl rsa -passin pass:§ -in k.pem"),
    ("oracle", "a.py", 'url = "jdbc:oracle:thin:app/§@h:1521/x"'),
    ("address", "a.sh", "git clone https://bob:§@git.x.io/r.git"),
)  # fmt: skip

WORD_AND_DIGIT = (
    *ONE_WORD,
    ("yaml", "a.yml", "password: §"),
    ("json plain", "a.json", '{"password": "§"}'),
    ("ansible", "a.yml", "ansible_become_pass: §"),
    ("ansible inventory", "a.ini", "host ansible_user=a ansible_ssh_pass=§"),
    ("helm postgres", "a.yml", "postgresqlPassword: §"),
    ("keystore", "a.properties", "server.ssl.key-store-password=§"),
    ("gradle", "a.properties", "signing.password=§"),
    ("ado.net", "a.json", '"Default": "Server=tcp:x.io,1433;User ID=a;Password=§;Encrypt=True"'),
    ("odbc", "a.py", 'url = "DRIVER={x};UID=a;PWD=§"'),
    ("libpq", "a.py", 'url = "host=x user=a password=§ dbname=y"'),
    ("db2", "a.py", 'url = "jdbc:db2://h:50000/x:user=a;password=§;"'),
    ("netrc lines", "notes.txt", "machine x.io\nlogin bob\npassword §"),
    ("pypirc", "a.cfg", "[pypi]\nusername = bob\npassword = §"),
    ("vnc", "a.sh", "x11vnc -passwd § -display :0"),
    ("mount", "a.sh", "mount -t cifs //h/s /m -o username=a,password=§"),
    ("expect", "a.exp", 'spawn ssh root@h\nexpect "assword:"\nsend "§\\r"'),
    ("expect on one line", "a.exp", 'expect {\n "password:" { send -- "§\\n" }\n}'),
    ("kubernetes value above its name", "a.yml", "        - value: §\n          name: DB_PASSWORD"),
    ("kubernetes quoted value above its name", "a.yml", 'env:\n  - value: "§"\n    name: API_TOKEN'),
)  # fmt: skip

PINS = (
    ("toml", "a.toml", "pin = §"),
    ("yaml", "a.yml", 'otp: "§"'),
    ("shell", "a.sh", "SIM_PIN=§"),
    ("name before", "a.py", 'user_pin = "§"'),
    ("json", "a.json", '{"pin": "§"}'),
)

SESSIONS = (
    ("php", "a.http", "PHPSESSID=§"),
    ("java", "a.http", "Set-Cookie: JSESSIONID=§; Path=/; HttpOnly"),
    ("saml", "a.xml", "<saml:SessionIndex>§</saml:SessionIndex>"),
)

HARMLESS = (
    "    password: str",
    "    password: string;",
    "  newPassword: undefined,",
    "        password=password,",
    "    call(user=user1, password=value2)",
    "    password = read_password1()",
    "self.password=hashed2",
    '    type="password" autocomplete="current-password"',
    "password required",
    "        pin = 13",
    "    seed = 123456",
    "    led_pin = 1024",
    'send "exit\\r"',
    "    password: Sha256",
    "password_hash: int32",
    '"password": "required"',
    "  - value: 12345\n    name: PORT",
    "DB_PASSWORD=$1",
    "DB_PASSWORD=${OTHER}",
    "--password password",
)
"""Code and settings beside the same names: nothing of it is a secret."""
