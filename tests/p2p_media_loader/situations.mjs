// Situations in which every decision is certain.

import { add, at, error, meet, NAMES, NEAR, runs } from "./terms.mjs";

// ---------------------------------------------------------------- without peers

for (const from of [0, 7, 36, 38, 39]) {
  for (const held of [[], [[0, 1]], [[1, 2]], [[0, 2]], [[0, 4]], [[2, 4]]]) {
    const moved = held.map(([first, end]) => [first + from, Math.min(end + from, 40)]);
    // Not what the end of the title cuts short: that is another one's.
    if (moved.some(([first], index) => moved[index][1] - first < held[index][1] - held[index][0])) continue;
    const real = moved;
    add("start", `at ${from}, held ${runs(real)}`, { from, held: real });
  }
}
for (const length of [2, 4, 6, 10]) {
  const near = Math.ceil(15 / length);
  const title = near + 12;
  add("near", `segments of ${length} s`, {
    length,
    title,
    held: [[0, near]],
    steps: [1, 2, 3].flatMap((turn) => [
      at(turn * length * 1000, ["play"]),
      at(turn * length * 1000 + 100, ["done", near + turn - 1]),
    ]),
  });
}
for (const slots of [1, 2, 3]) {
  add("slots", `${slots} of the CDN`, {
    with: { http_parallel: slots },
    steps: [at(100, ["done", 0]), at(200, ["done", 1]), at(300, ["done", 2]), at(400, ["done", 3])],
  });
}

// ---------------------------------------------------------------- near the position, with peers

for (const [name, told] of [
  ["one peer, all", [[[[0, 40]]]]],
  ["one peer, only what is being fetched", [[[[0, 2]]]]],
  ["one peer, the last near one", [[[[3, 4]]]]],
  ["one peer that fetches from the CDN", [[[], [2, 3]]]],
  ["two peers, the same", [[[[2, 3]]], [[[3, 4]]]]],
  ["two peers, one after the other", [[[[3, 4]]], [[[2, 3]]]]],
  ["three peers, near and ahead", [[[[2, 3]]], [[[3, 4]]], [[[9, 12]]]]],
  ["four peers, near and ahead", [[[[6, 7]]], [[[3, 4]]], [[[9, 12]]], [[[2, 3]]]]],
]) {
  add("CDN taken, peers come", name, { steps: [at(300, ...meet(...told))] });
}
add("CDN taken, peers come", "then the CDN is free again", {
  steps: [at(300, ...meet([[[2, 4]]])), at(400, ["done", 0]), at(500, ["done", 1])],
});
add("CDN taken, peers come", "one slot for the CDN", {
  with: { http_parallel: 1 },
  steps: [at(300, ...meet([[[1, 2]]], [[[2, 3]]], [[[3, 4]]])), at(400, ["done", 0])],
});
add("CDN taken, peers come", "one slot for peers", {
  with: { p2p_parallel: 1 },
  steps: [at(300, ...meet([[[2, 3]]], [[[3, 4]]]))],
});

// ---------------------------------------------------------------- ahead

const PATTERNS = [
  ["one peer, all", [[[[0, 12]]]]],
  ["one peer, far", [[[[9, 12]]]]],
  ["one peer, holes", [[[[5, 6], [8, 9]]]]],
  ["two peers, one each", [[[[8, 9]]], [[[5, 6]]]]],
  ["two peers, one has nothing", [[[[4, 8]]], [[]]]],
  ["three peers in turn", [[[[4, 5]]], [[[5, 6]]], [[[6, 7]]]]],
  ["three peers in reverse", [[[[6, 7]]], [[[5, 6]]], [[[4, 5]]]]],
  ["four peers, three slots", [[[[7, 8]]], [[[4, 5]]], [[[6, 7]]], [[[5, 6]]]]],
  ["a holder that is sending", [[[[4, 6]]], [[[7, 8]]]]],
  ["only what others fetch", [[[], [4, 5, 6]]]],
  ["some of it fetched by others", [[[[6, 7]], [4]], [[[7, 8]], [5]]]],
];
for (const slots of [1, 2, 3]) {
  for (const [name, told] of PATTERNS) {
    if (slots === 2 && told.length < 3) continue;
    add("ahead", `${name}, slots ${slots}`, {
      title: 12,
      held: NEAR,
      with: { p2p_parallel: slots },
      steps: [at(300, ...meet(...told))],
    });
  }
}
for (const [name, then] of [
  ["the first is whole", ["done", 4]],
  ["the second is whole", ["done", 5]],
  ["some bytes", ["bytes", 5, 3000]],
  ["the sender of the first goes", ["gone", "A"]],
]) {
  add("ahead, then", name, {
    title: 12,
    held: NEAR,
    steps: [at(300, ...meet([[[4, 5], [7, 8]]], [[[5, 6], [8, 9]]], [[[6, 7], [9, 10]]])), at(500, then)],
  });
}
add("ahead, then", "a peer tells more", {
  title: 12,
  held: NEAR,
  steps: [at(300, ...meet([[[6, 7]]])), at(500, ["peer", "B"], ["tell", "B", [[8, 9]]]), at(700, ["tell", "B", [[5, 6], [8, 9]]])],
});
for (const [slots, ahead] of [[1, [8]], [2, [7, 9]], [3, [7, 8, 10]]]) {
  // The last peer comes with what is earlier than all that is being sent.
  const told = ahead.map((segment) => [[[segment, segment + 1]]]);
  add("an earlier one appears", `slots ${slots}, all taken`, {
    title: 12,
    held: NEAR,
    with: { p2p_parallel: slots },
    steps: [at(300, ...meet(...told)), at(600, ["peer", "D"], ["tell", "D", [[5, 6]]])],
  });
}

// ---------------------------------------------------------------- from ahead to near

const sending = meet([[[4, 5]]], [[[5, 6]]], [[[6, 7]]]);
add("comes near", "it moves to the CDN with its bytes", {
  title: 7,
  held: NEAR,
  steps: [at(3000, ...sending), at(3500, ["bytes", 4, 2500], ["bytes", 5, 10], ["bytes", 6, 10]), at(4000, ["play"])],
});
add("comes near", "nothing has come of it", {
  title: 7,
  held: NEAR,
  steps: [at(3000, ...sending), at(4000, ["play"])],
});
add("comes near", "it is whole in time", {
  title: 7,
  held: NEAR,
  steps: [at(3000, ...sending), at(3500, ["done", 4]), at(4000, ["play"])],
});
for (const slots of [1, 2]) {
  const nearer = [2, 3].slice(2 - slots);
  add("comes near", `${slots} of the CDN taken nearer`, {
    title: 7,
    held: [[0, 4 - slots]],
    with: { http_parallel: slots },
    steps: [
      at(2000, ...nearer.map((segment) => ["bytes", segment, 100])),
      at(3000, ...sending),
      at(3500, ...[...nearer, 4, 5, 6].map((segment) => ["bytes", segment, 100])),
      at(4000, ["play"]),
      at(4200, ["done", 3]),
    ],
  });
}
add("comes near", "no CDN at all: it stays", {
  title: 7,
  held: NEAR,
  with: { http_parallel: 0 },
  steps: [at(3000, ...sending), at(3500, ["bytes", 4, 2500], ["bytes", 5, 10], ["bytes", 6, 10]), at(4000, ["play"])],
});
for (const slots of [1, 2]) {
  // What comes near is told of, so that not it is fetched at random before.
  const more = slots === 1 ? [] : [at(1500, ["tell", "A", [], [4]]), at(2000)];
  add("the CDN's furthest goes", `${slots} taken further ahead`, {
    title: 7,
    held: NEAR,
    with: { http_parallel: slots },
    dice: 0,
    steps: [
      at(900, ["peer", "A"], ["tell", "A", [], [4, 6]]),
      at(1000),
      ...more,
      at(2500, ["bytes", 5, 10]),
      at(4000, ["play"]),
    ],
  });
}
add("no CDN", "near ones from peers, one slot, an earlier one appears", {
  held: [[0, 1]],
  with: { http_parallel: 0, p2p_parallel: 1 },
  steps: [at(300, ...meet([[[3, 4]]])), at(500, ["peer", "B"], ["tell", "B", [[1, 2]]])],
});
add("no CDN", "near ones from peers, an earlier one for a later one ahead", {
  held: [[0, 1], [2, 4]],
  with: { http_parallel: 0, p2p_parallel: 2 },
  title: 12,
  steps: [
    at(300, ...meet([[[6, 7]]], [[[8, 9]]])),
    at(500, ["bytes", 6, 700], ["bytes", 8, 800]),
    at(600, ["peer", "C"], ["tell", "C", [[1, 2]]]),
  ],
});
add("no CDN", "the holder is sending something later, slots taken", {
  held: [[0, 1], [2, 4]],
  with: { http_parallel: 0, p2p_parallel: 1 },
  title: 12,
  steps: [at(300, ...meet([[[6, 7]]])), at(600, ["tell", "A", [[1, 2], [6, 7]]])],
});
add("no CDN", "the holder is sending something later, slots free", {
  held: [[0, 1], [2, 4]],
  with: { http_parallel: 0 },
  title: 12,
  steps: [at(300, ...meet([[[6, 7]]])), at(600, ["tell", "A", [[1, 2], [6, 7]]])],
});
add("no CDN", "the holder is sending something nearer, slots taken", {
  held: [[0, 1], [3, 4]],
  with: { http_parallel: 0, p2p_parallel: 1 },
  title: 12,
  steps: [at(300, ...meet([[[1, 2]]])), at(600, ["tell", "A", [[1, 3]]])],
});
add("a holder that is sending something nearer", "another something later, slots taken", {
  held: [[0, 1], [3, 4]],
  with: { http_parallel: 0, p2p_parallel: 2 },
  title: 12,
  steps: [at(300, ...meet([[[1, 2]]], [[[6, 7]]])), at(600, ["tell", "A", [[1, 3]]])],
});

// ---------------------------------------------------------------- storage

const ROOM = 1048576;
const PART = 10240;
/** Unplayed segments far ahead that fill the storage up to so many. */
const stored = (from, count) => [
  [from, from + 4],
  [from + 100, from + 100 + count - 4],
];
const windows = { http_window: 22, p2p_window: 46 };
const spread = meet([[[4, 6]]], [[[6, 7]], [7, 8, 10]], [[[9, 10]]]);
for (const [free, count] of [["more than 10 %", 60], ["11 %", 91], ["9 %", 93], ["6 %", 96], ["4 %", 98], ["1 %", 101]]) {
  add("storage", `${free} free, what peers have ahead`, {
    title: 220,
    size: PART,
    room: ROOM,
    held: stored(0, count),
    with: windows,
    steps: [at(300, ...spread)],
  });
}
add("storage", "what was played counts as free", {
  title: 220,
  size: PART,
  room: ROOM,
  from: 50,
  held: [[0, 50], [50, 54], [150, 190]],
  with: windows,
  steps: [at(100, ["play"]), at(300, ...meet([[[54, 56]]], [[[56, 57]], [57, 58, 60]], [[[59, 60]]]))],
});
for (const [free, count] of [["9 %", 93], ["4 %", 98]]) {
  add("storage", `${free} free, near the position`, {
    title: 220,
    size: PART,
    room: ROOM,
    held: [[0, 1], [100, 100 + count - 1]],
    with: windows,
    steps: [at(300, ...meet([[[2, 4]]]))],
  });
}
for (const [free, count] of [["9 %", 93], ["6 %", 96], ["4 %", 98]]) {
  add("storage", `${free} free, nothing at random`, {
    title: 220,
    size: PART,
    room: ROOM,
    held: stored(0, count),
    with: { http_window: 46, p2p_window: 46 },
    steps: [at(300, ["peer", "A"], ["tell", "A", []]), at(1000), at(1999), at(3900)],
  });
}
add("storage, transfers ahead", "what is coming fills it", {
  title: 220,
  size: PART,
  room: ROOM,
  held: stored(0, 96),
  steps: [at(300, ...meet([[[4, 5]]], [[[5, 6]]], [[[6, 7]]])), at(500, ["done", 4]), at(600, ["done", 5]), at(700, ["play"])],
});

// ---------------------------------------------------------------- failures

add("the CDN fails", "once: asked again", { title: 1, steps: [at(100, error(0))] });
add("the CDN fails", "in the middle: asked for the rest", {
  title: 1,
  steps: [at(100, ["bytes", 0, 4000]), at(200, error(0))],
});
add("the CDN fails", "three times: left alone", {
  title: 2,
  held: [[0, 1]],
  steps: [at(100, error(1)), at(200, error(1)), at(300, error(1)), at(400, ["play"])],
});
add("the CDN fails", "three times: a peer is asked", {
  title: 2,
  held: [[0, 1]],
  steps: [
    at(100, error(1)),
    at(200, error(1)),
    at(300, error(1)),
    at(400, ...meet([[[1, 2]]])),
  ],
});
for (const after of [59, 62]) {
  add("the CDN fails", `three times, ${after} s later`, {
    title: 2,
    length: 100,
    held: [[0, 1]],
    with: { high_demand: 101 },
    steps: [at(100, error(1)), at(200, error(1)), at(300, error(1)), at(after * 1000, ["play"]), at(after * 1000 + 10, ["play"])],
  });
}
add("the CDN fails again", "after a minute there are three tries again", {
  title: 2,
  length: 100,
  held: [[0, 1]],
  with: { high_demand: 101 },
  steps: [
    at(100, error(1)),
    at(200, error(1)),
    at(300, error(1)),
    at(62000, ["play"]),
    at(62010, ["play"]),
    at(62100, error(1)),
    at(62200, error(1)),
    at(62300, error(1)),
  ],
});
add("a silent CDN", "nothing for 3 s while waiting for the first picture", {
  title: 1,
  steps: [at(2990), at(3001)],
});
add("a silent CDN", "bytes, then nothing for 3 s", {
  title: 1,
  steps: [at(1000, ["bytes", 0, 4000]), at(3990), at(4001)],
});
add("a peer fails", "it does not hold it after all", {
  title: 12,
  held: NEAR,
  steps: [at(300, ...meet([[[4, 5]]], [[[8, 9]]])), at(500, ["tell", "B", [[4, 5], [8, 9]]]), at(600, ["done", 8]), at(700, error(4))],
});
add("a peer fails", "it goes, another has the segment", {
  title: 12,
  held: NEAR,
  steps: [
    at(300, ...meet([[[4, 5]]])),
    at(400, ["bytes", 4, 3000]),
    at(500, ["peer", "B"], ["tell", "B", [[4, 5]]]),
    at(600, ["gone", "A"]),
  ],
});
add("a peer fails", "it goes, nobody else has the segment", {
  title: 12,
  held: NEAR,
  steps: [at(300, ...meet([[[4, 5]]])), at(400, ["bytes", 4, 3000]), at(600, ["gone", "A"])],
});
add("a peer fails", "it goes, later another tells of the segment", {
  title: 12,
  held: NEAR,
  steps: [
    at(300, ...meet([[[4, 5]]])),
    at(400, ["bytes", 4, 3000]),
    at(500, ["gone", "A"]),
    at(600, ["peer", "B"], ["tell", "B", [[4, 5]]]),
  ],
});
add("a peer that failed is asked again", "silent for 2 s near the position while the CDN is taken", {
  held: [],
  title: 3,
  with: { http_parallel: 1, high_demand: 7 },
  length: 4,
  steps: [
    at(300, ...meet([[[1, 2]], [2]])),
    at(1500, ["bytes", 0, 10]),
    at(2290, ["bytes", 0, 10]),
    at(2301),
  ],
});
add("a peer that failed is asked again", "it does not hold the first, but the second", {
  title: 12,
  held: NEAR,
  steps: [at(300, ...meet([[[4, 6]]])), at(500, error(4)), at(600, ["tell", "A", [[5, 6]]])],
});
add("a peer is left", "silent three times", {
  held: [],
  title: 2,
  with: { http_parallel: 1 },
  length: 4,
  steps: [
    at(300, ...meet([[[1, 2]]])),
    ...[1500, 2301, 3000, 4302, 5000, 6303].map((ms) => at(ms, ["bytes", 0, 10])),
  ],
});

// ---------------------------------------------------------------- bytes kept

add("bytes kept", "from the CDN, broken, to a peer", {
  title: 2,
  held: [[0, 1]],
  with: { http_parallel: 1 },
  steps: [
    at(100, ["bytes", 1, 1000]),
    at(200, error(1)),
    at(300, ["bytes", 1, 500]),
    at(400, error(1)),
    at(500, error(1)),
    at(600, ...meet([[[1, 2]]])),
  ],
});
add("bytes kept", "a peer's, moved to the CDN when that is free", {
  title: 3,
  held: [],
  with: { http_parallel: 2 },
  steps: [at(300, ...meet([[[2, 3]]])), at(400, ["bytes", 2, 1234]), at(500, ["done", 0])],
});
add("bytes of what made way", "asked for anew", {
  held: [[0, 1], [2, 4]],
  with: { http_parallel: 0, p2p_parallel: 1 },
  title: 12,
  steps: [
    at(300, ...meet([[[6, 7]]])),
    at(500, ["bytes", 6, 700]),
    at(600, ["peer", "B"], ["tell", "B", [[1, 2]]]),
    at(700, ["done", 1]),
  ],
});

// ---------------------------------------------------------------- a position inside a segment

for (const second of [1, 2, 3]) {
  add("inside a segment", `${second} s into 4 s`, { held: NEAR, steps: [at(second * 1000, ["play"])] });
}
add("inside a segment", "5 s into 10 s", { length: 10, held: [[0, 2]], steps: [at(4900, ["play"]), at(5000, ["play"])] });
for (const [length, window] of [[1, 15], [4, 16], [5, 15]]) {
  const near = window / length;
  add("a window that ends with a segment", `${window} s of ${length} s`, {
    length,
    with: { high_demand: window },
    held: [[0, near]],
  });
}

// ---------------------------------------------------------------- windows

add("windows", "a peer has only what is beyond theirs", {
  held: NEAR,
  with: { http_window: 22, p2p_window: 30 },
  steps: [at(300, ...meet([[[8, 12]]]))],
});
add("windows", "the last one within theirs", {
  held: NEAR,
  with: { http_window: 30, p2p_window: 30 },
  steps: [at(300, ...meet([[[7, 12]]]))],
});
add("a hole beyond the CDN's window", "ends the list", {
  held: NEAR,
  with: { http_window: 22, p2p_window: 46 },
  steps: [at(300, ...meet([[[6, 7]]], [[[8, 9]]]))],
});
add("windows", "beyond the CDN's, fetched by somebody: no hole", {
  held: NEAR,
  with: { http_window: 22, p2p_window: 46 },
  steps: [at(300, ...meet([[[6, 7]], [7]], [[[8, 9]]]))],
});
