

# What is not one operator: largest rates, copies, the host's times, whole steps, power, stages of a start.

def peak_rows(device):
    size = min(2**32, int(0.1 * device.memory)) if device.is_gpu else 2**24
    source = torch.empty(size, dtype=torch.uint8, device=device.kind)
    target = torch.empty_like(source)
    yield {"op": "peak", "name": "copy", "bytes": 2 * size}, lambda: seconds_of(
        device, lambda i: target.copy_(source), target=0.02)
    n = 8192 if device.is_gpu else 128

    def matmul():
        a, b = random_like(device, n, n), random_like(device, n, n)
        return seconds_of(device, lambda i: torch.matmul(a, b), target=0.02)

    yield {"op": "peak", "name": "matmul", "flops": 2 * n**3}, matmul
    one = torch.zeros(1, device=device.kind)
    yield {"op": "peak", "name": "smallest_kernel"}, lambda: seconds_of(device, lambda i: one.add_(1))


def copy_rows(device):
    sizes = [2**22, 2**26, 2**29] if device.is_gpu else [2**20]
    for size in sizes:
        for pinned in ([True, False] if device.is_gpu else [False]):
            for way in ("host", "device"):
                other = "device" if way == "host" else "host"

                def run(size=size, pinned=pinned, way=way):
                    host = torch.empty(size, dtype=torch.uint8, pin_memory=pinned)
                    own = torch.empty(size, dtype=torch.uint8, device=device.kind)
                    source, target = (host, own) if way == "host" else (own, host)
                    return loop_seconds(device, lambda: target.copy_(source, non_blocking=pinned), 5)

                yield {"op": "copy", "from": way, "to": other, "pinned": pinned, "bytes": size}, run
        if device.is_gpu and torch.cuda.device_count() > 1:

            def peer(size=size):
                source = torch.empty(size, dtype=torch.uint8, device="cuda:0")
                target = torch.empty(size, dtype=torch.uint8, device="cuda:1")
                return loop_seconds(device, lambda: target.copy_(source), 10)

            yield {"op": "copy", "from": "device", "to": "peer", "bytes": size}, peer


def loop_seconds(device, run, calls):
    """Median seconds of one call, each waited for."""
    run()
    device.sync()
    times = []
    for _ in range(calls):
        begin = time.perf_counter()
        run()
        device.sync()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def host_seconds(device, run, calls=100):
    """Seconds until the host can go on after a call, while the GPU has room for more."""
    for _ in range(3):
        run()
    times = []
    for _ in range(3):
        device.sync()
        begin = time.perf_counter()
        for _ in range(calls):
            run()
        times.append((time.perf_counter() - begin) / calls)
        device.sync()
    return min(times)


def host_rows(device, shape):
    x, w = random_like(device, 1, shape["hidden"]), random_like(device, 256, shape["hidden"])
    small = torch.zeros(8, device=device.kind)
    norm = norm_call(device, shape["hidden"], 1)
    query = random_like(device, 1, shape["heads"], shape["head_size"])
    launch = lambda name: {"op": "host", "what": "launch", "name": name}
    yield launch("gemm"), lambda: host_seconds(device, lambda: F.linear(x, w))
    yield launch("add"), lambda: host_seconds(device, lambda: small.add_(1))
    yield launch("elementwise"), lambda: host_seconds(device, lambda: norm(0))
    kernel = next(iter(decode_kernels(device).values()))

    def decode():
        cache = PagedCache(device, [64], shape["kv_heads"], shape["head_size"])
        call = kernel(device, query, cache, shape["heads"], shape["kv_heads"], shape["head_size"])
        return host_seconds(device, lambda: call(query, cache))

    yield launch("decode_attention"), decode
    prompt_kernel = next(iter(prompt_kernels(device).values()))

    def prompt():
        q = random_like(device, 16, shape["heads"], shape["head_size"])
        k = random_like(device, 16, shape["kv_heads"], shape["head_size"])
        call = prompt_kernel(device, 1, 16, 0)
        return host_seconds(device, lambda: call(q, k, k), 30)

    yield launch("prompt_attention"), prompt
    for sequences in (1, 32, 256):
        yield ({"op": "host", "what": "prepare", "sequences": sequences},
               lambda sequences=sequences: prepare_seconds(device, sequences))


def prepare_seconds(device, sequences):
    """Inputs of a step: tokens, positions, slots, lengths and blocks from the host's lists to the GPU."""
    blocks = [[7 * i + j for j in range(64)] for i in range(sequences)]
    pin = device.is_gpu
    fixed = [torch.zeros(sequences, dtype=torch.int64, device=device.kind) for _ in range(4)]
    table = torch.zeros(sequences, 64, dtype=torch.int32, device=device.kind)

    def run():
        lists = ([i for i in range(sequences)], [100 + i for i in range(sequences)],
                 [b[6] * PAGE + 4 for b in blocks], [101 + i for i in range(sequences)])
        for values, target in zip(lists, fixed):
            source = torch.tensor(values, dtype=torch.int64)
            target.copy_(source.pin_memory() if pin else source, non_blocking=True)
        source = torch.tensor(blocks, dtype=torch.int32)
        table.copy_(source.pin_memory() if pin else source, non_blocking=True)

    return host_seconds(device, run, 20)


class Model:
    """Decode and prompt steps of a model with random weights: as many layers as never hit the cache."""

    def __init__(self, device, shape):
        self.device, self.shape = device, shape
        h, inner, columns = shape["hidden"], shape["inner"], shape["columns"]
        rows = shape["heads"] * shape["head_size"]
        gates = shape["gates"]
        bytes_each = 2 * (columns * h + h * rows + (gates + 1) * inner * h)
        kept = max(2, min(shape["layers"], math.ceil(3 * device.l2 / bytes_each)))
        self.layers = shape["layers"]
        make = lambda: (random_like(device, columns, h, scale=0.02), random_like(device, h, rows, scale=0.02),
                        random_like(device, gates * inner, h, scale=0.02),
                        random_like(device, h, inner, scale=0.02))
        self.weights = [make() for _ in range(kept)]
        self.head = random_like(device, shape["vocab"], h, scale=0.02)
        self.table = random_like(device, min(shape["vocab"], 32768 if device.is_gpu else 2048), h, scale=0.02)

    def step(self, tokens, attend, sampled, without=None):
        """One step as a function; `attend(layer, query)` is its attention, `without` a part to leave out."""
        device, shape = self.device, self.shape
        ids = torch.randint(0, self.table.shape[0], (tokens,), device=device.kind)
        norm = norm_call(device, shape["hidden"], tokens)
        rotary = rotary_call(device, shape, tokens)
        gated = gated_call(device, shape["inner"], tokens) if shape["gates"] == 2 else None
        inner = random_like(device, tokens, shape["inner"])
        rows = random_like(device, tokens, shape["heads"] * shape["head_size"])
        places = torch.arange(sampled, device=device.kind)
        has_small = without != "elementwise"

        def run(_=0):
            x = F.embedding(ids, self.table)
            for layer in range(self.layers):
                qkv, out, up, down = self.weights[layer % len(self.weights)]
                if has_small:
                    norm(0)
                F.linear(x, qkv)
                if has_small:
                    rotary(0)
                if without != "attention":
                    attend(layer)
                x = F.linear(rows, out)
                if has_small:
                    norm(0)
                F.linear(x, up)
                if has_small and gated is not None:
                    gated(0)
                x = F.linear(inner, down)
            if has_small:
                norm(0)
            return F.linear(x[places], self.head).argmax(-1)

        return run

    def decode(self, lengths, without=None):
        shape, device = self.shape, self.device
        sizes = shape["heads"], shape["kv_heads"], shape["head_size"]
        bytes_each = 4 * sum(lengths) * sizes[1] * sizes[2]
        count = max(1, min(self.layers, math.ceil(3 * device.l2 / bytes_each)))
        caches = [PagedCache(device, lengths, sizes[1], sizes[2]) for _ in range(count)]
        query = random_like(device, len(lengths), sizes[0], sizes[2])
        name, kernel = next(iter(decode_kernels(device).items()))
        calls = [kernel(device, query, cache, *sizes) for cache in caches]
        attend = lambda layer: calls[layer % count](query, caches[layer % count])
        return name, self.step(len(lengths), attend, len(lengths), without)

    def prompt(self, chunks):
        shape, device = self.shape, self.device
        name, kernel = next(iter(prompt_kernels(device).items()))
        (chunk, past), batch = chunks[0], len(chunks)
        q = random_like(device, batch * chunk, shape["heads"], shape["head_size"])
        k = random_like(device, batch * (chunk + past), shape["kv_heads"], shape["head_size"])
        v = random_like(device, batch * (chunk + past), shape["kv_heads"], shape["head_size"])
        call = kernel(device, batch, chunk, past)
        return name, self.step(batch * chunk, lambda layer: call(q, k, v), batch)


def step_rows(device, rows, clock, shape, grid):
    """Whole steps, with host times, and decode steps without their element-wise kernels."""
    model = Model(device, shape)
    for batch, context in grid["steps"]:
        lengths = [context] * batch
        base = {"op": "step", "decodes": batch, "context": batch * context, "longest": context, "chunks": []}
        if clock.left() < 0 or rows.has(dict(base, how="graph" if device.is_gpu else "eager")):
            continue
        write_step(device, rows, model, base, lambda without=None: model.decode(lengths, without))
    for chunks in grid["prompt_steps"]:
        base = {"op": "step", "decodes": 0, "context": 0, "chunks": [list(chunk) for chunk in chunks]}
        if clock.left() < 0 or rows.has(dict(base, how="graph" if device.is_gpu else "eager")):
            continue
        write_step(device, rows, model, base, lambda without=None: model.prompt(chunks))


def write_step(device, rows, model, base, make):
    name, run = make()
    eager = seconds_of_step(device, run)
    rows.write(dict(base, how="eager", kernel=name, ms=1e3 * eager[0], host_ms=1e3 * eager[1]))
    whole = eager
    if device.is_gpu:
        begin = time.perf_counter()
        graph = capture(device, run, 1)
        captured = time.perf_counter() - begin
        if graph is None:
            return
        whole = seconds_of_step(device, graph.replay)
        rows.write(dict(base, how="graph", kernel=name, ms=1e3 * whole[0], host_ms=1e3 * whole[1]))
        rows.write({"op": "host", "what": "graph", "nodes": 10 * model.layers + 4, "us": 1e6 * whole[1]})
        rows.write({"op": "host", "what": "capture", "nodes": 10 * model.layers + 4, "us": 1e6 * captured})
    if base["decodes"] == 0:
        return
    _, bare = make("elementwise")
    graph = capture(device, bare, 1)
    without = seconds_of_step(device, graph.replay if graph is not None else bare)
    shape = model.shape
    rows.write({"op": "ablation", "decodes": base["decodes"], "context": base["longest"],
                "layers": model.layers, "hidden": shape["hidden"], "columns": shape["columns"],
                "inner": shape["inner"], "ms": 1e3 * whole[0], "without_ms": 1e3 * without[0]})


def seconds_of_step(device, run):
    """Median seconds of a step, and of the host until it can go on."""
    times, hosts = [], []
    for _ in range(7 if device.is_gpu else 3):
        device.sync()
        if device.is_gpu:
            first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            first.record()
        begin = time.perf_counter()
        run()
        hosts.append(time.perf_counter() - begin)
        if device.is_gpu:
            last.record()
        device.sync()
        times.append(first.elapsed_time(last) * 1e-3 if device.is_gpu else time.perf_counter() - begin)
    return statistics.median(times), statistics.median(hosts)


def pieces_row(device, rows, shape):
    """The host's time for a step in pieces: a graph between every two attentions, which run eagerly."""
    row = {"op": "host", "what": "pieces", "sequences": 16}
    if not device.is_gpu or rows.has(row):
        return
    norm, gated = norm_call(device, shape["hidden"], 64), gated_call(device, shape["inner"], 64)
    piece = capture(device, lambda i: (norm(i), gated(i), norm(i)), 1)
    if piece is None:
        rows.write({"op": "skipped", "what": "pieces", "reason": "no graph could be captured"})
        return
    sizes = shape["heads"], shape["kv_heads"], shape["head_size"]
    query, cache = random_like(device, 16, sizes[0], sizes[2]), PagedCache(device, [64] * 16, *sizes[1:])
    decode = next(iter(decode_kernels(device).values()))(device, query, cache, *sizes)
    prompt = next(iter(prompt_kernels(device).values()))(device, 1, 48, 0)
    q, k = random_like(device, 48, sizes[0], sizes[2]), random_like(device, 48, sizes[1], sizes[2])

    def run():
        for _ in range(shape["layers"]):
            piece.replay()
            decode(query, cache)
            prompt(q, k, k)
        piece.replay()

    rows.write(dict(row, us=1e6 * host_seconds(device, run, 2)))


def power_rows(device, rows, shape, seconds):
    """Power at rest with a model loaded, in decode steps and in prompt steps; clocks of a long burst."""
    if query_smi("power.draw") is None:
        rows.write({"op": "skipped", "what": "power", "reason": "no nvidia-smi that shows power"})
        return
    model = Model(device, shape)
    phases = [("idle", None, {})]
    for batch in (1, 32, 128):
        phases.append(("decode_%d" % batch, lambda batch=batch: model.decode([1024] * batch)[1],
                       {"batch": batch, "context": 1024, "tokens": batch}))
    for chunk in (512, 4096):
        phases.append(("prompt_%d" % chunk, lambda chunk=chunk: model.prompt([(chunk, 0)])[1],
                       {"batch": 1, "context": 0, "tokens": chunk}))
    for phase, make, work in phases:
        base = dict({"op": "power", "phase": phase}, **work)
        if rows.has(base):
            continue
        play = None
        if make is not None:
            run = make()
            graph = capture(device, run, 1)
            play = graph.replay if graph is not None else run
        steps, begin = 0, time.monotonic()
        with Meter() as meter:
            while time.monotonic() - begin < seconds:
                if play is None:
                    time.sleep(0.1)
                else:
                    play()
                    device.sync()
                    steps += 1
            took = time.monotonic() - begin
        means = meter.means()
        if means is None:
            continue
        row = dict(base, watts=means[0])
        if steps:
            row["step_ms"] = 1e3 * took / steps
        if means[1] is not None:
            row["sm_mhz"] = means[1]
        rows.write(row)
    clock_rows(device, rows, shape, seconds)


def clock_rows(device, rows, shape, seconds):
    n, k = shape["gates"] * shape["inner"], shape["hidden"]
    weights = pool(device, lambda: random_like(device, n, k, scale=0.02), 2 * n * k)
    for m in (256, 2048):
        base = {"op": "clock", "name": "gate_up", "rows": m}
        if rows.has(base):
            continue
        x = random_like(device, m, k)
        time.sleep(0.5)
        run = lambda i: F.linear(x, weights[i % len(weights)])
        burst = seconds_of(device, run)
        with Meter() as meter:
            begin = time.monotonic()
            while time.monotonic() - begin < seconds:
                for i in range(50):
                    run(i)
                device.sync()
            sustained = seconds_of(device, run)
        row = dict(base, burst_us=1e6 * burst, sustained_us=1e6 * sustained)
        means = meter.means()
        if means is not None:
            row["watts"] = means[0]
            if means[1] is not None:
                row["sm_mhz"] = means[1]
        rows.write(row)
