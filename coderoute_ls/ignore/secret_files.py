"""Files that hold keys or passwords by their name: one list of well-known ones (data)."""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase

from coderoute_ls.text.lazy_regex import LatePattern

_NAMES = """
.env .env.* .env-* .envrc *.env .flaskenv .dev.vars .secrets .secrets.* secrets.yml secrets.yaml secrets.json secrets.toml
secrets.ini secrets.xml secrets.properties secrets.txt secret.yml secret.yaml secret.json secret.toml secret.txt
client_secret*.json client_secrets.json service-account*.json service_account*.json serviceaccount*.json
*firebase-adminsdk*.json application_default_credentials.json credentials credentials.json credentials.yml credentials.yaml
credentials.toml credentials.xml credentials.ini credentials.csv credentials.properties credentials.txt credentials.db
*.yml.enc *.yaml.enc *.json.enc *.pem *.key *.p12 *.pfx *.jks *.jceks *.keystore *.bks *.ppk *.p8 *.pk8 *.pkcs8 *.pkcs12 *.der
*.asc *.gpg *.pgp *.kdb *.kdbx *.kwallet *.agilekeychain *.opvault *.1pif *.1pux *.keychain *.keychain-db *.keytab *.ovpn
*.mobileprovision *.provisionprofile *.age *.psk *.tfvars *.tfvars.json *.tfstate *.tfstate.* .terraformrc terraform.rc
credentials.tfrc.json .vault-token .vault_pass .vault_pass.txt .vault_password vault_pass.txt vault.yml vault.yaml id_rsa*
id_dsa* id_ecdsa* id_ed25519* id_xmss* *_rsa *_dsa *_ecdsa *_ed25519 ssh_host_*_key identity .netrc _netrc .authinfo .npmrc
.yarnrc.yml .pypirc .gemrc .condarc pip.conf pip.ini .pgpass pgpass.conf .my.cnf .mylogin.cnf .pg_service.conf pg_service.conf
.mongorc.js .mongoshrc.js cwallet.sso ewallet.p12 wallet.dat .htpasswd htpasswd *.htpasswd passwd passwd.txt password.txt
passwords.txt passwords.csv shadow gshadow master.passwd sudoers .git-credentials .dockercfg .dockerconfigjson kubeconfig
*.kubeconfig kubeconfig.* bootstrap-kubeconfig .boto .s3cfg .passwd-s3fs rootkey.csv accesskeys.csv *_accesskeys.csv
rclone.conf .sentryclirc .databrickscfg kaggle.json .wakatime.cfg .snowsql snowsql.cnf settings-security.xml local.properties
keystore.properties signing.properties key.properties google-services.json googleservice-info.plist .ftpconfig .ftpaccess
ftp.json sftp.json sftp-config.json .remote-sync.json .esmtprc .msmtprc msmtprc .fetchmailrc .mailrc .muttrc davfs2.secrets
smbcredentials .smbcredentials wpa_supplicant.conf wpa_supplicant-*.conf *.nmconnection chap-secrets pap-secrets ipsec.secrets
wg[0-9]*.conf filezilla.xml sitemanager.xml recentservers.xml winscp.ini mremoteng.xml confcons.xml *.rdg *.rdp *.remmina
remmina.pref secring.gpg private-keys.db key3.db key4.db logins.json signons.sqlite cookies.txt cookies.sqlite proftpdpasswd
.vncpasswd vncpasswd ultravnc.ini krb5.keytab .k5login slapd.secret ldap.secret nslcd.conf .bash_history .zsh_history
.sh_history .psql_history .mysql_history .sqlplus_history .rediscli_history .dbshell .python_history .node_repl_history
.irb_history .pry_history .viminfo wp-config.php secret_token.rb knife.rb hudson.util.secret
jenkins.plugins.publish_over_ssh.bapsshpublisherplugin.xml carrierwave.rb omniauth.rb .lastpass .bitwarden
"""
"""Of files, anywhere. Lower case."""

_PLACES = """
.aws/credentials .aws/config .docker/config.json .kube/config .cargo/credentials .cargo/credentials.toml
.azure/accesstokens.json .azure/azureprofile.json .azure/msal_token_cache.json .azure/msal_token_cache.bin .config/gcloud
.config/gh/hosts.yml .config/glab-cli/config.yml .config/hub .config/git/credentials .config/doctl/config.yaml
.config/pypoetry/auth.toml .config/composer/auth.json .composer/auth.json .config/helm/repositories.yaml .config/op/config
.fly/config.yml .config/netlify/config.json .config/containers/auth.json .m2/settings.xml .gradle/gradle.properties
.gem/credentials .bundle/config .nuget/nuget.config .jfrog/jfrog-cli.conf .ivy2/.credentials .sbt/.credentials
.sbt/credentials .terraform.d/credentials.tfrc.json .pulumi/credentials.json .ssh/config .gnupg .oci/config
.bluemix/config.json .aliyun/config.json .chef/knife.rb .huggingface/token .cache/huggingface/token .dbt/profiles.yml
.streamlit/secrets.toml .ngrok2/ngrok.yml .config/ngrok/ngrok.yml .cloudflared/cert.pem
.config/configstore/firebase-tools.json .config/sops/age/keys.txt .config/age/keys.txt .password-store etc/shadow etc/gshadow
etc/ppp/chap-secrets etc/ppp/pap-secrets run/secrets config/master.key config/secrets.yml config/database.yml .git/config
.git/credentials .config/filezilla .config/remmina .purple/accounts.xml .irssi/config .weechat/sec.conf .subversion/auth
"""
"""Ends of paths, where the name alone says nothing. Lower case; a folder stands for all that is in it."""

_EXAMPLES = (".example", ".sample", ".template", ".dist", ".tpl", ".tmpl", ".defaults")
"""What a name ends with that shows what a file of secrets looks like, without them."""

# Names are asked for as they are, by their end or by their beginning where that will do: compiling one pattern of them all
# would cost each start 9 ms.
_WILD = "*["
_EXACT = frozenset(name for name in _NAMES.split() if not any(sign in name for sign in _WILD))
_ENDS = tuple(name[1:] for name in _NAMES.split() if name[0] == "*" and not any(sign in name[1:] for sign in _WILD))
_BEGINNINGS = tuple(name[:-1] for name in _NAMES.split() if name[-1] == "*" and not any(sign in name[:-1] for sign in _WILD))
_GLOBS = tuple(set(_NAMES.split()) - _EXACT - {f"*{end}" for end in _ENDS} - {f"{beginning}*" for beginning in _BEGINNINGS})
_WHOLE_PLACES = tuple(f"/{place}/" for place in _PLACES.split())


def secret_name(path: str) -> bool:
    """Whether the file's name, or where it is, says that it holds keys or passwords. Nothing is read."""
    lowered = path.replace(os.sep, "/").lower()
    return _secret(lowered) or any(map(_secret, _originals(lowered)))


_OLDER = LatePattern(
    r"(?:~|#|\.~\d{1,4}~| \(\d{1,3}\)"
    r"|[ ._-](?:bak|backup|old|orig|save|saved|copy|swp|swo|swx|tmp|temp|rej|\d{1,8})(?:[ .]?\d{1,3})?)"
    r"(?=(?:\.[a-z0-9]{1,10})?\Z)"
)
"""What editors, systems and people add to the name of a file that they keep an older version in."""


def _originals(lowered: str) -> Iterator[str]:
    """The names of which this one may be an older version: ``.env~``, ``.#.env``, ``passwords (1).txt``."""
    folder, slash, name = lowered.rpartition("/")
    found = _OLDER.search(name)
    original = name if found is None else name[: found.start()] + name[found.end() :]
    if original != name or name.startswith(".#"):
        for marks in range(3):  # a sign or two before it, as of Emacs and Vim
            if not original[:marks].strip("#.~$"):
                yield folder + slash + original[marks:]


def _secret(lowered: str) -> bool:
    name = lowered.rpartition("/")[2]
    if name.endswith(_EXAMPLES):
        return False
    if name in _EXACT or name.endswith(_ENDS) or name.startswith(_BEGINNINGS):
        return True
    if any(fnmatchcase(name, glob) for glob in _GLOBS):
        return True
    path = f"/{lowered}/"
    return any(place in path for place in _WHOLE_PLACES)
