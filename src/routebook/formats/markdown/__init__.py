"""One document <-> one Markdown file with YAML front matter."""

from routebook.formats.markdown.document import MAX_BYTES, DocumentFile, decode, read_document, write_document

__all__ = ["MAX_BYTES", "DocumentFile", "decode", "read_document", "write_document"]
