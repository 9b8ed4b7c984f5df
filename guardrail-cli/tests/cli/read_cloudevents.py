"""Reads lines of standard input as CloudEvents by the PyPI SDK, and prints id and type of each."""

import json
import sys

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

for line in sys.stdin.buffer:
    event = JSONFormat().read(CloudEvent, line)
    assert event.get_specversion() == "1.0"
    assert event.get_time().tzinfo is not None
    assert event.get_data()["seq"] == int(event.get_extension("sequence"))
    print(json.dumps([event.get_id(), event.get_type(), event.get_subject()]))
