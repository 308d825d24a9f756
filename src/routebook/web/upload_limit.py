"""What is sent above the limit is not kept anywhere, not even for a moment; the rest of its form is read as ever."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class UploadLimit(FileUploadHandler):
    """Stops taking a file at the limit. The first of the handlers: the others keep what this one passes on."""

    taken = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.taken += len(raw_data)
        if self.taken > settings.MEDIA_MOST_BYTES:
            if self.request is not None:
                self.request.too_large = self.field_name  # type: ignore[attr-defined]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers that keep files say what became of it."""
