

# Stages of a start, collectives, the grid and the program.

# Shapes of the models on one GPU each, largest part first: written by `deno task profile collect`.
SPEC = json.loads(r"""@SPEC@""")

START = """
import json, time
begin = time.perf_counter()
def stage(name):
    global begin
    now = time.perf_counter()
    print(json.dumps({"op": "cold_start", "stage": name, "seconds": now - begin}), flush=True)
    begin = time.perf_counter()
import torch
stage("import_torch")
if %(gpu)r:
    torch.cuda.init()
    stage("accelerator_init")
x = torch.zeros(1, device=%(kind)r)
stage("first_tensor")
torch.matmul(torch.ones(64, 64, device=%(kind)r), torch.ones(64, 64, device=%(kind)r)).sum().item()
stage("first_product")
"""


def start_rows(device, rows, megabytes):
    """A fresh process; then weights from disk, from the page cache and from pinned memory."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    rows.write({"op": "cold_start", "stage": "interpreter", "seconds": time.perf_counter() - begin})
    done = subprocess.run([sys.executable, "-c", START % {"gpu": device.is_gpu, "kind": device.kind}],
                          capture_output=True, text=True, timeout=600)
    for line in done.stdout.splitlines():
        rows.write(json.loads(line))
    size = megabytes * 2**20
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(rows.path))) as folder:
        path = os.path.join(folder, "weights")
        with open(path, "wb") as file:
            block = os.urandom(2**20)
            for _ in range(megabytes):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        host = bytearray(size)
        for stage, drops in (("weights_disk", True), ("weights_page_cache", False)):
            if drops and not drop_cache(path):
                continue
            begin = time.perf_counter()
            with open(path, "rb", buffering=0) as file:
                view, filled = memoryview(host), 0
                while filled < size:
                    filled += file.readinto(view[filled:])
            rows.write({"op": "cold_start", "stage": stage, "bytes": size,
                        "seconds": time.perf_counter() - begin})
    if device.is_gpu:
        begin = time.perf_counter()
        pinned = torch.empty(size, dtype=torch.uint8, pin_memory=True)
        rows.write({"op": "cold_start", "stage": "pin_memory", "bytes": size,
                    "seconds": time.perf_counter() - begin})
        begin = time.perf_counter()
        target = torch.empty(size, dtype=torch.uint8, device=device.kind)
        device.sync()
        rows.write({"op": "cold_start", "stage": "device_allocation", "bytes": size,
                    "seconds": max(1e-7, time.perf_counter() - begin)})
        rows.write({"op": "cold_start", "stage": "weights_pinned_to_device", "bytes": size,
                    "seconds": loop_seconds(device, lambda: target.copy_(pinned, non_blocking=True), 3)})


def drop_cache(path):
    """Leaves a file out of the page cache; False where the system has no such call."""
    if not hasattr(os, "posix_fadvise"):
        return False
    with open(path, "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return True


def all_reduce_rank(rank, ranks, sizes, kind, address, queue):
    import torch.distributed as dist
    dist.init_process_group("nccl" if kind == "cuda" else "gloo", init_method=address, rank=rank,
                            world_size=ranks)
    if kind == "cuda":
        torch.cuda.set_device(rank)
    for size in sizes:
        x = torch.zeros(size // 2, dtype=torch.bfloat16 if kind == "cuda" else torch.float16,
                        device=kind if kind == "cpu" else "cuda:%d" % rank)
        if kind == "cpu":
            x = x.float()[:max(1, size // 4)]
        calls = 20 if kind == "cuda" else 3
        for _ in range(2):
            dist.all_reduce(x)
        if kind == "cuda":
            torch.cuda.synchronize()
        begin = time.perf_counter()
        for _ in range(calls):
            dist.all_reduce(x)
        if kind == "cuda":
            torch.cuda.synchronize()
        if rank == 0:
            queue.put({"op": "all_reduce", "ranks": ranks, "bytes": size,
                       "us": 1e6 * (time.perf_counter() - begin) / calls})
    dist.destroy_process_group()


def all_reduce_rows(device, rows, degrees, sizes):
    import torch.multiprocessing as mp
    for ranks in degrees:
        left = [size for size in sizes if not rows.has({"op": "all_reduce", "ranks": ranks, "bytes": size})]
        if not left:
            continue
        context = mp.get_context("spawn")
        queue = context.SimpleQueue()
        with tempfile.TemporaryDirectory() as folder:
            address = "file://" + os.path.join(folder, "meeting")
            mp.spawn(all_reduce_rank, args=(ranks, left, device.kind, address, queue), nprocs=ranks)
        while not queue.empty():
            rows.write(queue.get())


def grid_of(device):
    """Coordinates, coarse ones first: what comes earlier is measured earlier."""
    if not device.is_gpu:
        return {"m": [[1, 8], [32]], "tokens": [[1, 32]], "batches": [[1, 4]], "contexts": [[32, 128]],
                "chunks": [[16, 64]], "pasts": [[64]], "batched": [(2, 16)], "places": [[1, 8]],
                "steps": [(1, 32), (4, 32)], "prompt_steps": [[(16, 0)]],
                "unequal": [[32, 32, 128, 128], [64]], "pairs": [(16, 0, 4, 32)]}
    return {
        # The finest level has the sizes that engines pad to: a product of 448 rows can be slower than of 512.
        "m": [[1, 16, 64, 256, 1024, 4096],
              [2, 4, 8, 32, 96, 128, 192, 320, 384, 448, 512, 768, 2048, 8192],
              [24, 48, 80, 112, 144, 160, 176, 208, 224, 240, 288, 352, 416, 480, 513, 640, 896, 1025, 1152,
               1280, 1536, 2049, 3072]],
        "tokens": [[1, 32, 256, 2048], [8, 128, 512, 1024, 4096, 8192]],
        "batches": [[1, 16, 128], [4, 32, 64, 256], [2, 8]],
        "contexts": [[256, 2048, 16384], [1024, 4096, 8192], [128, 512, 32768]],
        "chunks": [[128, 512, 2048, 8192], [64, 256, 1024, 4096]],
        "pasts": [[2048, 16384], [512, 4096, 8192, 32768]],
        "batched": [(2, 1024), (4, 512), (8, 256), (16, 128)],
        "places": [[1, 32, 256], [8, 64, 128]],
        "steps": [(1, 1024), (32, 1024), (128, 1024), (16, 256), (8, 4096), (64, 4096)],
        "prompt_steps": [[(512, 0)], [(2048, 0)], [(2048, 2048)], [(512, 0)] * 4],
        "unequal": [[128] * 15 + [6144], [1024] * 7 + [8192], [512, 1024, 1024, 4096] * 16,
                    [512] * 120 + [4096] * 8],
        "pairs": [(chunk, past, decodes, 1024) for chunk in (128, 512, 2048) for past in (0, 2048)
                  for decodes in (16, 128)],
    }


def levels(grid, *names):
    """Points of a product of axes with the level at which they are measured: the finest of their coordinates."""
    points = [((), 0)]
    for name in names:
        points = [(point + (value,), max(level, i))
                  for point, level in points for i, values in enumerate(grid[name]) for value in values]
    return points


def tasks_of(device, shapes, grid, formats):
    """Every point: its level, its line without the time, and what measures it."""
    for shape in shapes:
        seen = [("gemm", n, k) for n, k in shape["matrices"]]
        for (_, n, k) in seen:
            last = 1024 if n == shape["vocab"] else float("inf")
            for dtype in formats if n != shape["vocab"] else ["bf16"]:
                for (m,), level in levels(grid, "m"):
                    if m <= last:
                        yield (level, {"op": "gemm", "dtype": dtype, "m": m, "n": n, "k": k, "cache": "cold"},
                               lambda m=m, n=n, k=k, dtype=dtype: product_seconds(device, m, n, k, dtype))
        widths = {"add_norm": shape["hidden"], "embedding": shape["hidden"], "rotary": shape["columns"],
                  "gated_activation": shape["inner"]}
        for name, width in widths.items():
            for (tokens,), level in levels(grid, "tokens"):
                yield (level, {"op": "elementwise", "name": name, "width": width, "tokens": tokens},
                       lambda name=name, tokens=tokens, shape=shape: seconds_of(
                           device, elementwise_call(device, name, shape, tokens)))
        for method, first in (("greedy", 0), ("random", 1), ("top-k", 2), ("top-p", 2)):
            for (places,), level in levels(grid, "places"):
                yield (max(level, first), {"op": "sampling", "method": method, "vocabulary": shape["vocab"],
                                           "places": places},
                       lambda method=method, places=places, v=shape["vocab"]: sampling_seconds(
                           device, method, v, places))
        if shape.get("experts"):
            e = shape["experts"]
            for (tokens,), level in levels(grid, "tokens"):
                yield (level, {"op": "experts", "dtype": "bf16", "hidden": shape["hidden"],
                               "inner": e["inner"], "per_token": e["per_token"], "count": e["count"],
                               "tensor_parallel": e["tensor_parallel"], "tokens": tokens},
                       lambda tokens=tokens, e=e, h=shape["hidden"]: experts_seconds(device, e, h, tokens))
        yield from attention_tasks(device, shape, grid)


def attention_tasks(device, shape, grid):
    heads = {"heads": shape["heads"], "kv_heads": shape["kv_heads"], "head_size": shape["head_size"],
             "kv_dtype": "bf16"}
    entry = 4 * shape["kv_heads"] * shape["head_size"]
    room = 0.3 * device.memory
    for name, kernel in decode_kernels(device).items():
        for (batch, context), level in levels(grid, "batches", "contexts"):
            if batch * context * entry <= room:
                yield (level, dict({"op": "decode_attention", "kernel": name, "batch": batch,
                                    "context": context, "cache": "cold"}, **heads),
                       lambda kernel=kernel, b=batch, c=context: decode_seconds(device, kernel, shape, [c] * b))
        for lengths in grid["unequal"]:
            yield (2, dict({"op": "decode_attention", "kernel": name, "batch": len(lengths),
                            "context": sum(lengths) / len(lengths), "longest": max(lengths),
                            "cache": "cold"}, **heads),
                   lambda kernel=kernel, lengths=lengths: decode_seconds(device, kernel, shape, lengths))
    for decode_name, decode_kernel in decode_kernels(device).items():
        for prompt_name, prompt_kernel in prompt_kernels(device).items():
            for chunk, past, decodes, context in grid["pairs"]:
                yield (1, dict({"op": "attention_pair", "decode_kernel": decode_name,
                                "prompt_kernel": prompt_name, "chunk": chunk, "past": past,
                                "decodes": decodes, "context": context}, **heads),
                       lambda d=decode_kernel, p=prompt_kernel, point=(chunk, past, decodes, context):
                       pair_seconds(device, d, p, shape, *point))
    for name, kernel in prompt_kernels(device).items():
        points = [(1, chunk, 0, level) for (chunk,), level in levels(grid, "chunks")]
        points += [(1, c, p, level) for (c, p), level in levels(grid, "chunks", "pasts")]
        points += [(batch, chunk, 0, 1) for batch, chunk in grid["batched"]]
        for batch, chunk, past, level in points:
            # Torch's own way holds a score for each pair.
            pairs = 6 * batch * shape["heads"] * chunk * (chunk + past) if kernel is TorchPrompt else 0
            if batch * (chunk + past) * entry + pairs <= room:
                yield (level, dict({"op": "prompt_attention", "kernel": name, "batch": batch,
                                    "chunk": chunk, "past": past}, **heads),
                       lambda kernel=kernel, b=batch, c=chunk, p=past: prompt_seconds(
                           device, kernel, shape, b, c, p))


def measure(device, rows, clock, tasks):
    """Measures points that are not in the file while there is time; says how many were left."""
    left = 0
    for row, run in tasks:
        if rows.has(row):
            continue
        if clock.left() < 0:
            left += 1
            continue
        try:
            rows.write(dict(row, us=1e6 * run()))
        except Exception as failure:
            reason = "%s: %s" % (type(failure).__name__, (str(failure).splitlines() or [""])[0])
            what = " ".join(str(v) for v in row.values())
            rows.write({"op": "skipped", "what": what[:200], "reason": reason[:300]})
        finally:
            if device.is_gpu:
                torch.cuda.empty_cache()
    return left


def guarded(rows, what, run):
    try:
        run()
    except Exception as failure:
        reason = "%s: %s" % (type(failure).__name__, (str(failure).splitlines() or [""])[0])
        rows.write({"op": "skipped", "what": what, "reason": reason[:300]})


def test_roofline(rows, path):
    """No product is faster than the largest one, nothing reads faster than memory copies, more is never
    much faster than less: a clock that jumps or a cache that was hit shows here."""
    lines = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                lines.append(json.loads(line))
            except Exception:
                pass
    of = lambda op: [line for line in lines if line.get("op") == op]
    peaks = {line["name"]: line for line in of("peak")}
    products = [line for line in of("gemm") if line["dtype"] == "bf16"]
    if "matmul" in peaks and products:
        peak = peaks["matmul"]["flops"] / peaks["matmul"]["us"]
        best = max(2 * p["m"] * p["n"] * p["k"] / p["us"] for p in products)
        rows.write({"op": "self_test", "name": "products", "ok": best <= 1.25 * peak,
                    "detail": "fastest product %.1f, largest %.1f TFLOP/s" % (best / 1e6, peak / 1e6)})
    if "copy" in peaks and products:
        peak = peaks["copy"]["bytes"] / peaks["copy"]["us"]
        reads = [2 * (p["n"] * p["k"] + p["m"] * (p["n"] + p["k"])) / p["us"] for p in products]
        reads += [4 * d["batch"] * d["context"] * d["kv_heads"] * d["head_size"] / d["us"]
                  for d in of("decode_attention") if d["batch"] * d["context"] >= 2**18]
        best = max(reads)
        rows.write({"op": "self_test", "name": "memory", "ok": best <= 1.25 * peak,
                    "detail": "fastest read %.0f, copy %.0f GB/s" % (best / 1e3, peak / 1e3)})
    falls = []
    for n, k in sorted({(p["n"], p["k"]) for p in products}):
        own = sorted((p["m"], p["us"]) for p in products if (p["n"], p["k"]) == (n, k))
        falls += [(n, k, b[0]) for a, b in zip(own, own[1:]) if b[1] < 0.7 * a[1]]
    if products:
        rows.write({"op": "self_test", "name": "more rows", "ok": len(falls) <= len(products) // 50,
                    "detail": "%d products of more rows take less than 0.7 of fewer" % len(falls)})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="rows.jsonl", help="lines are added to this file")
    parser.add_argument("--minutes", type=float, default=SPEC["minutes"],
                        help="time that may be used (default %(default)s)")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda",
                        help="cpu: a few small points, to try the script out")
    parser.add_argument("--fp8", action="store_true", help="also products in fp8")
    given = parser.parse_args()
    if not given.minutes > 0:
        parser.error("--minutes must be above 0")
    if given.device == "cuda" and not torch.cuda.is_available():
        parser.error("torch finds no GPU here (--device cpu tries the script out on a CPU)")
    torch.manual_seed(1)
    clock, rows, device = Clock(given.minutes), Rows(given.out), Device(given.device)
    row = device.row()
    if rows.devices - {row["name"]}:
        parser.error("%s holds rows of %s: give each GPU a file of its own (--out)" % (
            given.out, ", ".join(sorted(rows.devices))))
    rows.write(row)
    with torch.no_grad():
        collect(device, rows, clock, given)
    print("%s: %d lines written" % (given.out, rows.written))


def collect(device, rows, clock, given):
    shapes, grid = SPEC["shapes"], grid_of(device)
    check_kernels(device, rows)
    formats = ["bf16"] + (["fp8"] if given.fp8 and hasattr(torch, "_scaled_mm") else [])
    if given.fp8 and len(formats) == 1:
        rows.write({"op": "skipped", "what": "gemm fp8", "reason": "this torch has no torch._scaled_mm"})
    measure(device, rows, clock, peak_rows(device))
    tasks = sorted(tasks_of(device, shapes, grid, formats), key=lambda task: task[0])
    coarse = [task[1:] for task in tasks if task[0] == 0]
    fine = [task[1:] for task in tasks if task[0] > 0]
    left = measure(device, rows, clock, coarse)
    measure(device, rows, clock, copy_rows(device))
    measure(device, rows, clock, host_rows(device, shapes[0]))
    if clock.left() > 0:
        guarded(rows, "pieces", lambda: pieces_row(device, rows, shapes[0]))
        if shapes[0].get("experts"):
            rows.write({"op": "skipped", "what": "steps and power", "reason": "the first model has experts"})
        else:
            guarded(rows, "steps", lambda: step_rows(device, rows, clock, shapes[0], grid))
    stages = {"op": "cold_start", "stage": "interpreter"}
    if clock.left() > 0 and not rows.has(stages):
        guarded(rows, "cold start", lambda: start_rows(device, rows, 1024 if device.is_gpu else 8))
    gpus = torch.cuda.device_count() if device.is_gpu else 2
    if clock.left() > 0 and gpus > 1:
        degrees = [n for n in (2, 4, 8) if n <= gpus]
        sizes = [2**i for i in range(10, 27, 2)] if device.is_gpu else [1024, 65536]
        guarded(rows, "all-reduce", lambda: all_reduce_rows(device, rows, degrees, sizes))
    if clock.left() > 0 and not shapes[0].get("experts"):
        seconds = max(0.5, min(2.5, clock.left() / 30))
        guarded(rows, "power", lambda: power_rows(device, rows, shapes[0], seconds))
    left += measure(device, rows, clock, fine)
    test_roofline(rows, given.out)
    if left:
        print("%d points are left: run this again over the same file, or with more --minutes" % left)


if __name__ == "__main__":
    main()
