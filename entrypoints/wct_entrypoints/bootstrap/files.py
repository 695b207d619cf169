"""Documents that commands write to files."""

from wct_adapters.exporters.json_file import to_json as serialise
from wct_adapters.exporters.json_file import write_json as write_document

__all__ = ["serialise", "write_document"]
