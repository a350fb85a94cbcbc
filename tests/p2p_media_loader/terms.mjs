// What situations are made of: what is held, which peers there are, what they tell, what arrives and
// breaks.
//
// A situation begins at time 0 with somebody pressing play at segment `from`. In each step time
// passes up to `at` (ms), then happens, in order: connections (`peer`) and announcements (`tell`,
// runs held and segments fetched from the CDN), then the rest: the player looks up (`play`), bytes
// arrive (`bytes`), a byte of everything arrives (`alive`), a segment is whole (`done`, or `one done`:
// of those under way the n-th, counted round), a transfer breaks (`fail`), a peer goes (`gone`).

export const situations = [];

/** What is not said; the file does not say it either. */
export const usual = { length: 4, title: 40, size: 10000, room: 1 << 30, from: 0, held: [], steps: [] };

/** Adds a situation to the list. */
export function add(kind, name, rest) {
  situations.push({ kind, name: `${kind}: ${name}`, ...usual, ...rest });
}

/** A step. */
export const at = (ms, ...acts) => ({ at: ms, do: acts });
/** For names. */
export const runs = (list) => JSON.stringify(list).replaceAll('"', "");
export const NAMES = [..."ABCDEFGHIJKLMN"];
/** Peers that connect and tell at once. */
export const meet = (...told) =>
  told.flatMap((own, index) => [
    ["peer", NAMES[index]],
    ["tell", NAMES[index], ...own],
  ]);
/** The CDN breaks, or the peer has not got it. */
export const error = (segment) => ["fail", segment];
/** High demand at the beginning, with segments of 4 s. */
export const NEAR = [[0, 4]];
/** Single segments as runs. */
export const singles = (segments) => segments.map((segment) => [segment, segment + 1]);
