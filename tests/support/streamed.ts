import type { ClusterParts, StreamedParts } from "../../lib/cluster/cluster_parts.ts";
import { RequestWindow } from "../../lib/cluster/stream/mod.ts";
import { memoryPages } from "../../lib/metrics/rows/page_store.ts";
import { RequestPages } from "../../lib/metrics/rows/request_pages.ts";
import { fairQueue } from "../../lib/scheduling/admission/fair_queue.ts";
import type { RequestPieces } from "../../lib/workload/request_pieces.ts";
import type { RequestTable } from "../../lib/workload/request_table.ts";
import { selectRows } from "../../lib/workload/select_rows.ts";

/** How a run is streamed. */
export interface Streaming {
  /** Requests that are drawn at a time. */
  readonly pieceRows: number;
  /** Rows of a page, a multiple of 8, and pages in memory. */
  readonly pageRows: number;
  readonly pagesInMemory: number;
}

/** A table in pieces of so many rows. */
export function inPieces(table: RequestTable, rows: number): RequestPieces {
  return {
    count: table.count,
    *pieces() {
      for (let from = 0; from < table.count; from += rows) {
        const size = Math.min(rows, table.count - from);
        const piece = selectRows(table, Uint32Array.from({ length: size }, (_, i) => from + i));
        yield table.closedLoop ? { ...piece, closedLoop: table.closedLoop } : piece;
      }
    },
  };
}

/** The parts of a run of {@link everythingParts}, without prefixes and sessions, as one that is streamed. */
export function streamed(parts: ClusterParts, streaming: Streaming): StreamedParts {
  const { prefix: _, ...table } = parts.requests;
  const { queueKeys } = parts.functions[0].engine;
  const window = new RequestWindow(inPieces(table, streaming.pieceRows));
  const keys = queueKeys && new Float64Array(window.table.count);
  if (keys) window.whenTaken((place) => keys[place] = queueKeys[window.ids[place]]);
  const rows = new RequestPages(table.count, memoryPages(), streaming);
  return {
    ...parts,
    requests: window.table,
    stream: { window, rows },
    functions: parts.functions.map((fn) => ({
      ...fn,
      engine: { ...fn.engine, ...(keys && { queueKeys: keys }) },
      ...(fn.gatewayOrder && {
        gatewayOrder: {
          chargesFlows: true,
          queue: (promptTokensOf: (request: number) => number) =>
            fairQueue({
              promptTokensOf,
              flowOf: (request) => window.table.classId![request],
              weightOf: (flow) => 1 + flow,
            }),
        },
      }),
    })),
    ...(parts.deadlineAtSeconds && { deadlineAtSeconds: keys! }),
  };
}
