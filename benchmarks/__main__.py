"""`bin/bench NAME …`: run one benchmark."""

import sys
from importlib import import_module

NAMES = ("bpmn", "checks", "engine", "journey", "layout", "search", "sort", "typing")


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in NAMES:
        print(f"usage: bin/bench {{{','.join(NAMES)}}} [options]", file=sys.stderr)
        return 2
    code: int = import_module(f"benchmarks.{arguments[0]}").main(arguments[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
