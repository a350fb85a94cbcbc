// Longer situations, made up by numbers from a seed.

import { add, at, NAMES, singles } from "./terms.mjs";

/** Numbers below a bound, from a seed (xorshift). */
function numbers(seed) {
  let state = seed * 2654435761 + 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/**
 * Eight seconds and two ends of segments of whatever may happen. Each segment has one holder at most,
 * those that come near one that has nothing else; and one more peer says that it fetches everything,
 * so that nothing is left to the dice.
 */
function walk(seed) {
  const below = numbers(seed);
  const title = 18;
  const held = [0, 1, 2, ...[3, 4, 5, 6, 7, 8].filter(() => below(3) === 0)];
  const owners = [[], [], [], [], ...[3, 4, 5].map((segment) => (below(3) > 0 ? [segment] : []))];
  for (let segment = 6; segment < title; segment++) owners[below(4)].push(segment);
  owners[3] = [];
  const everything = Array.from({ length: title }, (_, segment) => segment);
  const others = [0, 1, 2, 4, 5, 6];
  const some = (peer) => singles(owners[peer].filter(() => below(4) > 0));
  const steps = [at(200, ["peer", "D"], ["tell", "D", [], everything], ...others.flatMap((peer) => [["peer", NAMES[peer]], ["tell", NAMES[peer], some(peer)]]))];
  const gone = new Set();
  for (let ms = 500; ms < 8900; ms += 500) {
    if (ms % 4000 === 0) {
      // Nothing else, as it would matter what comes first.
      steps.push(at(ms, ["play"], ["alive"]));
      continue;
    }
    const acts = ms % 1000 === 0 ? [["alive"]] : [];
    const peer = others[below(others.length)];
    const segment = 3 + below(title - 3);
    const kind = below(8);
    if (kind < 3 && !gone.has(peer)) acts.unshift(["tell", NAMES[peer], some(peer)]);
    else if (kind < 6) acts.push(["one done", segment]);
    else if (kind === 6) acts.push(["fail from the CDN", segment]);
    else if (kind === 7 && below(3) === 0 && !gone.has(peer)) {
      acts.push(["gone", NAMES[peer]]);
      gone.add(peer);
    }
    steps.push(at(ms, ...acts));
  }
  const slots = { http_parallel: below(3), p2p_parallel: 1 + below(3) };
  add("a walk", String(seed), { title, held: singles(held), with: slots, steps });
}
for (let seed = 1; seed <= 40; seed++) walk(seed);
