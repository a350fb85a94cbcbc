// Records what the published package p2p-media-loader-core decides in scripted situations.
//
// To be run rarely, by hand; the package is nowhere in this repository. In an empty folder:
//
//     npm install --ignore-scripts p2p-media-loader-core@2.3.1
//     node <this folder>/record.mjs node_modules/p2p-media-loader-core
//
// It drives the package's `Core` through its public interface, with a clock, timers, dice, a fetch
// and peers that follow the script (browser.mjs, player.mjs), and writes situations.json beside
// itself: the situations (terms.mjs says what they are made of) and the decisions, which
// tests/p2p_media_loader.rs holds against the core here. Node.js 20 or later.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { load, Player } from "./player.mjs";
import { situations, usual } from "./terms.mjs";
import "./situations.mjs";
import "./chances.mjs";
import "./walks.mjs";

const SEEDS = [1, 2, 3, 4, 5];
const DRAWS = 2000;

/** Decisions of every step. */
async function played(parts, situation, seed) {
  const player = new Player(parts, situation, seed);
  await player.play();
  let steps = [{ at: 0, then: player.decisions() }];
  for (const step of situation.steps) {
    await player.step(step);
    steps.push({ at: step.at, then: player.times ?? player.decisions() });
  }
  player.end();
  return steps.map(({ then }) => then);
}

/** How often what is asked in the last step. */
async function tallied(parts, situation) {
  const counts = {};
  const count = (what) => (counts[what] = (counts[what] ?? 0) + 1);
  for (let seed = 1; seed <= DRAWS; seed++) {
    const last = (await played(parts, situation, seed)).at(-1);
    count(`${last.length} in all`);
    if (situation.tally === "first") count(last[0] ?? "nothing");
    else last.forEach(count);
  }
  return Object.fromEntries(Object.entries(counts).sort());
}

async function recorded(parts, situation) {
  if (situation.tally) return { ...situation, draws: DRAWS, counts: await tallied(parts, situation) };
  const fixed = situation.dice === undefined ? SEEDS : [() => situation.dice];
  const all = [];
  for (const seed of fixed) all.push(await played(parts, situation, seed));
  const [then] = all;
  if (all.some((other) => JSON.stringify(other) !== JSON.stringify(then))) {
    throw new Error(`${situation.name}: the dice decide: ${JSON.stringify(all)}`);
  }
  return { ...situation, then };
}

/** One line of the file. */
function line(recorded) {
  const same = ([name, value]) => JSON.stringify(usual[name]) === JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(recorded).filter((entry) => !same(entry))));
}

/** The parameters that have a counterpart here, in its names and units. */
function defaults({ Core }) {
  const own = Core.DEFAULT_STREAM_CONFIG;
  return {
    high_demand: own.highDemandTimeWindow,
    http_window: own.httpDownloadTimeWindow,
    p2p_window: own.p2pDownloadTimeWindow,
    http_parallel: own.simultaneousHttpDownloads,
    p2p_parallel: own.simultaneousP2PDownloads,
    http_idle_ms: own.httpNotReceivingBytesTimeoutMs,
    p2p_idle_ms: own.p2pNotReceivingBytesTimeoutMs,
    http_retries: own.httpErrorRetries,
    p2p_retries: own.p2pErrorRetries,
    initial_http_wait_ms: own.httpDownloadInitialTimeoutMs,
  };
}

process.on("unhandledRejection", (reason) => {
  throw reason;
});
const folder = process.argv[2];
if (!folder) throw new Error("usage: node record.mjs FOLDER-OF-THE-PACKAGE");
const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const parts = await load(folder);
const lines = [];
for (const situation of situations) {
  try {
    lines.push(line(await recorded(parts, situation)));
  } catch (error) {
    throw new Error(situation.name, { cause: error });
  }
}
const head = `"package": "p2p-media-loader-core ${version}",\n"defaults": ${JSON.stringify(defaults(parts))}`;
const text = `{\n${head},\n"situations": [\n${lines.join(",\n")}\n]\n}\n`;
writeFileSync(join(dirname(fileURLToPath(import.meta.url)), "situations.json"), text);
