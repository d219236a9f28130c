#!/usr/bin/env python3
"""Measures on this machine's GPU what a SimFaaSInfer profile needs.

    python3 collect.py --out rows.jsonl --minutes 5
    deno task profile import rows.jsonl --gpu my-gpu --out my-gpu.json

Needs torch alone; Triton is used where it is installed. Nothing is read from or sent to a network. Each
line of the output is one measurement in JSON. A run that was stopped goes on where it ended: points that
are in the file are not measured again. Points are ordered so that a short run has a coarse grid of
everything before it refines any.
"""
import argparse
import datetime
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import torch
import torch.nn.functional as F

try:
    import triton
    import triton.language as tl
except Exception:  # not installed, or not for this machine
    triton = None

VERSION = 1


class Clock:
    """The time that may be used, in seconds of wall time from the start."""

    def __init__(self, minutes):
        self.begin = time.monotonic()
        self.end = self.begin + 60 * minutes

    def left(self):
        return self.end - time.monotonic()


def short(value):
    """A number as it is written: six significant digits."""
    return float("%.6g" % value) if isinstance(value, float) else value


class Rows:
    """Lines of the output file, and the points that it holds."""

    VALUES = ("us", "seconds", "watts", "ms", "without_ms", "host_ms", "step_ms", "sm_mhz", "burst_us",
              "sustained_us", "ok", "detail", "reason")

    def __init__(self, path):
        self.path = path
        self.points = set()
        self.devices = set()
        self.written = 0
        ends_whole = True
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                for line in file:
                    ends_whole = line.endswith("\n")
                    try:
                        row = json.loads(line)
                        if row["op"] == "device":
                            self.devices.add(row["name"])
                        # What could not be measured is tried again by the next run.
                        if row["op"] != "skipped":
                            self.points.add(self.key(row))
                    except Exception:
                        pass
        self.file = open(path, "a", encoding="utf-8")
        if not ends_whole:
            self.file.write("\n")

    def key(self, row):
        # A step is the same one whatever kernel it ran.
        ignored = self.VALUES + (("kernel",) if row["op"] == "step" else ())
        return json.dumps({k: short(v) for k, v in row.items() if k not in ignored}, sort_keys=True)

    def has(self, row):
        return self.key(row) in self.points

    def write(self, row):
        self.file.write(json.dumps({k: short(v) for k, v in row.items()}) + "\n")
        self.file.flush()
        self.points.add(self.key(row))
        self.written += 1


class Device:
    """The device that is measured: a CUDA (or ROCm) GPU, or the CPU to try the script out."""

    def __init__(self, kind):
        self.kind = kind
        self.is_gpu = kind == "cuda"
        # A CPU of an old torch multiplies bf16 slowly: the format is kept, the grid is small.
        self.dtype = torch.bfloat16
        if self.is_gpu:
            self.properties = torch.cuda.get_device_properties(0)
            self.memory = self.properties.total_memory
            self.l2 = getattr(self.properties, "L2_cache_size", 0) or 40 * 2**20
            self.capability = "%d.%d" % torch.cuda.get_device_capability(0)
        else:
            self.memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
            self.l2 = 2**20
            self.capability = None

    def sync(self):
        if self.is_gpu:
            torch.cuda.synchronize()

    def row(self):
        row = {"op": "device", "collector": str(VERSION), "torch": torch.__version__,
               "memory_bytes": int(self.memory), "date": datetime.date.today().isoformat()}
        if not self.is_gpu:
            return dict(row, name=platform.processor() or platform.machine() or "cpu")
        row.update(name=torch.cuda.get_device_name(0), capability=self.capability,
                   multiprocessors=self.properties.multi_processor_count, l2_bytes=int(self.l2),
                   gpus=torch.cuda.device_count())
        if torch.version.cuda:
            row["cuda"] = torch.version.cuda
        if triton is not None:
            row["triton"] = triton.__version__
        if torch.backends.cudnn.is_available():
            row["cudnn"] = str(torch.backends.cudnn.version())
        smi = query_smi("driver_version,power.limit,clocks.max.sm")
        if smi is not None:
            row["driver"] = smi[0]
            for name, text in (("power_limit_watts", smi[1]), ("clock_mhz", smi[2])):
                number = as_number(text)
                if number is not None:
                    row[name] = number
        return row


def as_number(text):
    try:
        number = float(text)
        return number if number > 0 and math.isfinite(number) else None
    except ValueError:
        return None


def query_smi(fields):
    """Fields of nvidia-smi of the first visible GPU; None where there is no such program."""
    index = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0] or "0"
    try:
        text = subprocess.run(
            ["nvidia-smi", "-i", index, "--query-gpu=" + fields, "--format=csv,noheader,nounits"],
            capture_output=True, text=True, timeout=20, check=True).stdout
        return [part.strip() for part in text.strip().splitlines()[0].split(",")]
    except Exception:
        return None


class Meter:
    """Power and clock of the GPU while something runs, sampled in a thread."""

    def __init__(self):
        self.samples = []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.stopped.is_set():
            smi = query_smi("power.draw,clocks.sm")
            if smi is None:
                return
            watts, clock = as_number(smi[0]), as_number(smi[1])
            if watts is not None:
                self.samples.append((time.monotonic(), watts, clock))
            self.stopped.wait(0.1)

    def __enter__(self):
        self.begin = time.monotonic()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    def means(self):
        """Mean watts and clock of the second half: power settles. None where nothing was sampled."""
        late = self.samples[len(self.samples) // 2:]
        if not late:
            return None
        clocks = [clock for _, _, clock in late if clock is not None]
        return (statistics.mean(watts for _, watts, _ in late),
                statistics.mean(clocks) if clocks else None)


def capture(device, run, calls):
    """A graph of `calls` calls of run(i); None where there are no graphs or it cannot be captured."""
    if not device.is_gpu:
        return None
    try:
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for i in range(3):
                run(i)
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            for i in range(calls):
                run(i)
        return graph
    except torch.cuda.OutOfMemoryError if hasattr(torch.cuda, "OutOfMemoryError") else MemoryError:
        raise
    except Exception:
        torch.cuda.synchronize()
        return None


def seconds_of(device, run, target=0.004, repeats=7):
    """Median seconds of one call of run(i): of replays of a graph of many, or of a loop on a CPU."""
    for i in range(2):
        run(i)
    device.sync()
    begin = time.perf_counter()
    run(0)
    device.sync()
    once = max(time.perf_counter() - begin, 1e-7)
    if not device.is_gpu:
        calls = max(1, min(50, int(target / once)))
        times = []
        for _ in range(3):
            begin = time.perf_counter()
            for i in range(calls):
                run(i)
            times.append((time.perf_counter() - begin) / calls)
        return statistics.median(times)
    calls = max(3, min(400, int(target / once) + 1))
    graph = capture(device, run, calls)
    play = graph.replay if graph is not None else (lambda: [run(i) for i in range(calls)])
    play()
    times = []
    for _ in range(repeats):
        first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        first.record()
        play()
        last.record()
        last.synchronize()
        times.append(first.elapsed_time(last) * 1e-3 / calls)
    return statistics.median(times)


def pool(device, make, bytes_each):
    """Operands in so many copies that the next one is never in the cache; fewer where memory is short."""
    wanted = max(1, math.ceil(3 * device.l2 / max(1, bytes_each)))
    room = int(0.3 * device.memory / max(1, bytes_each))
    copies = max(1, min(wanted, room, 256 if device.is_gpu else 2))
    return [make() for _ in range(copies)]


def random_like(device, *shape, scale=1.0):
    return (torch.randn(*shape, device=device.kind, dtype=torch.float32) * scale).to(device.dtype)
