/** The list of protocols, prepared for the inspector: who is asked for which first byte, who on which port. */
import type { Detector, Protocol } from './protocol.ts';

export interface Candidate {
  /** Place in the list, and bit in the flow's set of refusals. */
  index: number;
  protocol: Protocol;
  detector: Detector;
}

/** What is asked on one transport. */
export class Dispatch {
  readonly candidates: Candidate[] = [];
  /** By first byte of what the client (0) or the server (1) sent. */
  readonly #byByte = [0, 1].map(() => Array.from({ length: 256 }, (): Candidate[] => []));
  readonly #byPort = new Map<number, Candidate[]>();
  readonly #byId = new Map<number, Candidate>();

  constructor(protocols: readonly Protocol[], transport: 'tcp' | 'udp') {
    for (const protocol of protocols) {
      const detector = protocol[transport];
      if (!detector) continue;
      const candidate = { index: this.candidates.length, protocol, detector };
      this.candidates.push(candidate);
      this.#byId.set(protocol.id, candidate);
      for (const port of detector.ports ?? []) {
        const known = this.#byPort.get(port);
        if (known) known.push(candidate);
        else this.#byPort.set(port, [candidate]);
      }
    }
    for (const candidate of this.candidates) {
      addTo(this.#byByte[0]!, candidate, candidate.detector.first);
      addTo(this.#byByte[1]!, candidate, candidate.detector.firstServer);
    }
  }

  forByte(fromClient: boolean, byte: number): readonly Candidate[] {
    return this.#byByte[fromClient ? 0 : 1]![byte]!;
  }

  forPort(port: number): readonly Candidate[] | undefined {
    return this.#byPort.get(port);
  }

  forId(id: number): Candidate | undefined {
    return this.#byId.get(id);
  }
}

/** Declared for this side: asked for those bytes. Declared for the other side only: this side may say anything. */
function addTo(byByte: Candidate[][], candidate: Candidate, first: readonly number[] | undefined): void {
  if (first === undefined) for (const candidates of byByte) candidates.push(candidate);
  else for (const byte of new Set(first)) byByte[byte]?.push(candidate);
}

export class Registry {
  readonly tcp: Dispatch;
  readonly udp: Dispatch;
  readonly protocols: readonly Protocol[];
  readonly #byIp = new Map<number, Protocol>();
  readonly #byId = new Map<number, Protocol>();

  constructor(protocols: readonly Protocol[]) {
    this.protocols = protocols;
    this.tcp = new Dispatch(protocols, 'tcp');
    this.udp = new Dispatch(protocols, 'udp');
    for (const protocol of protocols) {
      this.#byId.set(protocol.id, protocol);
      for (const number of protocol.ip ?? []) this.#byIp.set(number, protocol);
    }
  }

  byIpProtocol(number: number): Protocol | undefined {
    return this.#byIp.get(number);
  }

  byId(id: number): Protocol | undefined {
    return this.#byId.get(id);
  }
}

const known = new WeakMap<readonly Protocol[], Registry>();

/** The registry of a list; it never changes, so all who use the same list share it. */
export function registryOf(protocols: readonly Protocol[]): Registry {
  let registry = known.get(protocols);
  if (!registry) known.set(protocols, (registry = new Registry(protocols)));
  return registry;
}
