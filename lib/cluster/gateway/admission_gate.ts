import type { Clock } from "../../engine/clock.ts";
import { OUTCOME_CODE } from "../../metrics/recorder.ts";
import type { RequestColumns } from "../../metrics/run_tables.ts";
import {
  Admission,
  AdmissionControl,
  type AdmissionRules,
} from "../../scheduling/admission/mod.ts";
import type { TtftForecast } from "./ttft_forecast.ts";

/** Turns requests away although there is room for them. */
export class AdmissionGate {
  readonly #control: AdmissionControl;
  readonly #columns: RequestColumns;
  readonly #clock: Clock;

  constructor(rules: AdmissionRules, columns: RequestColumns, clock: Clock) {
    this.#control = new AdmissionControl(rules);
    this.#columns = columns;
    this.#clock = clock;
  }

  /** Why a request is turned away, a code of the outcome column; 0 when it is let in. */
  refusal(request: number, forecast: TtftForecast | undefined): number {
    const { classId, promptTokens } = this.#columns;
    const decision = this.#control.decide({
      nowSeconds: this.#clock.now,
      classId: classId[request],
      promptTokens: promptTokens[request],
      predictedTtftSeconds: () => forecast!.seconds(request),
    });
    switch (decision) {
      case Admission.admitted:
        return 0;
      case Admission.rateLimited:
        return OUTCOME_CODE.rejected_rate_limit;
      case Admission.sloUnreachable:
        return OUTCOME_CODE.rejected_slo;
    }
  }
}
