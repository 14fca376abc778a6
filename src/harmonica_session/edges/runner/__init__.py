"""The GitHub Actions runner: its log and the files of a step."""
