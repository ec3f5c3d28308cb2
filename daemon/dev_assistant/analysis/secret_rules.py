"""Secrets in a text, as rules: DA250 to DA264 for documented shapes, DA290 for what is assigned.

No example here has the shape of a secret, so that no scanner stumbles over this file.
"""

from __future__ import annotations

from dev_assistant.analysis.rules import Rule
from dev_assistant.model import Category, Severity

_REVOKE = (
    "Revoke it with its issuer and keep the new one outside the tree: "
    "deleting the line leaves it in the history."
)
_WHY = " Whoever can read the repository, a backup or a build log can use it."


def _rule(number: int, name: str, rationale: str, example: str, hint: str = _REVOKE) -> Rule:
    return Rule(f"DA{number}", name, Category.SECURITY, Severity.WARNING, rationale + _WHY, example, hint)


PRIVATE_KEY = _rule(
    250,
    "private-key",
    "A private key in PEM form (RFC 7468) or OpenPGP armour (RFC 9580), with its body, stands in the file.",
    "a BEGIN line with PRIVATE KEY, and base64 below it",
)
AWS_KEY_ID = _rule(
    251,
    "aws-access-key-id",
    "The identifier of an AWS access key: AKIA (long-term) or ASIA (temporary) and 16 digits of base32 "
    "(IAM user guide, unique identifiers). Its secret is usually not far.",
    "aws_access_key_id = AKIA and 16 capitals or digits",
)
AWS_SECRET = _rule(
    252,
    "aws-secret-access-key",
    "The 40 characters that sign requests to AWS are assigned to a secret access key.",
    "aws_secret_access_key = 40 characters of base64",
)
GITHUB = _rule(
    253,
    "github-token",
    "A GitHub token whose checksum is right (ghp_, gho_, ghu_, ghs_, ghr_: the last six characters are "
    "the CRC32 "
    "of the rest in base62, GitHub's blog, April 2021), a fine-grained one or a signed installation token.",
    "ghp_ and 36 letters or digits",
)
GITLAB = _rule(
    254, "gitlab-token", "A GitLab personal access token (glpat-).", "glpat- and 20 characters of base64url"
)
SLACK = _rule(
    255,
    "slack-token",
    "A Slack token (xoxb-, xoxp- and others) or the address of an incoming webhook, which is all that it "
    "takes to post.",
    "xoxb- with two numbers and 24 letters or digits",
)
STRIPE = _rule(
    256,
    "stripe-key",
    "A live Stripe key, secret or restricted (sk_live_, rk_live_).",
    "sk_live_ and 24 letters or digits",
)
GOOGLE = _rule(
    257,
    "google-api-key",
    "A Google API key (AIza). Without restrictions by site or app anybody may spend its quota.",
    "AIza and 35 characters of base64url",
    "Restrict the key to your sites or apps if it has to be public; else revoke it and keep the new one "
    "outside the tree.",
)
PYPI = _rule(
    258,
    "pypi-token",
    "A PyPI upload token: pypi- and a macaroon that names pypi.org or test.pypi.org.",
    "pypi- and 150 characters of base64url",
)
NPM = _rule(
    259,
    "npm-token",
    "An npm access token whose checksum is right (CRC32 in base62 as GitHub's: GitHub's blog, September "
    "2021).",
    "npm_ and 36 letters or digits",
)
JWT = _rule(
    260,
    "json-web-token",
    "A signed JSON Web Token (RFC 7519): header and claims decode, and a signature follows. It is as "
    "good as a login "
    "until it expires.",
    "three parts of base64url, divided by dots",
)
AZURE = _rule(
    261,
    "azure-storage-key",
    "The key of an Azure storage account in a connection string: full access to all of its data.",
    "AccountKey= and 88 characters of base64",
)
TWILIO = _rule(
    262,
    "twilio-api-key",
    "A Twilio API key (SK); its secret is usually not far.",
    "SK and 32 hexadecimal digits",
)
SENDGRID = _rule(
    263, "sendgrid-key", "A SendGrid API key.", "SG. with 22 and 43 characters of base64url, divided by a dot"
)
URL_PASSWORD = _rule(
    264,
    "password-in-url",
    "The address of a database or broker carries a password for a host that is not this machine.",
    "postgresql://app:PASSWORD@db.internal/app",
)
ASSIGNED = _rule(
    290,
    "assigned-secret",
    "A literal that looks random is assigned to a name such as password, secret, token or api_key.",
    'api_key = "16 or more random characters"',
    "Read it from the environment or a secret store and issue a new one; if it is none, end the line "
    "with: pragma: allowlist secret",
)
RULES = (
    PRIVATE_KEY,
    AWS_KEY_ID,
    AWS_SECRET,
    GITHUB,
    GITLAB,
    SLACK,
    STRIPE,
    GOOGLE,
    PYPI,
    NPM,
    JWT,
    AZURE,
    TWILIO,
    SENDGRID,
    URL_PASSWORD,
    ASSIGNED,
)
