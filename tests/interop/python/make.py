"""Cases on stdin -> tokens, by the SDK's own builder, at a fixed time."""

import datetime
import json
import sys
from importlib.metadata import version

from google.protobuf.json_format import ParseDict
from livekit import api
from livekit.api.access_token import camel_to_snake

# 2026-01-01T00:00:00Z. The SDK has no argument for the time: it uses the class below.
MADE_FOR = 1767225600


class FixedDatetime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(MADE_FOR, tz)


datetime.datetime = FixedDatetime

GRANTS = {
    "video": (api.VideoGrants, "with_grants"),
    "sip": (api.SIPGrants, "with_sip_grants"),
    "agent": (api.AgentGrants, "with_agent_grants"),
    "agentEndpoint": (api.AgentEndpointGrants, "with_agent_endpoint_grants"),
    "agentThread": (api.AgentThreadGrants, "with_agent_thread_grants"),
    "inference": (api.InferenceGrants, "with_inference_grants"),
    "observability": (api.ObservabilityGrants, "with_observability_grants"),
}
OTHERS = {
    "sub": "with_identity",
    "name": "with_name",
    "kind": "with_kind",
    "metadata": "with_metadata",
    "attributes": "with_attributes",
    "sha256": "with_sha256",
    "roomPreset": "with_room_preset",
}
LACKS = {"kindDetails"}


def sign(key: str, secret: str, claims: dict) -> str:
    token = api.AccessToken(key, secret)
    for name, value in claims.items():
        if name in GRANTS:
            grants, setter = GRANTS[name]
            # An unknown field is a TypeError here.
            getattr(token, setter)(grants(**{camel_to_snake(member): what for member, what in value.items()}))
        elif name == "roomConfig":
            token.with_room_config(ParseDict(value, api.RoomConfiguration()))
        elif name not in LACKS:
            getattr(token, OTHERS[name])(value)
    return token.to_jwt()


key, secret = sys.argv[1:]
cases = json.load(sys.stdin)["cases"]
tokens = [{"name": case["name"], "token": sign(key, secret, case["claims"])} for case in cases]
json.dump({"version": version("livekit-api"), "tokens": tokens}, sys.stdout)
