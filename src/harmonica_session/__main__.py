"""Runs the command line as `python -m harmonica_session`; it must hold nothing else."""

from harmonica_session.cli import main

raise SystemExit(main())
