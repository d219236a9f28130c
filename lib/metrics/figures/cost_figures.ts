import { perGood } from "../cost_summary.ts";
import {
  because,
  type Figures,
  group,
  number,
  type NumberFigure,
  numberOrNull,
  type Printed,
  type Undefined,
} from "./figure.ts";
import { NO_LIMITS, NO_PRICE } from "./reasons.ts";
import type { SummaryParts } from "./summary_parts.ts";

const NOTHING_PAID = because("nothing was paid");

/** A figure of the bill, which is null where no price is known. */
interface BillFacts {
  readonly doc: string;
  readonly printed?: Printed;
  /** Why it has no value although everything has a price. */
  readonly isNull?: (parts: SummaryParts) => Undefined;
}

function billed(
  unit: string,
  { isNull = () => NOTHING_PAID, ...facts }: BillFacts,
  of: (parts: SummaryParts) => number | null,
): NumberFigure<SummaryParts> {
  return numberOrNull(unit, {
    ...facts,
    isNull: (parts: SummaryParts) => parts.isPriced ? isNull(parts) : NO_PRICE,
  }, (parts) => parts.isPriced ? of(parts) : null);
}

/** Dollars of the bill. */
const usd = (facts: BillFacts, of: (parts: SummaryParts) => number | null) =>
  billed("USD", facts, of);

/** A part of the bill as a share of it. */
const shareOfBill = (doc: string, of: (bill: SummaryParts["bill"]) => number) =>
  billed("share", { doc }, ({ bill }) => bill.totalUsd > 0 ? of(bill) / bill.totalUsd : null);

/** Why there is nothing to rent in place of instances. */
function rentedWhy({ use, rent }: SummaryParts): Undefined {
  if (rent.usd !== null) return because("instances cost nothing");
  return because(
    use.instanceSeconds === 0 ? "there was no instance" : "no price of a GPU in use is known",
  );
}

const noneCompleted = ({ counts }: SummaryParts): Undefined =>
  counts.requests.completed === 0 ? because("no request completed") : NOTHING_PAID;

/** The bill by use, and what a request and a token cost. */
const BILL_FIGURES: Figures<SummaryParts> = {
  total_usd: usd({
    doc:
      "The bill: the sum of the eleven parts below; null, as all parts of it but storage and electricity, where no price of a GPU in use is known",
    printed: { line: "cost" },
  }, ({ bill }) => bill.totalUsd),
  busy_usd: usd({
    doc: "Time in steps × GPUs × price, as far as the billing plan charges for it",
    printed: { line: "cost", words: "busy {}" },
  }, ({ bill }) => bill.busyUsd),
  idle_usd: usd({
    doc: "Time ready and not in a step, likewise",
    printed: { line: "cost", words: "idle {}" },
  }, ({ bill }) => bill.idleUsd),
  cold_start_usd: usd({
    doc: "Time from creation to ready, likewise",
    printed: { line: "cost", words: "cold starts {}" },
  }, ({ bill }) => bill.coldStartUsd),
  asleep_usd: usd({
    doc: "Time asleep × GPUs × price × `cost.sleep_factor`",
    printed: { line: "cost", words: "asleep {}", hidesZero: true, otherwise: null },
  }, ({ bill }) => bill.asleepUsd),
  pooled_usd: usd({
    doc: "Time of members of pools × GPUs of an instance × price × `cost.pool_factor`",
    printed: { line: "cost", words: "pools {}", hidesZero: true, otherwise: null },
  }, ({ bill }) => bill.pooledUsd),
  rounding_usd: usd({
    doc: "Billed beyond the time used, by granularity and minimum",
    printed: { line: "cost", words: "rounding {}", hidesZero: true, otherwise: null },
  }, ({ bill }) => bill.roundingUsd),
  reserved_usd: usd({
    doc: "Reserved instances × GPUs × their price, from the beginning to the end of the run",
    printed: { line: "cost", words: "reserved {}", hidesZero: true, otherwise: null },
  }, ({ bill }) => bill.reservedUsd),
  requests_usd: usd({
    doc: "Completed requests × `cost.million_requests_cost` over 10⁶",
    printed: { line: "cost", words: "requests {}", hidesZero: true, otherwise: null },
  }, ({ bill }) => bill.requestsUsd),
  unused_gpus_usd: usd({
    doc: "GPUs that no instance has, of machines that are paid for whole " +
      "(`cost.billing.whole_machines`) while any instance is on them",
    printed: { line: "cost", words: "unused GPUs {}", hidesZero: true, otherwise: null },
  }, ({ bill }) => bill.unusedGpusUsd),
  electricity_usd: number("USD", {
    doc: "`energy.total_kwh` × `energy.electricity_price`, on top of what GPUs cost",
    printed: { line: "cost", words: "electricity {}", hidesZero: true },
  }, ({ bill }) => bill.electricityUsd),
  storage_usd: number("USD", {
    doc: "Weights kept × price of their place (`cost.storage`); a month has 30 days",
    printed: { line: "cost", words: "storage {}", hidesZero: true },
  }, ({ bill }) => bill.storageUsd),
  per_request_usd: usd(
    {
      doc: "`total_usd` over completed requests; null when there are none",
      printed: { line: "unitCost", words: "{} per request" },
      isNull: noneCompleted,
    },
    ({ bill, counts }) =>
      counts.requests.completed > 0 ? bill.totalUsd / counts.requests.completed : null,
  ),
  per_million_output_tokens_usd: usd(
    {
      doc: "`total_usd` over output tokens of completed requests, times 10⁶",
      printed: { line: "unitCost", words: "{} per million output tokens" },
      isNull: noneCompleted,
    },
    ({ bill, counts }) =>
      counts.allOutputTokens > 0 ? bill.totalUsd / counts.allOutputTokens * 1e6 : null,
  ),
  per_million_total_tokens_usd: usd(
    {
      doc: "The same over prompt and output tokens",
      isNull: noneCompleted,
    },
    ({ bill, counts: { allOutputTokens, allPromptTokens } }) =>
      allOutputTokens > 0 ? bill.totalUsd / (allOutputTokens + allPromptTokens) * 1e6 : null,
  ),
  per_slo_good_request_usd: numberOrNull(
    "USD",
    {
      doc: "`total_usd` over completed requests that met every limit; null without limits",
      isNull: ({ isLimited, isPriced }: SummaryParts) =>
        !isLimited ? NO_LIMITS : !isPriced ? NO_PRICE : because("no request met every limit"),
    },
    ({ run, bill, isLimited, isPriced, limitsOf }) =>
      isLimited && isPriced ? perGood(run, limitsOf, bill.totalUsd) : null,
  ),
  busy_share: shareOfBill(
    "`busy_usd` over `total_usd`; the eleven shares add up to 1",
    ({ busyUsd }) => busyUsd,
  ),
  idle_share: shareOfBill("`idle_usd` over `total_usd`", ({ idleUsd }) => idleUsd),
  cold_start_share: shareOfBill(
    "`cold_start_usd` of starts that came to be ready, over `total_usd`",
    ({ coldStartUsd, wastedUsd }) => Math.max(0, coldStartUsd - wastedUsd),
  ),
  asleep_share: shareOfBill("`asleep_usd` over `total_usd`", ({ asleepUsd }) => asleepUsd),
  pooled_share: shareOfBill("`pooled_usd` over `total_usd`", ({ pooledUsd }) => pooledUsd),
  waste_share: shareOfBill(
    "Rounding and starts that were given up, over `total_usd`",
    ({ roundingUsd, wastedUsd }) => roundingUsd + wastedUsd,
  ),
  reserved_share: shareOfBill("`reserved_usd` over `total_usd`", ({ reservedUsd }) => reservedUsd),
  requests_share: shareOfBill("`requests_usd` over `total_usd`", ({ requestsUsd }) => requestsUsd),
  unused_gpus_share: shareOfBill(
    "`unused_gpus_usd` over `total_usd`",
    ({ unusedGpusUsd }) => unusedGpusUsd,
  ),
  electricity_share: shareOfBill(
    "`electricity_usd` over `total_usd`",
    ({ electricityUsd }) => electricityUsd,
  ),
  storage_share: shareOfBill("`storage_usd` over `total_usd`", ({ storageUsd }) => storageUsd),
  always_on_usd: numberOrNull("USD", {
    doc:
      "Renting the most GPUs that each function had at once for the whole run, at the price of the configuration, else the provider's on demand, else the one paid; null without a price",
    isNull: rentedWhy,
  }, ({ rent }) => rent.usd),
  break_even_utilization: numberOrNull("share", {
    doc:
      "The price of renting over the price paid, at most 1: below this share of billed time, paying per second is cheaper than renting; null without a price",
    isNull: rentedWhy,
  }, ({ rent }) => rent.breakEvenShare),
};

/** The parts that the bill adds up from: their keys, and what each is for in a word or two. */
export const BILL_PARTS: readonly (readonly [string, string])[] = Object.entries(BILL_FIGURES)
  .flatMap(([key, figure]) => {
    if (figure.kind !== "number" || figure.printed?.line !== "cost") return [];
    const { words } = figure.printed;
    return words === undefined ? [] : [[key, words.replace(" {}", "")] as const];
  });

/** What a run costs. */
export const COST_FIGURES: Figures<SummaryParts> = {
  cost: group({ type: "CostSummary", doc: "The bill" }, BILL_FIGURES),
  qps_per_usd: billed(
    "requests/s per USD",
    {
      doc: "`throughput_rps` over `total_usd`; null when nothing was paid",
    },
    ({ bill, counts, rate }) =>
      bill.totalUsd > 0 ? rate(counts.measuredCompleted) / bill.totalUsd : null,
  ),
};
