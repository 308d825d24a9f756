"""The child process of the press: lays out ``main.typ`` of the folder it is started in, to standard output."""

import sys

MEMORY = 1536 * 1024 * 1024
"""Bytes of address space beyond what the program itself maps: enough for fifty large screenshots."""


def main(form: str, pixels_per_inch: str, fonts: str) -> None:
    import typst

    _bound_memory()
    ppi = float(pixels_per_inch)
    made: object = typst.compile(
        "main.typ", root=".", font_paths=[fonts], format="png" if form == "png" else "pdf", ppi=ppi
    )
    # Of several pages, PNG gives a list; the first is the one that was asked for.
    page = made[0] if isinstance(made, list) else made
    assert isinstance(page, bytes)
    sys.stdout.buffer.write(page)


def _bound_memory() -> None:
    """Only Linux says how much is mapped already; elsewhere, time and size are what bounds it."""
    try:
        import resource

        with open("/proc/self/statm") as statm:
            mapped = int(statm.read().split()[0]) * resource.getpagesize()
    except (ImportError, FileNotFoundError):
        return
    resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY, mapped + MEMORY))


if __name__ == "__main__":
    main(*sys.argv[1:])
