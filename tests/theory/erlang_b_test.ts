import { equal, ok } from "#assert";
import { OUTCOME_CODE } from "../../lib/metrics/recorder.ts";
import { meanInterval } from "../../lib/stats/intervals.ts";
import { erlangB } from "../../lib/stats/queueing_theory.ts";
import { runQueue } from "../support/queue_run.ts";

const REPLICATIONS = 20;
const CUSTOMERS = 40_000;
const SERVICE_SECONDS = 2;

// The loss formula knows the mean service time alone, not its distribution.
for (const service of ["exponential", "constant"] as const) {
  for (const utilization of [0.5, 0.8]) {
    const servers = 4;
    Deno.test(
      `a gateway that rejects loses as Erlang B says: ${service} service, offered load ${utilization} of ${servers}`,
      () => {
        const offered = utilization * servers;
        const losses = Float64Array.from({ length: REPLICATIONS }, (_, replication) => {
          const { columns, arrived } = runQueue({
            arrivalsPerSecond: offered / SERVICE_SECONDS,
            service,
            serviceSeconds: SERVICE_SECONDS,
            servers,
            customers: CUSTOMERS,
            seed: 2000 + replication,
            noCapacity: "reject",
          });
          equal(arrived, CUSTOMERS);
          let lost = 0, served = 0;
          for (const outcome of columns.outcome) {
            if (outcome === OUTCOME_CODE.rejected_no_instance) lost++;
            else if (outcome === OUTCOME_CODE.completed) served++;
          }
          equal(lost + served, CUSTOMERS);
          return lost / CUSTOMERS;
        });
        const { estimate, lower, upper, halfWidth } = meanInterval(losses, 0.999);
        const expected = erlangB(servers, offered);
        const found = `${estimate} +- ${halfWidth}, theory ${expected}`;
        ok(lower <= expected && expected <= upper, found);
        ok(halfWidth < 0.05 * estimate, `half-width below 5 %: ${found}`);
      },
    );
  }
}
