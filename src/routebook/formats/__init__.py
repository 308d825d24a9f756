"""Text and bytes to core values and back. Pure: the doors read and write the disk.

One subject each: `markdown` (one document as a file), `library` (the whole folder), `schema` (every
key of both, the one place where they are written down), `normal` (what survives a round trip).
"""
