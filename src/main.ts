/** spanwatch: chooses the command. Each command loads only what it needs. */
import { VERSION } from './version.ts';

interface Command {
  what: string;
  /** Resolves to the exit code. */
  run(args: string[]): Promise<number>;
}

const COMMANDS: Record<string, Command> = {
  run: {
    what: 'the appliance: admin page, alert store, engine (the service)',
    run: async (args) => (await import('./appliance/run.ts')).run(args),
  },
  engine: {
    what: 'the engine alone; started by the appliance',
    run: async (args) => (await import('./engine/main.ts')).engine(args),
  },
  doctor: {
    what: 'what a mirror port or a capture file delivers, and what to do at the switch',
    run: async (args) => (await import('./doctor/command.ts')).doctor(args),
  },
  explain: {
    what: 'what each detector said of the flows of a capture file',
    run: async (args) => (await import('./engine/explain.ts')).explain(args),
  },
  'hash-password': {
    what: 'the hash of the password on standard input, for spanwatch.txt',
    run: async () => (await import('./appliance/boot-file.ts')).hashCommand(),
  },
  plugin: {
    what: 'for authors of plugins: new, check, test, run over a capture',
    run: async (args) => (await import('./workshop/cli.ts')).plugin(args),
  },
  replay: {
    what: 'a capture file through the engine, flows and alerts as JSON lines',
    run: async (args) => (await import('./engine/replay.ts')).replay(args),
  },
};

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { what }]) => `  ${name.padEnd(13)} ${what}`);
  return `usage: spanwatch COMMAND [OPTIONS]\n\n${lines.join('\n')}\n\nspanwatch COMMAND --help tells the options of each; spanwatch --version the version,\nspanwatch --selftest whether this build works on this machine.\n`;
}

/** Runs the command that the arguments name; resolves to the exit code. */
export async function main(argv: string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === '--version') {
    process.stdout.write(`spanwatch ${VERSION}\n`);
    return 0;
  }
  if (name === '--selftest') return (await import('./appliance/selftest.ts')).selftest();
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return await command.run(args);
  process.stderr.write(usage());
  return name === '--help' || name === 'help' ? 0 : 2;
}

if (import.meta.main) {
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
