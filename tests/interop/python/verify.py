"""Tokens on stdin, one a line -> what LiveKit's verifier read in each, as one JSON object a line: claims or refused."""

import json
import sys

from livekit.api import TokenVerifier


def answer(verifier: TokenVerifier, token: str) -> dict:
    try:
        return {"claims": verifier.verify(token).asdict()}
    except Exception as error:  # whatever it raises, it did not accept the token
        return {"refused": type(error).__name__}


verifier = TokenVerifier(sys.argv[1], sys.argv[2])
for line in sys.stdin:
    print(json.dumps(answer(verifier, line.strip())))
