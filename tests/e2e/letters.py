"""A folder of letters, and a runbook that looks for personal data in them."""

LETTERS = """\
name: letters
description: looks for personal data in letters
connectors:
  - name: letters
    type: filesystem_connector
    properties: {path: letters}
analysers:
  - name: scan
    type: personal_data_analyser
    properties:
      pattern_matching: {ruleset: personal_data, maximum_evidence_count: 3}
execution:
  - id: scan
    name: Scan
    description: looks for personal data
    connector: letters
    analyser: scan
    input_schema: standard_input
    output_schema: personal_data_finding
"""
