import { equal } from "#assert";
import fc from "fast-check";
import { suggest } from "./suggest.ts";

const KEYS = ["max_num_seqs", "max_num_batched_tokens", "chunk_size", "watermark", "type"];
const key = fc.constantFrom(...KEYS);
const letter = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz");

Deno.test("suggest() finds the key behind a swap, a slip or a missing letter", () => {
  fc.assert(fc.property(key, fc.nat(), letter, (name, seed, other) => {
    const at = seed % (name.length - 1);
    equal(suggest(name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2), KEYS), name);
    equal(suggest(name.slice(0, at) + other + name.slice(at + 1), KEYS), name);
    equal(suggest(name.slice(0, at) + name.slice(at + 1), KEYS), name);
    equal(suggest(name.slice(0, at) + other + name.slice(at), KEYS), name);
  }));
});

Deno.test("suggest() does not mind case, hyphens and missing underscores", () => {
  equal(suggest("maxNumSeqs", KEYS), "max_num_seqs");
  equal(suggest("Chunk-Size", KEYS), "chunk_size");
});

Deno.test("suggest() finds nothing for a word that is like no key", () => {
  equal(suggest("gpu", KEYS), undefined);
  equal(suggest("temperature", KEYS), undefined);
});
