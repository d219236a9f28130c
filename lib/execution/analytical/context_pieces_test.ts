import { ok, strictEqual } from "@std/assert";
import { softMaximum } from "../soft_maximum.ts";
import { cellOf, contextPieces } from "./context_pieces.ts";

/** Decode attention of one layer with exponents as fitted, from blunt to sharp. */
const CURVES = [0.76, 0.97, 1.02, 2.79].map((sharpness) => ({
  sharpness,
  seconds: (context: number) => softMaximum(context * 2.5e-9, 14e-6, sharpness),
}));

for (const { sharpness, seconds } of CURVES) {
  Deno.test(`contextPieces() keeps within 0.5 % of a curve of sharpness ${sharpness}`, () => {
    const { base, slope, pieceOfCell } = contextPieces(seconds);
    for (let context = 1; context < 2 ** 30; context = Math.ceil(context * 1.013)) {
      const piece = pieceOfCell[cellOf(context)];
      const error = (base[piece] + slope[piece] * context) / seconds(context) - 1;
      ok(Math.abs(error) < 5e-3, `${context} tokens: ${error}`);
    }
  });

  Deno.test(`contextPieces() of sharpness ${sharpness} are joined, rising lines`, () => {
    const { base, slope, end } = contextPieces(seconds);
    for (let piece = 0; piece < base.length; piece++) {
      ok(slope[piece] >= 0);
      if (piece + 1 === base.length) continue;
      const [left, right] = [piece, piece + 1].map((i) => base[i] + slope[i] * end[piece]);
      ok(Math.abs(left / right - 1) < 1e-12, `${left} before ${end[piece]} tokens, ${right} after`);
    }
    strictEqual(end[end.length - 1], Infinity);
  });
}

Deno.test("cellOf() never falls, and cells start at multiples of their size", () => {
  let last = -1;
  for (let context = 0; context < 70_000; context++) {
    const cell = cellOf(context);
    ok(cell === last || cell === last + 1, `${context} tokens: cell ${cell} after ${last}`);
    last = cell;
  }
  strictEqual(cellOf(2 ** 31 - 1), cellOf(2 ** 40));
});
