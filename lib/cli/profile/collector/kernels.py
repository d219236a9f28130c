

# Kernels. Those in Triton are checked against plain torch before they are measured.

if triton is not None:

    @triton.jit
    def add_norm_kernel(x, residual, weight, out, width, eps, BLOCK: tl.constexpr):
        row = tl.program_id(0)
        at = tl.arange(0, BLOCK)
        mask = at < width
        h = tl.load(x + row * width + at, mask=mask, other=0.0).to(tl.float32)
        h += tl.load(residual + row * width + at, mask=mask, other=0.0).to(tl.float32)
        tl.store(residual + row * width + at, h.to(tl.bfloat16), mask=mask)
        scale = 1.0 / tl.sqrt(tl.sum(h * h, axis=0) / width + eps)
        w = tl.load(weight + at, mask=mask, other=0.0).to(tl.float32)
        tl.store(out + row * width + at, (h * scale * w).to(tl.bfloat16), mask=mask)

    @triton.jit
    def gated_kernel(x, out, width, BLOCK: tl.constexpr):
        row = tl.program_id(0)
        at = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
        mask = at < width
        a = tl.load(x + row * 2 * width + at, mask=mask, other=0.0).to(tl.float32)
        b = tl.load(x + row * 2 * width + width + at, mask=mask, other=0.0).to(tl.float32)
        tl.store(out + row * width + at, (a / (1.0 + tl.exp(-a)) * b).to(tl.bfloat16), mask=mask)

    @triton.jit
    def rotary_kernel(x, cos, sin, slots, cache, heads, queries, rotated, HALF: tl.constexpr):
        # One head of one token: queries and keys are turned, keys and values go to the cache.
        token = tl.program_id(0)
        head = tl.program_id(1)
        at = tl.arange(0, HALF)
        base = x + (token * heads + head) * 2 * HALF
        a = tl.load(base + at).to(tl.float32)
        b = tl.load(base + HALF + at).to(tl.float32)
        c = tl.load(cos + token * HALF + at).to(tl.float32)
        s = tl.load(sin + token * HALF + at).to(tl.float32)
        turned = head < rotated
        first = tl.where(turned, a * c - b * s, a)
        second = tl.where(turned, b * c + a * s, b)
        is_kept = (at >= 0) & (head >= queries)
        tl.store(base + at, first.to(tl.bfloat16), mask=(at >= 0) & turned)
        tl.store(base + HALF + at, second.to(tl.bfloat16), mask=(at >= 0) & turned)
        slot = tl.load(slots + token)
        kept = cache + (slot * (heads - queries) + head - queries) * 2 * HALF
        tl.store(kept + at, first.to(tl.bfloat16), mask=is_kept)
        tl.store(kept + HALF + at, second.to(tl.bfloat16), mask=is_kept)

    @triton.jit
    def decode_parts_kernel(q, k, v, table, lengths, part_out, part_max, part_sum, scale, pages, parts,
                            GROUP: tl.constexpr, GROUP_PAD: tl.constexpr, D: tl.constexpr,
                            KV: tl.constexpr, PAGE: tl.constexpr, TILE: tl.constexpr):
        # One part of the KV entries of one sequence and KV head, a tile of some pages at a time.
        sequence = tl.program_id(0)
        kv = tl.program_id(1)
        part = tl.program_id(2)
        length = tl.load(lengths + sequence)
        tiles = (length + TILE - 1) // TILE
        each = (tiles + parts - 1) // parts
        first = part * each
        last = tl.minimum(first + each, tiles)
        g = tl.arange(0, GROUP_PAD)
        d = tl.arange(0, D)
        inside = g < GROUP
        head = kv * GROUP + g
        query = tl.load(q + (sequence * KV * GROUP + head)[:, None] * D + d[None, :],
                        mask=inside[:, None], other=0.0)
        most = tl.full([GROUP_PAD], -1e30, tl.float32)
        total = tl.zeros([GROUP_PAD], tl.float32)
        out = tl.zeros([GROUP_PAD, D], tl.float32)
        for tile in range(first, last):
            at = tile * TILE + tl.arange(0, TILE)
            mask = at < length
            block = tl.load(table + sequence * pages + at // PAGE, mask=mask, other=0).to(tl.int64)
            place = ((block * PAGE + at % PAGE) * KV + kv)[:, None] * D + d[None, :]
            keys = tl.load(k + place, mask=mask[:, None], other=0.0)
            scores = tl.dot(query, tl.trans(keys)) * scale
            scores = tl.where(mask[None, :], scores, -1e30)
            more = tl.maximum(most, tl.max(scores, axis=1))
            weights = tl.exp(scores - more[:, None])
            keep = tl.exp(most - more)
            total = total * keep + tl.sum(weights, axis=1)
            values = tl.load(v + place, mask=mask[:, None], other=0.0)
            out = out * keep[:, None] + tl.dot(weights.to(tl.bfloat16), values)
            most = more
        place = (sequence * KV * GROUP + head) * parts + part
        tl.store(part_max + place, most, mask=inside)
        tl.store(part_sum + place, total, mask=inside)
        tl.store(part_out + place[:, None] * D + d[None, :], out, mask=inside[:, None])

    @triton.jit
    def decode_join_kernel(part_out, part_max, part_sum, out, parts, D: tl.constexpr):
        head = tl.program_id(0)
        d = tl.arange(0, D)
        most = tl.full([], -1e30, tl.float32)
        for part in range(0, parts):
            most = tl.maximum(most, tl.load(part_max + head * parts + part))
        total = tl.zeros([], tl.float32)
        sums = tl.zeros([D], tl.float32)
        for part in range(0, parts):
            keep = tl.exp(tl.load(part_max + head * parts + part) - most)
            total += keep * tl.load(part_sum + head * parts + part)
            sums += keep * tl.load(part_out + (head * parts + part) * D + d)
        tl.store(out + head * D + d, (sums / total).to(tl.bfloat16))


PAGE = 16
"""Entries of a KV block, as in vLLM."""


class PagedCache:
    """Keys and values of sequences in pages that lie in no order, as an engine has them."""

    def __init__(self, device, lengths, kv_heads, head_size):
        self.lengths = lengths
        counts = [-(-n // PAGE) for n in lengths]
        self.pages = max(counts)
        order = torch.randperm(sum(counts))
        table = torch.zeros(len(lengths), self.pages, dtype=torch.int32)
        used = 0
        for i, count in enumerate(counts):
            table[i, :count] = order[used:used + count].int()
            used += count
        self.table = table.to(device.kind)
        self.tensor = torch.tensor(lengths, dtype=torch.int32, device=device.kind)
        shape = (max(1, sum(counts)), PAGE, kv_heads, head_size)
        self.keys = random_like(device, *shape)
        self.values = random_like(device, *shape)


class TritonDecode:
    """Split-KV attention of one query per sequence: every sequence in as many parts as fill the GPU."""

    name = "triton-split"

    def __init__(self, device, query, cache, heads, kv_heads, head_size):
        self.grid_heads, self.group = heads, heads // kv_heads
        self.kv_heads, self.head_size = kv_heads, head_size
        processors = device.properties.multi_processor_count
        parts = 1
        while parts < 32 and len(cache.lengths) * kv_heads * parts * 2 <= 4 * processors:
            parts *= 2
        self.parts = parts
        flat = len(cache.lengths) * heads * parts
        self.part_out = torch.empty(flat, head_size, dtype=torch.float32, device=device.kind)
        self.part_max = torch.empty(flat, dtype=torch.float32, device=device.kind)
        self.part_sum = torch.empty(flat, dtype=torch.float32, device=device.kind)
        self.out = torch.empty_like(query)

    def __call__(self, query, cache):
        pad = max(16, 1 << (self.group - 1).bit_length())
        decode_parts_kernel[(len(cache.lengths), self.kv_heads, self.parts)](
            query, cache.keys, cache.values, cache.table, cache.tensor, self.part_out, self.part_max,
            self.part_sum, self.head_size ** -0.5, cache.pages, self.parts, GROUP=self.group,
            GROUP_PAD=pad, D=self.head_size, KV=self.kv_heads, PAGE=PAGE, TILE=64)
        decode_join_kernel[(len(cache.lengths) * self.grid_heads,)](
            self.part_out, self.part_max, self.part_sum, self.out, self.parts, D=self.head_size)
        return self.out


class GatherDecode:
    """Attention of one query per sequence in torch's own operations, contexts gathered from their pages."""

    name = "torch-gather"

    def __init__(self, device, query, cache, heads, kv_heads, head_size):
        self.group, self.head_size = heads // kv_heads, head_size
        longest = cache.pages * PAGE
        at = torch.arange(longest, device=device.kind)
        self.hidden = (at[None, :] >= cache.tensor[:, None]).view(len(cache.lengths), 1, 1, longest)

    def __call__(self, query, cache):
        n, heads, size = query.shape
        def entries(pages):
            gathered = pages[cache.table.long()]
            return gathered.reshape(n, -1, heads // self.group, size).transpose(1, 2)
        keys, values = entries(cache.keys), entries(cache.values)
        q = query.view(n, heads // self.group, self.group, size)
        scores = torch.matmul(q, keys.transpose(2, 3)) * size ** -0.5
        scores = scores.masked_fill(self.hidden, float("-inf"))
        return torch.matmul(torch.softmax(scores.float(), dim=-1).to(q.dtype), values).reshape(n, heads, size)


class FlashDecode:
    """FlashAttention 2 of torch on contexts that lie one after the other (it reads no pages)."""

    name = "flash-attention-2"

    def __init__(self, device, query, cache, heads, kv_heads, head_size):
        total = sum(cache.lengths)
        self.keys = cache.keys.view(-1, kv_heads, head_size)[:total].contiguous()
        self.values = cache.values.view(-1, kv_heads, head_size)[:total].contiguous()
        starts = [0]
        for length in cache.lengths:
            starts.append(starts[-1] + length)
        self.of_queries = torch.arange(len(cache.lengths) + 1, dtype=torch.int32, device=device.kind)
        self.of_keys = torch.tensor(starts, dtype=torch.int32, device=device.kind)
        self.longest = max(cache.lengths)

    def __call__(self, query, cache):
        return torch.ops.aten._flash_attention_forward(
            query, self.keys, self.values, self.of_queries, self.of_keys, 1, self.longest, 0.0, False,
            False)[0]


class FlashPrompt:
    """FlashAttention 2 of torch on chunks of several sequences in one call."""

    name = "flash-attention-2"

    def __init__(self, device, batch, chunk, past):
        step = lambda n: torch.arange(batch + 1, dtype=torch.int32, device=device.kind) * n
        self.of_queries, self.of_keys = step(chunk), step(chunk + past)
        self.chunk, self.length = chunk, chunk + past

    def __call__(self, q, k, v):
        return torch.ops.aten._flash_attention_forward(
            q, k, v, self.of_queries, self.of_keys, self.chunk, self.length, 0.0, True, False)[0]


class TorchPrompt:
    """Attention of chunks by torch's own choice, or step by step where torch is too old for it."""

    name = "torch"

    def __init__(self, device, batch, chunk, past):
        self.batch, self.chunk, self.past = batch, chunk, past
        rows = torch.arange(chunk, device=device.kind)[:, None] + past
        columns = torch.arange(chunk + past, device=device.kind)[None, :]
        self.hidden = columns > rows

    def __call__(self, q, k, v):
        fold = lambda x: x.view(self.batch, -1, x.shape[1], x.shape[2]).transpose(1, 2)
        q, k, v = fold(q), fold(k), fold(v)
        group = q.shape[1] // k.shape[1]
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        if hasattr(F, "scaled_dot_product_attention"):
            if self.past == 0:
                return F.scaled_dot_product_attention(q, k, v, is_causal=True)
            return F.scaled_dot_product_attention(q, k, v, attn_mask=~self.hidden)
        scores = torch.matmul(q, k.transpose(2, 3)) * q.shape[-1] ** -0.5
        scores = scores.masked_fill(self.hidden, float("-inf"))
        return torch.matmul(torch.softmax(scores.float(), dim=-1).to(q.dtype), v)
