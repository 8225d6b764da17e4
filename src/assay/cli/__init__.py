"""The command line: one file a command, each one call of a function in jobs."""


def main() -> None:
    """Run the command line and leave with its exit status."""
    import sys

    from assay.cli.root import run

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console of another encoding shows "?", never fails
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))
