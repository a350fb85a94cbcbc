// What the package finds around it: a clock, timers, dice, a fetch and a tracker that do what a
// script says. To be imported before the package is.

import { EventEmitter } from "node:events";
import { register } from "node:module";

// The package's only outside module for peers; connections come from the script.
const tracker = `
  import { EventEmitter } from "node:events";
  export default class Tracker extends EventEmitter {
    constructor(settings) { super(); this.settings = settings; globalThis.script.tracker = this; }
    start() { queueMicrotask(() => globalThis.script.onTracker?.()); }
    destroy() {}
  }`;
const hooks = `
  export async function resolve(name, context, next) {
    if (name === "bittorrent-tracker") {
      return { url: ${JSON.stringify("data:text/javascript," + encodeURIComponent(tracker))}, shortCircuit: true };
    }
    return next(name, context);
  }`;
register("data:text/javascript," + encodeURIComponent(hooks));

/** The state of the world around one player, set anew by `reset`. */
export const script = {
  tracker: undefined,
  onTracker: undefined,
  now: 0,
  timers: new Map(),
  delays: [],
  fetches: [],
  nextTimer: 1,
};
globalThis.script = script;

/** 32 bits of state, uniform numbers in 0..1 (mulberry32). */
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Starts again at time 0 with these dice: a seed, or a function. */
export function reset(seed) {
  Object.assign(script, { tracker: undefined, onTracker: undefined, now: 0, nextTimer: 1 });
  script.timers.clear();
  script.fetches.length = 0;
  script.delays.length = 0;
  Math.random = typeof seed === "function" ? seed : dice(seed);
}

const immediate = globalThis.setImmediate;
/** Lets everything happen that waits for nothing but its turn. */
export async function settle() {
  for (let turn = 0; turn < 3; turn++) await new Promise((done) => immediate(done));
}

/** Time passes; timers go off in order. */
export async function passTo(time) {
  for (;;) {
    let next;
    for (const [id, timer] of script.timers) {
      if (timer.at <= time && (!next || timer.at < next.timer.at)) next = { id, timer };
    }
    if (!next) break;
    script.timers.delete(next.id);
    script.now = Math.max(script.now, next.timer.at);
    next.timer.action();
    await settle();
  }
  script.now = time;
}

// The package measures time from the beginning of a page; 0 means "never" to it in one place.
const origin = 1_000_000;
Object.defineProperty(performance, "now", { value: () => origin + script.now });
globalThis.window = globalThis;
Object.defineProperty(globalThis, "navigator", { value: { userAgent: "none" }, configurable: true });
globalThis.setTimeout = (action, delay = 0) => {
  const id = script.nextTimer++;
  script.timers.set(id, { at: script.now + delay, action });
  script.delays.push(delay);
  return id;
};
globalThis.clearTimeout = (id) => script.timers.delete(id);

globalThis.fetch = (request) => {
  const segment = Number(new URL(request.url).pathname.slice(1));
  const range = /bytes=(\d+)-/.exec(request.headers.get("Range") ?? "");
  const fetched = { segment, fromByte: range ? Number(range[1]) : 0, queue: [], waiting: undefined };
  fetched.body = () => ({
    read: () =>
      new Promise((resolve, reject) => {
        fetched.waiting = { resolve, reject };
        fetched.flush();
      }),
  });
  fetched.flush = () => {
    if (fetched.waiting && fetched.queue.length > 0) {
      const { resolve } = fetched.waiting;
      fetched.waiting = undefined;
      resolve(fetched.queue.shift());
    }
  };
  fetched.response = new Promise((resolve, reject) => Object.assign(fetched, { resolve, reject }));
  request.signal.addEventListener("abort", () => {
    const gone = new Error("aborted");
    fetched.reject(gone);
    fetched.waiting?.reject(gone);
    script.fetches.splice(script.fetches.indexOf(fetched), 1);
  });
  script.fetches.push(fetched);
  return fetched.response;
};

/** A connection to a peer with a name of one letter. */
export class Connection extends EventEmitter {
  constructor(name) {
    super();
    this.name = name;
    this.id = Buffer.from(name.repeat(20)).toString("hex");
    this.written = [];
    this.open = true;
  }
  write(bytes) {
    this.written.push(bytes);
    return true;
  }
  destroy() {
    if (this.open) this.leave?.();
    this.open = false;
  }
}
