"""Freeze the facts that have no golden file yet: ``python -m tests.domain.golden.write`` from the project's root."""

from tests.domain.golden.stored import write_missing

if __name__ == "__main__":
    for path in write_missing():
        print(path.name)  # noqa: T201
