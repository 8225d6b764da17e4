"""The command line: one file a command, each one call of a function in jobs."""


def main() -> None:
    """Run the command line and leave with its exit status."""
    import sys
    from io import TextIOWrapper

    from assay.cli.ending import end_tidily
    from assay.cli.root import run

    end_tidily()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a console of another encoding shows "?"
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))
