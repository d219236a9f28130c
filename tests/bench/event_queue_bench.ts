import { EventQueue } from "../../lib/sim/event_queue.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { WinnerTree } from "../../lib/sim/winner_tree.ts";

const TURNS = 1_000_000;

for (const pending of [100, 100_000]) {
  const stream = randomStreams(1).take("gaps");
  const gaps = Float64Array.from({ length: 1024 }, () => stream.next() * pending);
  const queue = new EventQueue();
  for (let i = 0; i < pending; i++) queue.push(gaps[i & 1023], 1, 0, i);
  Deno.bench(`EventQueue: 1M times pop and push, ${pending} pending`, () => {
    for (let turn = 0; turn < TURNS; turn++) {
      queue.pop();
      queue.push(queue.timeSeconds + gaps[turn & 1023], 1, 0, queue.a);
    }
  });
}

for (const instances of [4, 64]) {
  const stream = randomStreams(1).take("steps");
  const steps = Float64Array.from({ length: 1024 }, () => stream.next());
  const tree = new WinnerTree(instances);
  for (let id = 0; id < instances; id++) tree.set(id, steps[id]);
  Deno.bench(`WinnerTree: 1M new keys of the first of ${instances} ids`, () => {
    for (let turn = 0; turn < TURNS; turn++) {
      const id = tree.firstId;
      tree.keyOf[id] += steps[turn & 1023];
      tree.update(id);
    }
  });
}
