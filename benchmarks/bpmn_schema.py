"""Whether files pass an XML schema: `python bpmn_schema.py SCHEMA FOLDER`. Runs in the peers' environment, which has lxml."""

import json
import sys
from pathlib import Path

from lxml import etree

schema = etree.XMLSchema(etree.parse(sys.argv[1]))
files = sorted(Path(sys.argv[2]).iterdir())
said = [f"{file.name}: {schema.error_log[0]}" for file in files if not schema.validate(etree.parse(str(file)))]
print(json.dumps({"files": len(files), "valid": len(files) - len(said), "said": said[:5]}))
