"""Validates lines of standard input against OCSF 1.8.0, class API Activity, and prints their number."""

import json
import sys

import jsonschema
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

schema = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.8.0")).get_class_schema("api_activity")
validator = jsonschema.Draft202012Validator(schema)
events = [json.loads(line) for line in sys.stdin]
faults = [f"{error.json_path}: {error.message}" for event in events for error in validator.iter_errors(event)]
if faults:
    sys.exit("\n".join(faults))
print(len(events))
