"""Clients, assertions, scopes, tokens, one-time secrets: pure decisions, no storage (the join is `hub.admission`)."""

from hub.auth.assertion import LIFETIME_S, Claims, Refusal, claimed_client, verify_assertion
from hub.auth.codes import code_hash, new_code, normal_code
from hub.auth.jws import public_jwk, sign_compact
from hub.auth.keyset import check_jwks, new_keypair
from hub.auth.scopes import CITY_SCOPES, Interaction, Scope, allows, grant, is_city, is_write_only, parse_scope
from hub.auth.secret import hash_secret, is_secret
from hub.auth.signing import sign_assertion
from hub.auth.tokens import is_token, new_token, token_hash

__all__ = [
    "CITY_SCOPES",
    "LIFETIME_S",
    "Claims",
    "Interaction",
    "Refusal",
    "Scope",
    "allows",
    "check_jwks",
    "claimed_client",
    "code_hash",
    "grant",
    "hash_secret",
    "is_city",
    "is_secret",
    "is_token",
    "is_write_only",
    "new_code",
    "new_keypair",
    "new_token",
    "normal_code",
    "parse_scope",
    "public_jwk",
    "sign_assertion",
    "sign_compact",
    "token_hash",
    "verify_assertion",
]
