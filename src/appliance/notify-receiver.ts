/** Plays systemd in tests: a datagram socket that keeps what services say. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

const PROGRAM = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
path = sys.argv[1]
s.bind("\\0" + path[1:] if path.startswith("@") else path)
print(json.dumps(""), flush=True)
while True:
    print(json.dumps(s.recv(4096).decode()), flush=True)
`;

/** Node has no datagram sockets of the Unix family; Python has. */
export const canReceive = (): boolean => spawnSync('python3', ['-c', 'pass']).status === 0;

export interface Receiver {
  /** Datagrams in the order of arrival. */
  got: string[];
  stop(): void;
}

/** Listens on `path` ("@…" is an abstract name); resolves when it does. */
export async function receiveNotifications(path: string): Promise<Receiver> {
  const child: ChildProcess = spawn('python3', ['-c', PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const got: string[] = [];
  const bound = Promise.withResolvers<void>();
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const said = JSON.parse(line) as string;
      if (said === '') bound.resolve();
      else got.push(said);
    }
  });
  child.once('exit', () => bound.reject(new Error(`cannot receive on ${path}`)));
  await bound.promise;
  return { got, stop: () => child.kill() };
}
