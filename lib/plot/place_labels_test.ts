import { equal, ok } from "#assert";
import { testingRandom } from "../stats/testing_random.ts";
import { paretoFront } from "./pareto_front.ts";
import { placeLabels, textWidth } from "./place_labels.ts";
import { renderSvg } from "./render.ts";

Deno.test("labels lie inside the frame, on no other label and on no point", () => {
  const random = testingRandom(3);
  const frame = { width: 440, height: 160, fontSize: 7 };
  for (let k = 0; k < 200; k++) {
    const count = 1 + Math.floor(random.uniform() * 20);
    // Crowded in a corner as often as spread over the frame.
    const share = k % 2 === 0 ? 1 : 0.25;
    const points = Array.from({ length: count }, (_, i) => ({
      label: `${i + 1} x H200 TP${i}`,
      x: frame.width * (1 - share * random.uniform()),
      y: frame.height * (1 - share * random.uniform()),
    }));
    const placed = placeLabels(points, { ...frame, points });
    const boxes = placed.map(({ label, left, middle }) => ({
      ...{ left, right: left + textWidth(label, 7), top: middle - 4, bottom: middle + 4 },
    }));
    for (const [i, box] of boxes.entries()) {
      ok(box.left >= 0 && box.right <= frame.width, placed[i].label);
      ok(box.top >= 0 && box.bottom <= frame.height, placed[i].label);
      for (const other of boxes.slice(0, i)) {
        const apart = box.left >= other.right || other.left >= box.right ||
          box.top >= other.bottom || other.top >= box.bottom;
        ok(apart, placed[i].label);
      }
      for (const { x, y } of points) {
        ok(x <= box.left || x >= box.right || y <= box.top || y >= box.bottom, placed[i].label);
      }
    }
    if (share === 1 && count <= 12) equal(placed.length, count, "each of a few finds room");
  }
});

Deno.test("the labels of a frontier end before its frame does, as it is drawn", async () => {
  const rows = Array.from({ length: 12 }, (_, i) => ({
    ...{
      series: "Keeps the limits",
      label: `${i + 1} x H100 TP4`,
      x: 30 + 14 * i,
      y: 400 - 20 * i,
    },
  }));
  for (const isLog of [false, true]) {
    const svg = await renderSvg(paretoFront(rows, {
      ...{ xTitle: "Cost (USD/h)", yTitle: "TTFT p99 (ms)", column: 2, xLog: isLog, yLog: isLog },
    }));
    const width = Number(/ width="([\d.]+)pt"/.exec(svg)?.[1]);
    const labels = [...svg.matchAll(
      /translate\(([\d.]+),([\d.-]+)\)"[^>]*>(\d+ x H100 TP4)<\/text>/g,
    )];
    equal(labels.length, rows.length, svg.slice(0, 200));
    for (const [, left, , label] of labels) {
      ok(
        Number(left) >= 0 && Number(left) + textWidth(label, 7) < width - 30,
        `${label} at ${left}`,
      );
    }
  }
});
