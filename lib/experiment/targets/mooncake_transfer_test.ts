import { deepEqual, equal, ok } from "#assert";
import { parse } from "@std/yaml";
import text from "../../../data/targets/mooncake-transfer.yaml" with { type: "text" };
import { kvLink, type KvLinkName } from "../../hardware/mod.ts";
import { mooncakeTransferTargets } from "./mooncake_transfer.ts";

interface Table {
  readonly preset: KvLinkName;
  readonly prompt_tokens: readonly number[];
  readonly sent_bytes: readonly number[];
  readonly transfer_ms: readonly number[];
}
const { tables } = parse(text) as { tables: readonly Table[] };

Deno.test("transfers of both of Mooncake's clusters take what was measured, within 8 %", () => {
  const rows = mooncakeTransferTargets.rows();
  equal(rows.length, 18);
  for (const { id, error, pass } of rows) ok(pass, `${id}: ${(100 * error).toFixed(1)} %`);
});

/** Greatest relative error of a set-up (ms) and a rate (bytes per ms) over the first rows. */
function worst({ sent_bytes, transfer_ms }: Table, rows: number, setup: number, rate: number) {
  return Math.max(
    ...transfer_ms.slice(0, rows).map((ms, i) => Math.abs((setup + sent_bytes[i] / rate) / ms - 1)),
  );
}

Deno.test("the presets are the best fit to the five shortest prompts, and to nothing else", () => {
  for (const table of tables) {
    const { bytesPerSecond, efficiency, setupSeconds } = kvLink(table.preset);
    const rate = bytesPerSecond * efficiency / 1e3;
    const ours = worst(table, 5, setupSeconds * 1e3, rate);
    for (const setup of [0.97, 1, 1.03]) {
      for (const speed of [0.97, 1, 1.03]) {
        const other = worst(table, 5, setupSeconds * 1e3 * setup, rate * speed);
        ok(other > ours - 5e-4, `${table.preset}: ${setup}, ${speed} is better by ${ours - other}`);
      }
    }
  }
});

const reference = Deno.env.get("SIMFAAS_DATA");

Deno.test({
  name: "data/targets/mooncake-transfer.yaml holds what the pages print (needs reference data)",
  ignore: reference === undefined,
  fn() {
    const source = parse(
      Deno.readTextFileSync(`${reference}/mooncake-transfer/transfer.yaml`),
    ) as { transfer: readonly Record<string, readonly number[]>[] };
    source.transfer.forEach((page, i) => {
      const { prompt_tokens, transfer_ms, sent_bytes } = tables[i];
      deepEqual([prompt_tokens, transfer_ms], [page.prompt_tokens, page.transfer_ms]);
      const bytes = page.kv_mib?.map((mib) => mib * 2 ** 20) ?? page.kv_mb.map((mb) => mb * 1e6);
      deepEqual(sent_bytes, bytes);
    });
  },
});
