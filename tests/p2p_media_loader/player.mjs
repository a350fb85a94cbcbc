// One player of the package under a script, and what it decides.

import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { Connection, passTo, reset, script, settle } from "./browser.mjs";

const MANIFEST = "https://media.invalid/manifest";
const MIB = 1048576;

/** The parts of the package that are driven, from the folder it is installed in. */
export async function load(folder) {
  const part = (path) => import(pathToFileURL(join(folder, "lib", path)).href);
  const [core, storage, streams, commands] = await Promise.all([
    part("core.js"),
    part("segment-storage/segment-memory-storage.js"),
    part("utils/stream.js"),
    part("p2p/commands/index.js"),
  ]);
  return { ...core, ...storage, ...streams, ...commands };
}

/** The situation's settings under the names of the package. */
function settings(withs) {
  const names = {
    high_demand: "highDemandTimeWindow",
    http_window: "httpDownloadTimeWindow",
    p2p_window: "p2pDownloadTimeWindow",
    http_parallel: "simultaneousHttpDownloads",
    p2p_parallel: "simultaneousP2PDownloads",
  };
  return Object.fromEntries(Object.entries(withs ?? {}).map(([name, value]) => [names[name], value]));
}

const each = (runs, act) => {
  for (const [from, to] of runs) for (let segment = from; segment < to; segment++) act(segment);
};

/** A player in a situation. */
export class Player {
  constructor(parts, situation, seed) {
    reset(seed);
    Object.assign(this, { parts, situation, peers: new Map(), log: [], sent: new Map() });
    const { size, room, title, length } = situation;
    const stream = { runtimeId: "stream", type: "main", index: "0" };
    this.core = new parts.Core({
      ...settings(situation.with),
      segmentMemoryStorageLimit: room / MIB,
      customSegmentStorageFactory: () => this.storage(stream, size),
    });
    this.core.setManifestResponseUrl(MANIFEST);
    this.core.addStreamIfNoneExists(stream);
    const segment = (at) => ({
      runtimeId: `segment ${at}`,
      externalId: at,
      url: `https://media.invalid/${at}`,
      startTime: at * length,
      endTime: (at + 1) * length,
    });
    this.core.updateStream("stream", Array.from({ length: title }, (_, at) => segment(at)));
    this.listen();
  }

  /** The package's own storage, with what is held from the beginning. */
  storage(stream, size) {
    const own = new this.parts.SegmentMemoryStorage();
    const initialize = own.initialize.bind(own);
    own.initialize = async (...all) => {
      await initialize(...all);
      own.setSegmentChangeCallback(() => {});
      const id = this.parts.getStreamSwarmId(MANIFEST, stream);
      const { held, length } = this.situation;
      each(held, (at) => {
        const bytes = new ArrayBuffer(size);
        void own.storeSegment(MANIFEST, id, at, bytes, at * length, (at + 1) * length, "main", false);
      });
    };
    return own;
  }

  listen() {
    const from = ({ downloadSource, peerId }) => (downloadSource === "http" ? "cdn" : peerId[0]);
    const note = (what, event) => {
      const source = from(event);
      this.log.push({ what, segment: event.segment.externalId, source, at: script.now });
    };
    this.running = new Set();
    for (const ended of ["onSegmentAbort", "onSegmentError", "onSegmentLoaded"]) {
      const segment = (event) => event.segment?.externalId ?? Number(new URL(event.segmentUrl).pathname.slice(1));
      this.core.addEventListener(ended, (event) => this.running.delete(segment(event)));
    }
    this.core.addEventListener("onSegmentStart", (event) => {
      note("ask", event);
      this.running.add(event.segment.externalId);
      this.sent.delete(event.segment.externalId);
    });
    this.core.addEventListener("onSegmentAbort", (event) => note("end", event));
    this.core.addEventListener("onSegmentError", (event) => {
      if (event.error.type === "bytes-receiving-timeout") note("give up", event);
    });
  }

  /** Decisions since the last time, in order. */
  decisions() {
    const words = this.log.map(({ what, segment, source, fromByte }) => {
      if (what === "leave") return `leave ${source}`;
      // Bytes of what made way are another matter.
      if (this.situation.kind === "a walk") return `${what} ${segment} ${source}`;
      return `${what} ${segment} ${source}${fromByte ? ` from ${fromByte}` : ""}`;
    });
    this.log.length = 0;
    // Whom it leaves it leaves in the middle of giving up.
    const leaves = (word) => word.startsWith("leave");
    return [...words.filter((word) => !leaves(word)), ...words.filter(leaves)];
  }

  /** First bytes asked for, as the requests on the wire have them. */
  wire() {
    for (const { segment, fromByte } of script.fetches) this.fill(segment, "cdn", fromByte);
    for (const peer of this.peers.values()) {
      for (const bytes of peer.written.splice(0)) {
        const joiner = new this.parts.BinaryCommandChunksJoiner((whole) => {
          const command = this.parts.deserializeCommand(whole);
          if (command.c !== 1) return;
          peer.request = command;
          this.fill(command.i, peer.name, command.b ?? 0);
        });
        joiner.addCommandChunk(bytes);
      }
    }
  }

  fill(segment, source, fromByte) {
    const same = (entry) => entry.what === "ask" && entry.segment === segment && entry.source === source;
    const asked = this.log.findLast(same);
    if (asked) asked.fromByte = fromByte;
  }

  async settle() {
    await settle();
    this.wire();
  }

  /** The position of a picture that has never stood still, in seconds. */
  position() {
    const { from, length, held } = this.situation;
    const plays = held.some(([first, end]) => first <= from && from < end);
    return from * length + (plays ? script.now / 1000 : 0);
  }

  /** As a video engine does: asks for the segment under the position, and tells the position. */
  async play() {
    const position = this.position();
    const segment = Math.min(Math.floor(position / this.situation.length), this.situation.title - 1);
    const callbacks = { onSuccess() {}, onError() {} };
    await this.core.loadSegment(`segment ${segment}`, callbacks);
    this.core.updatePlayback(position, 1);
    await this.settle();
  }

  /** Time passes, then everything of the step happens. */
  async step({ at, do: acts }) {
    await passTo(at);
    await this.settle();
    let told = false;
    for (const [what, ...args] of acts) {
      if (what === "peer") this.connect(args[0]);
      else if (what === "tell") told = this.tell(...args);
    }
    if (told) await this.settle();
    for (const [what, ...args] of acts) {
      if (what === "play") await this.play();
      else if (what === "bytes") this.bytes(...args);
      else if (what === "done") this.bytes(args[0], undefined);
      else if (what === "one done") this.oneDone(args[0]);
      else if (what === "alive") this.alive();
      else if (what === "fail") this.fail(args[0]);
      else if (what === "fail from the CDN" && this.cdn(args[0])) this.fail(args[0]);
      else if (what === "gone") this.close(args[0]);
      else if (what === "watch") await this.watch(args[0]);
      await this.settle();
    }
  }

  connect(name) {
    const connection = new Connection(name);
    connection.leave = () => this.log.push({ what: "leave", source: name });
    this.peers.set(name, connection);
    script.tracker.emit("peer", connection);
    connection.emit("connect");
  }

  close(name) {
    const peer = this.peers.get(name);
    peer.open = false;
    peer.emit("close");
  }

  send(name, command) {
    for (const bytes of this.parts.serializePeerCommand(command, 65535)) {
      this.peers.get(name).emit("data", new Uint8Array(bytes));
    }
  }

  tell(name, loaded, fetching = []) {
    const list = [];
    each(loaded, (at) => list.push(at));
    this.send(name, { c: 0, l: list, p: fetching });
    return true;
  }

  cdn(segment) {
    return script.fetches.find((one) => one.segment === segment);
  }

  /** One of those under way is whole, if there is one. */
  oneDone(number) {
    const all = [...this.running].sort((one, other) => one - other);
    if (all.length > 0) this.bytes(all[number % all.length], undefined);
  }

  /** A byte of everything that is under way. */
  alive() {
    for (const segment of [...this.running]) this.bytes(segment, 1);
  }

  /** Bytes of a transfer; all that are missing without a number. */
  bytes(segment, count) {
    const whole = this.situation.size;
    const fetched = this.cdn(segment);
    if (fetched) return this.bytesFromCdn(fetched, whole, count);
    const peer = this.sender(segment);
    const { b = 0, r } = peer.request;
    const before = this.sent.get(segment);
    if (before === undefined) this.send(peer.name, { c: 2, i: segment, r, s: whole - b });
    const rest = whole - b - (before ?? 0);
    const now = count ?? rest;
    if (now > 0) peer.emit("data", new Uint8Array(now));
    this.sent.set(segment, (before ?? 0) + now);
    if (count === undefined) this.send(peer.name, { c: 3, i: segment, r });
  }

  bytesFromCdn(fetched, whole, count) {
    const { segment, fromByte } = fetched;
    const before = this.sent.get(segment);
    if (before === undefined) {
      const headers = new Headers({ "Content-Length": String(whole - fromByte) });
      const status = fromByte > 0 ? 206 : 200;
      fetched.resolve({ ok: true, status, headers, body: { getReader: fetched.body } });
    }
    const rest = whole - fromByte - (before ?? 0);
    const now = count ?? rest;
    if (now > 0) fetched.queue.push({ done: false, value: new Uint8Array(now) });
    if (count === undefined) {
      fetched.queue.push({ done: true });
      script.fetches.splice(script.fetches.indexOf(fetched), 1);
    }
    this.sent.set(segment, (before ?? 0) + now);
    fetched.flush();
  }

  sender(segment) {
    const sending = (peer) => peer.request?.i === segment;
    const sender = [...this.peers.values()].findLast(sending);
    if (!sender) throw new Error(`nobody sends ${segment}`);
    return sender;
  }

  /** The CDN breaks, or the peer says that it does not hold the segment. */
  fail(segment) {
    const fetched = this.cdn(segment);
    if (!fetched) {
      const peer = this.sender(segment);
      this.send(peer.name, { c: 4, i: segment, r: peer.request.r });
      return;
    }
    script.fetches.splice(script.fetches.indexOf(fetched), 1);
    fetched.reject(new Error("broken"));
    fetched.waiting?.reject(new Error("broken"));
  }

  /** Looks often until then; what is asked of the CDN comes at once. When it was asked stays. */
  async watch(until) {
    const times = [];
    for (let now = script.now; now <= until; now += 10) {
      await passTo(now);
      await this.settle();
      for (const { what, at } of this.log.splice(0)) if (what === "ask") times.push(at);
      for (const { segment } of [...script.fetches]) this.bytes(segment, undefined);
      await this.settle();
    }
    const asked = [...new Set(times)];
    this.times = asked;
  }

  end() {
    this.core.destroy();
  }
}
