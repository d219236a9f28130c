import { deepEqual, throws } from "#assert";
import { conditional, prefixHit } from "./mod.ts";

const signals = (promptTokens: number, prefillRequests: number, cached = 0) => ({
  promptTokens,
  prefillRequests,
  prefillInstances: 2,
  cachedTokens: () => cached,
});

Deno.test("conditional sends long prompts, less what is cached, while the prefill group is not behind", () => {
  const { goesApart } = conditional({ minimumTokens: 100, queueLimit: 3 });
  deepEqual(
    [[99, 0], [100, 0], [100, 5], [100, 6], [150, 0, 50], [150, 0, 51]].map(
      ([tokens, requests, cached]) => goesApart(signals(tokens, requests, cached)),
    ),
    [false, true, true, false, true, false],
  );
  throws(() => conditional({ queueLimit: -1 }), RangeError);
});

Deno.test("prefix-hit keeps prompts with the decode group that are cached there", () => {
  const { goesApart } = prefixHit({ share: 0.5 });
  deepEqual([49, 50].map((cached) => goesApart(signals(100, 0, cached))), [true, false]);
});
