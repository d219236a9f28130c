import type { Transfers } from "../../network/transfers.ts";
import type { StartService } from "./start_service.ts";

/**
 * Starts that move nothing over links themselves, beside which other things move: the transfers'
 * events are events of the starts, as they are where starts have transfers of their own.
 */
export function withTransfers(starts: StartService, transfers: Transfers): StartService {
  return {
    get nextEventSeconds() {
      return Math.min(starts.nextEventSeconds, transfers.nextSeconds);
    },
    spans: starts.spans,
    begin: (...start) => starts.begin(...start),
    cancel: (instanceId, nowSeconds) => starts.cancel(instanceId, nowSeconds),
    advance(nowSeconds, onReady) {
      while (transfers.nextSeconds <= nowSeconds) transfers.advance(transfers.nextSeconds);
      starts.advance(nowSeconds, onReady);
    },
  };
}
