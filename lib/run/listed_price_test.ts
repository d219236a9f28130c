import { deepEqual } from "#assert";
import { loadConfig } from "../config/load.ts";
import { findGpu, gpuEntries } from "../hardware/mod.ts";
import { PRICE_PROVIDERS, PRICE_TERMS, priceList } from "../serverless/cost/mod.ts";
import { listedPrice } from "./listed_price.ts";

Deno.test("listedPrice() is the latest of the whole list, for each provider, GPU and terms", () => {
  const names = [...gpuEntries().map(({ name }) => name), "nothing"];
  for (const provider of PRICE_PROVIDERS) {
    const config = loadConfig(`cost: { provider: ${provider} }`);
    for (const name of names) {
      for (const terms of PRICE_TERMS) {
        const own = priceList(provider).prices
          .filter(({ gpu, kind }) => kind === terms && findGpu(gpu)?.name === name)
          .toSorted((a, b) => a.asOf < b.asOf ? 1 : a.asOf > b.asOf ? -1 : 0);
        deepEqual(listedPrice(config, name, [terms]).price, own[0], `${provider} ${name} ${terms}`);
      }
    }
  }
});
