"""``python -m benchmarks.sample 100000``: build the sample of that size where it is missing."""

import sys

from benchmarks.sample.stores import SIZES, NoRoomError, sample_file


def main() -> int:
    """Build it, and say where it stands."""
    sizes = {str(size): size for size in SIZES}
    asked = sys.argv[1] if len(sys.argv) == 2 else ""
    if asked not in sizes:
        print(f"which size? one of {', '.join(sizes)}", file=sys.stderr)
        return 2
    try:
        path = sample_file(sizes[asked])
    except NoRoomError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path}: {path.stat().st_size / 1e6:,.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
