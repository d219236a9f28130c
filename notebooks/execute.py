"""Executes notebooks with their own kernel and writes them back, the same bytes every time.

Usage: python3 execute.py [--check] NOTEBOOK...

Fails on a cell that ends in an error, on a code cell without output (unless it is tagged "silent"),
and on a figure without PNG. --check also fails when a notebook would be written differently, and
leaves it as it is.
"""

import os
import shutil
import signal
import sys
import tempfile

import nbformat
from nbclient import NotebookClient


def without_progress(notebook):
    """Drops the outputs of progress: what ran long enough had one, which is empty at the end."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                output
                for output in cell.outputs
                if output.output_type != "display_data" or any(output.get("data", {}).values())
            ]
    return notebook


def faults(notebook):
    """What is wrong with an executed notebook, a line each."""
    found = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"cell {index}: {output.ename}: {output.evalue}")
            data = output.get("data", {})
            if any("vegalite" in mime for mime in data) and "image/png" not in data:
                found.append(f"cell {index}: a figure without PNG")
        if not cell.outputs and "silent" not in cell.metadata.get("tags", []):
            found.append(f"cell {index}: no output")
    return found


def plain(notebook):
    """Drops what differs between equal executions: times, and data for displays on the move."""
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index:02d}"
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.pop("transient", None)
    notebook.metadata = {
        "kernelspec": {"display_name": "Deno", "language": "typescript", "name": "deno"},
        "language_info": {
            "file_extension": ".ts",
            "mimetype": "text/x.typescript",
            "name": "typescript",
        },
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def replace(path, text):
    """Replaces a file as a whole: a full disk or a kill leaves the old one as it was."""
    path = os.path.realpath(path)
    handle, partial = tempfile.mkstemp(
        dir=os.path.dirname(path), prefix=f".{os.path.basename(path)}.", suffix=".part"
    )
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, partial)
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def execute(path, check):
    """Executes one notebook; returns its faults."""
    with open(path, encoding="utf-8") as file:
        before = file.read()
    notebook = nbformat.reads(before, as_version=4)
    folder = path.rsplit("/", 1)[0] if "/" in path else "."
    client = NotebookClient(
        notebook,
        kernel_name="deno",
        timeout=240,
        allow_errors=True,
        resources={"metadata": {"path": folder}},
    )
    client.execute()
    found = faults(without_progress(notebook))
    after = nbformat.writes(plain(notebook), version=4) + "\n"
    if len(after.encode()) > 330_000:
        found.append(f"{len(after.encode())} bytes are more than 330000")
    if check and after != before:
        found.append("its outputs are not those that are committed")
    if not check and not found:
        replace(path, after)
    return found


def main(arguments):
    check = "--check" in arguments
    failed = False
    for path in [argument for argument in arguments if argument != "--check"]:
        found = execute(path, check)
        name = path.rsplit("/", 1)[-1]
        print(f"{name}: {'good' if not found else 'failed'}", flush=True)
        for line in found:
            print(f"  {line}", flush=True)
        failed = failed or bool(found)
    return 1 if failed else 0


def stop(number, _frame):
    """Ends as an error would, so that the kernel is ended and nothing half-written stays."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    sys.exit(main(sys.argv[1:]))
