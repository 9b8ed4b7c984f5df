"""Answers each line of JSON with the signature that slack_sdk makes of it."""

import json
import sys

from slack_sdk.signature import SignatureVerifier

for line in sys.stdin:
    asked = json.loads(line)
    verifier = SignatureVerifier(asked["secret"])
    print(verifier.generate_signature(timestamp=asked["time"], body=asked["body"]), flush=True)
