"""Connects Slack's Python client to the Slack of the tests, and says what it heard."""

import json
import os
import threading

from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

client = SocketModeClient(
    app_token=os.environ["APP_TOKEN"],
    web_client=WebClient(token=os.environ["BOT_TOKEN"], base_url=os.environ["API"]),
)


def heard(client, request):
    client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
    kinds = {"block_actions": "action", "view_submission": "view", "event_callback": "message"}
    kind = kinds[request.payload["type"]]
    print("heard " + kind + " " + json.dumps(request.payload), flush=True)


client.socket_mode_request_listeners.append(heard)
client.connect()
print("connected", flush=True)
threading.Event().wait()
