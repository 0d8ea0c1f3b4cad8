"""Entry point of the `dibao` command: runs the command line and turns errors into one sentence."""

from __future__ import annotations

import os
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit status (0 done, 1 failed or found wrong, 2 wrong usage)."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in arguments or bool(os.environ.get("DIBAO_DEBUG"))
    verbose = "--verbose" in arguments or bool(os.environ.get("DIBAO_VERBOSE"))
    arguments = [each for each in arguments if each not in ("--debug", "--verbose")]
    if verbose:
        from flows.logs import to_terminal

        to_terminal()
    from flows.cli import run
    from flows.report.visible import visible
    from warehouse.errors import WarehouseError

    try:
        return run(arguments)
    except KeyboardInterrupt:
        print("Stopped. What was published stays; the next run carries on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except WarehouseError as error:
        if debug:
            raise
        print(visible(f"dibao: {error}"), file=sys.stderr)
        return 1
    except Exception as error:
        if debug:
            raise
        said = " ".join(f"{type(error).__name__}: {error}".split())
        print(
            visible(f"dibao: something unforeseen happened ({said}). Run the same command with --debug to see where."),
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
