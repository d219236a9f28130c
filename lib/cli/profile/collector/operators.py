

# Operators, one function each: what is measured at a point of a grid. They return seconds of one call.

def product_seconds(device, m, n, k, dtype):
    if dtype == "fp8":
        return fp8_product_seconds(device, m, n, k)
    weights = pool(device, lambda: random_like(device, n, k, scale=0.02), 2 * n * k)
    x = random_like(device, m, k)
    return seconds_of(device, lambda i: F.linear(x, weights[i % len(weights)]))


def fp8_product_seconds(device, m, n, k):
    """As an engine does it: 16-bit activations are quantised to 8 bits first."""
    one = torch.tensor(1.0, device=device.kind)
    make = lambda: random_like(device, n, k, scale=0.02).to(torch.float8_e4m3fn)
    weights = pool(device, make, n * k)
    x = random_like(device, m, k)

    def run(i):
        quantised = x.to(torch.float8_e4m3fn)
        return torch._scaled_mm(quantised, weights[i % len(weights)].t(), scale_a=one, scale_b=one,
                                out_dtype=torch.bfloat16)

    return seconds_of(device, run)


def elementwise_call(device, name, shape, tokens):
    """One call of an element-wise operator of a model's shape, by its name."""
    if name == "embedding":
        entries = min(shape["vocab"], 32768 if device.is_gpu else 2048)
        table = random_like(device, entries, shape["hidden"])
        ids = torch.randint(0, entries, (tokens,), device=device.kind)
        return lambda i: F.embedding(ids, table)
    if name == "add_norm":
        return norm_call(device, shape["hidden"], tokens)
    if name == "gated_activation":
        return gated_call(device, shape["inner"], tokens)
    return rotary_call(device, shape, tokens)


def norm_call(device, width, tokens):
    x, residual = random_like(device, tokens, width), random_like(device, tokens, width)
    weight, out = torch.ones(width, device=device.kind, dtype=device.dtype), torch.empty_like(x)
    if fused(device):
        block = 1 << (width - 1).bit_length()
        return lambda i: add_norm_kernel[(tokens,)](x, residual, weight, out, width, 1e-6, BLOCK=block)

    def run(i):
        h = x + residual
        h32 = h.float()
        return (h32 * torch.rsqrt((h32 * h32).mean(-1, keepdim=True) + 1e-6)).to(h.dtype) * weight

    return run


def gated_call(device, width, tokens):
    x = random_like(device, tokens, 2 * width)
    out = torch.empty(tokens, width, device=device.kind, dtype=device.dtype)
    if fused(device):
        grid = (tokens, -(-width // 1024))
        return lambda i: gated_kernel[grid](x, out, width, BLOCK=1024)
    return lambda i: F.silu(x[:, :width]) * x[:, width:]


def rotary_call(device, shape, tokens):
    heads, kv, size = shape["heads"], shape["kv_heads"], shape["head_size"]
    x = random_like(device, tokens, heads + 2 * kv, size)
    cos, sin = random_like(device, tokens, size // 2), random_like(device, tokens, size // 2)
    slots = torch.randperm(max(tokens, 64), device=device.kind)[:tokens]
    cache = random_like(device, max(tokens, 64), 2 * kv, size)
    if fused(device) and (size // 2) & (size // 2 - 1) == 0:
        grid = (tokens, heads + 2 * kv)
        return lambda i: rotary_kernel[grid](x, cos, sin, slots, cache, heads + 2 * kv, heads, heads + kv,
                                             HALF=size // 2)
    half = size // 2

    def run(i):
        turned = x[:, :heads + kv]
        a, b = turned[..., :half], turned[..., half:]
        c, s = cos[:, None], sin[:, None]
        done = torch.cat((a * c - b * s, b * c + a * s), -1)
        cache.index_copy_(0, slots, torch.cat((done[:, heads:], x[:, heads + kv:]), 1))
        return done

    return run


def fused(device):
    return device.is_gpu and triton is not None and device.triton_works


def sampling_seconds(device, method, vocabulary, places):
    logits = torch.randn(places, vocabulary, device=device.kind, dtype=torch.float32)
    noise = torch.rand_like(logits).clamp_min_(1e-9)

    def draw(scores):
        return (torch.softmax(scores, -1) / noise).argmax(-1)

    def top_p(scores):
        ordered, index = torch.sort(scores, descending=True, dim=-1)
        shares = torch.softmax(ordered, -1).cumsum(-1)
        ordered = ordered.masked_fill(shares > 0.9, float("-inf"))
        ordered[:, 0] = 0.0
        return index.gather(-1, draw(ordered).unsqueeze(-1))

    def top_k(scores):
        best = torch.topk(scores, min(50, vocabulary), dim=-1).values[:, -1:]
        return draw(scores.masked_fill(scores < best, float("-inf")))

    call = {"greedy": lambda x: x.argmax(-1), "random": draw, "top-k": top_k, "top-p": top_p}[method]
    return seconds_of(device, lambda i: call(logits))


def decode_kernels(device):
    """Kernels of decode attention that this machine has, by name."""
    kernels = {}
    if fused(device) and device.triton_decodes:
        kernels["triton-split"] = TritonDecode
    if device.flash_works:
        kernels["flash-attention-2"] = FlashDecode
    return kernels or {"torch-gather": GatherDecode}


def decode_seconds(device, kernel, shape, lengths):
    heads, kv, size = shape["heads"], shape["kv_heads"], shape["head_size"]
    bytes_each = 4 * sum(lengths) * kv * size
    caches = pool(device, lambda: PagedCache(device, lengths, kv, size), bytes_each)
    query = random_like(device, len(lengths), heads, size)
    calls = [kernel(device, query, cache, heads, kv, size) for cache in caches]
    return seconds_of(device, lambda i: calls[i % len(calls)](query, caches[i % len(caches)]))


def prompt_kernels(device):
    return {"flash-attention-2": FlashPrompt} if device.flash_works else {"torch": TorchPrompt}


def prompt_seconds(device, kernel, shape, batch, chunk, past):
    heads, kv, size = shape["heads"], shape["kv_heads"], shape["head_size"]
    q = random_like(device, batch * chunk, heads, size)
    k = random_like(device, batch * (chunk + past), kv, size)
    v = random_like(device, batch * (chunk + past), kv, size)
    call = kernel(device, batch, chunk, past)
    return seconds_of(device, lambda i: call(q, k, v))


def pair_seconds(device, decode_kernel, prompt_kernel, shape, chunk, past, decodes, context):
    """A chunk and decodes, each in its own kernel, one after the other, as in a step."""
    heads, kv, size = shape["heads"], shape["kv_heads"], shape["head_size"]
    q = random_like(device, chunk, heads, size)
    k, v = random_like(device, chunk + past, kv, size), random_like(device, chunk + past, kv, size)
    prompt = prompt_kernel(device, 1, chunk, past)
    lengths = [context] * decodes
    caches = pool(device, lambda: PagedCache(device, lengths, kv, size), 4 * sum(lengths) * kv * size)
    query = random_like(device, decodes, heads, size)
    calls = [decode_kernel(device, query, cache, heads, kv, size) for cache in caches]

    def run(i):
        prompt(q, k, v)
        calls[i % len(calls)](query, caches[i % len(caches)])

    return seconds_of(device, run)


def experts_seconds(device, experts, hidden, tokens):
    """Router, choice, products of the chosen experts in order, weighted sum; tokens spread evenly."""
    count, per, inner = experts["count"], experts["per_token"], experts["inner"]
    up = random_like(device, count, 2 * inner, hidden, scale=0.02)
    down = random_like(device, count, hidden, inner, scale=0.02)
    router, x = random_like(device, count, hidden), random_like(device, tokens, hidden)
    # Even spread: expert j of token t. Sizes are known before, as a graph needs them.
    chosen = (torch.arange(tokens * per) * 7919 % count).sort().values
    sizes = torch.bincount(chosen, minlength=count).tolist()
    rows = (torch.arange(tokens * per) // per).to(device.kind)
    ends = torch.tensor(sizes, device=device.kind).cumsum(0).int()
    share = torch.full((tokens * per, 1), 1.0 / per, device=device.kind, dtype=device.dtype)
    grouped = getattr(torch, "_grouped_mm", None) if device.is_gpu and device.grouped_works else None

    def products(gathered):
        if grouped is not None:
            h = grouped(gathered, up.transpose(1, 2), offs=ends)
            return grouped(F.silu(h[:, :inner]) * h[:, inner:], down.transpose(1, 2), offs=ends)
        parts, start = [], 0
        for j, size in enumerate(sizes):
            if size == 0:
                continue
            h = F.linear(gathered[start:start + size], up[j])
            parts.append(F.linear(F.silu(h[:, :inner]) * h[:, inner:], down[j]))
            start += size
        return torch.cat(parts)

    def run(i):
        scores = torch.softmax(F.linear(x, router).float(), -1)
        scores.topk(per, dim=-1)
        out = torch.zeros(tokens, hidden, device=device.kind, dtype=device.dtype)
        return out.index_add_(0, rows, products(x[rows]) * share)

    return seconds_of(device, run)


def check_kernels(device, rows):
    """Checks each kernel against plain torch on small shapes; one that fails is not measured."""
    device.triton_works = device.triton_decodes = device.flash_works = device.grouped_works = False
    if not device.is_gpu:
        check(device, rows, "torch-gather", lambda: check_decode(device, GatherDecode))
        check(device, rows, "torch prompt", lambda: check_prompt(device, TorchPrompt))
        return
    if triton is not None:
        device.triton_works = check(device, rows, "triton element-wise", lambda: check_elementwise(device))
        device.triton_decodes = check(device, rows, "triton-split", lambda: check_decode(device, TritonDecode))
    device.flash_works = check(device, rows, "flash-attention-2", lambda: max(
        check_decode(device, FlashDecode), check_prompt(device, FlashPrompt)))
    if hasattr(torch, "_grouped_mm"):
        device.grouped_works = check(device, rows, "grouped products", lambda: check_grouped(device))


def check(device, rows, name, error):
    """Writes whether a kernel's largest error, relative to its largest value, is that of its format."""
    try:
        worst = float(error())
        ok, detail = worst < 0.03, "largest error %.4f" % worst
    except Exception as failure:
        ok, detail = False, "%s: %s" % (type(failure).__name__, str(failure).splitlines()[0] if str(failure) else "")
    rows.write({"op": "self_test", "name": "kernel " + name, "ok": ok, "detail": detail[:300]})
    return ok


def difference(one, other):
    one, other = one.float(), other.float()
    return ((one - other).abs().max() / other.abs().max().clamp_min(1e-6)).item()


def check_decode(device, kernel):
    heads, kv, size = 8, 2, 128
    cache = PagedCache(device, [37, 5, 200], kv, size)
    query = random_like(device, 3, heads, size)
    out = kernel(device, query, cache, heads, kv, size)(query, cache)
    if kernel is FlashDecode:
        # It reads contexts that lie one after the other: the pages in their order.
        flat_k, flat_v = cache.keys.view(-1, kv, size), cache.values.view(-1, kv, size)
        starts = [0, 37, 42]
        pick = lambda flat, i: flat[starts[i]:starts[i] + cache.lengths[i]]
    else:
        def pick(pages, i):
            blocks = cache.table[i].long()
            return pages[blocks].reshape(-1, kv, size)[:cache.lengths[i]]
        flat_k, flat_v = cache.keys, cache.values
    plain = []
    for i in range(3):
        k = pick(flat_k, i).repeat_interleave(heads // kv, 1).float()
        v = pick(flat_v, i).repeat_interleave(heads // kv, 1).float()
        weights = torch.softmax(torch.einsum("hd,lhd->hl", query[i].float(), k) * size ** -0.5, -1)
        plain.append(torch.einsum("hl,lhd->hd", weights, v))
    return difference(out, torch.stack(plain))


def check_prompt(device, kernel):
    heads, kv, size, chunk, past = 4, 2, 64, 24, 40
    q = random_like(device, chunk, heads, size)
    k, v = random_like(device, chunk + past, kv, size), random_like(device, chunk + past, kv, size)
    out = kernel(device, 1, chunk, past)(q, k, v)
    out = out.transpose(1, 2).reshape(chunk, heads, size) if out.dim() == 4 else out
    wide = lambda x: x.repeat_interleave(heads // kv, 1).float()
    scores = torch.einsum("qhd,lhd->hql", q.float(), wide(k)) * size ** -0.5
    at = torch.arange(chunk, device=device.kind)[:, None] + past
    scores = scores.masked_fill(torch.arange(chunk + past, device=device.kind)[None, :] > at, float("-inf"))
    return difference(out, torch.einsum("hql,lhd->qhd", torch.softmax(scores, -1), wide(v)))


def check_elementwise(device):
    x, residual = random_like(device, 3, 96), random_like(device, 3, 96)
    weight, out = random_like(device, 96), torch.empty_like(x)
    h = x.float() + residual.float()
    wanted = h * torch.rsqrt((h * h).mean(-1, keepdim=True) + 1e-6) * weight.float()
    add_norm_kernel[(3,)](x, residual, weight, out, 96, 1e-6, BLOCK=128)
    worst = difference(out, wanted)
    both, gated = random_like(device, 3, 192), torch.empty(3, 96, device=device.kind, dtype=device.dtype)
    gated_kernel[(3, 1)](both, gated, 96, BLOCK=128)
    worst = max(worst, difference(gated, F.silu(both[:, :96].float()) * both[:, 96:].float()))
    return max(worst, check_rotary(device))


def check_rotary(device):
    heads, kv, half, tokens = 4, 2, 32, 3
    x = random_like(device, tokens, heads + 2 * kv, 2 * half)
    cos, sin = random_like(device, tokens, half), random_like(device, tokens, half)
    slots = torch.tensor([5, 0, 2], device=device.kind)
    cache = torch.zeros(8, 2 * kv, 2 * half, device=device.kind, dtype=device.dtype)
    a, b = x[:, :heads + kv, :half].float(), x[:, :heads + kv, half:].float()
    c, s = cos[:, None].float(), sin[:, None].float()
    turned = torch.cat((a * c - b * s, b * c + a * s), -1)
    wanted = torch.cat((turned[:, heads:], x[:, heads + kv:].float()), 1)
    rotary_kernel[(tokens, heads + 2 * kv)](x, cos, sin, slots, cache, heads + 2 * kv, heads, heads + kv,
                                            HALF=half)
    return max(difference(x[:, :heads + kv], turned), difference(cache[slots], wanted))


def check_grouped(device):
    x, w = random_like(device, 48, 64), random_like(device, 3, 32, 64)
    ends = torch.tensor([16, 32, 48], device=device.kind, dtype=torch.int32)
    out = torch._grouped_mm(x, w.transpose(1, 2), offs=ends)
    wanted = torch.cat([F.linear(x[16 * j:16 * j + 16], w[j]) for j in range(3)])
    return difference(out, wanted)
