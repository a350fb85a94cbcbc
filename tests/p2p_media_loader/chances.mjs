// Situations in which the dice decide: what is fetched at random, when, and which peer is asked.

import { add, at, error, meet, NAMES, NEAR } from "./terms.mjs";

const nothing = (count) => NAMES.slice(0, count).flatMap((name) => [["peer", name], ["tell", name, []]]);
for (const peers of [0, 1, 2, 4]) {
  for (const lacking of [1, 2, 3, 6, 20]) {
    if (peers === 0 && lacking > 1) continue;
    add("at random", `${peers} peers, ${lacking} lack`, {
      title: 4 + lacking,
      held: NEAR,
      steps: [at(300, ...nothing(peers)), at(1000)],
      tally: "all",
    });
  }
}
add("at random", "two of five are told of", {
  title: 9,
  held: NEAR,
  with: { p2p_parallel: 1 },
  steps: [at(300, ["peer", "A"], ["peer", "B"], ["tell", "A", [[5, 6]], [7]], ["tell", "B", []]), at(1000)],
  tally: "all",
});
add("at random", "the window of the CDN ends it", {
  title: 30,
  held: NEAR,
  with: { http_window: 30 },
  steps: [at(300, ...nothing(3)), at(1000)],
  tally: "all",
});
add("at random", "one slot", {
  title: 12,
  held: NEAR,
  with: { http_parallel: 1 },
  steps: [at(300, ...nothing(3)), at(1000)],
  tally: "all",
});
add("at random", "all slots taken near the position", {
  title: 12,
  held: [[0, 2]],
  steps: [at(300, ...nothing(1)), at(1000, ["bytes", 2, 1], ["bytes", 3, 1])],
  tally: "all",
});
add("at random", "one slot taken near the position", {
  title: 8,
  held: [[0, 3]],
  steps: [at(300, ...nothing(1)), at(900, ["bytes", 3, 1]), at(1000)],
  tally: "all",
});
add("at random", "what has failed three times is not tried", {
  title: 6,
  held: [[0, 3], [4, 5]],
  with: { http_parallel: 1 },
  steps: [at(100, error(3)), at(200, error(3)), at(250, error(3)), at(300, ...nothing(1)), at(1000)],
  tally: "all",
});
for (const [peers, dice] of [[1, 0], [1, 0.5], [2, 0.5], [4, 0.25]]) {
  add("how often at random", `${peers} peers, dice at ${dice}`, {
    length: 60,
    title: 60,
    held: [[0, 2]],
    dice,
    steps: [at(100, ...nothing(peers)), at(110, ["watch", 9000])],
  });
}

// ---------------------------------------------------------------- which peer

/** Each peer sends one segment, its first byte at once and the last after so many ms. */
const proven = (times) => {
  const told = times.map((time, index) => [time === null ? [] : [[4 + index, 5 + index]]]);
  const first = times.flatMap((time, index) => (time === null ? [] : [["bytes", 4 + index, 1]]));
  const last = times.flatMap((time, index) => (time === null ? [] : [at(100 + time, ["done", 4 + index])]));
  return [at(100, ...meet(...told), ...first), ...last];
};
const WHOLE = [[4, 20]];
for (const times of [
  [null, null],
  [null, null, null, null],
  [200, 200],
  [200, 400],
  [200, 800],
  [200, 400, 600],
  [200, null],
  [200, null, null, null],
  [400, 800, null],
  [200, ...Array(13).fill(null)],
]) {
  const steps = proven(times);
  const all = times.map((_, index) => ["tell", NAMES[index], WHOLE]);
  const name = times.map((time) => (time === null ? "unknown" : `${time} ms`)).join(", ");
  add("which peer", name, {
    title: 20,
    held: [[0, 4]],
    with: { high_demand: 3, p2p_parallel: 3 },
    steps: [...steps, at(980, ...all)],
    tally: "first",
  });
}
for (const [kind, seconds] of [["a record", 10], ["an old record", 17]]) {
  add(kind, `${seconds} s ago`, {
    title: 20,
    length: 60,
    held: [[0, 4]],
    with: { http_parallel: 0 },
    steps: [...proven([200, 800]), at(1000 + seconds * 1000, ["tell", "A", WHOLE], ["tell", "B", WHOLE])],
    tally: "first",
  });
}
