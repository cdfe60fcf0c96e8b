"""Execute every notebook from the first cell to the last; any error or warning shown as one fails.

python notebooks/execute.py [--save]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
_SECONDS = 600


def main() -> None:
    """Run the notebooks in their order; ``--save`` keeps their outputs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--save", action="store_true", help="write the outputs into the files")
    save = parser.parse_args().save
    for path in sorted(HERE.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=_SECONDS, resources={"metadata": {"path": str(HERE)}}).execute()
        if save:
            nbformat.write(notebook, path)
        print(f"executed {path.name}: {len(notebook.cells)} cells")


if __name__ == "__main__":
    main()
