/** spanwatch: chooses the command. Each command loads only what it needs. */
const COMMANDS: Record<string, { what: string; run(args: string[]): Promise<number> }> = {
  replay: {
    what: 'a capture file through the engine, flows and alerts as JSON lines',
    run: async (args) => (await import('./engine/replay.ts')).replay(args),
  },
};

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { what }]) => `  ${name.padEnd(8)} ${what}`);
  return `usage: spanwatch COMMAND [OPTIONS]\n\n${lines.join('\n')}\n\nspanwatch COMMAND --help tells the options of each.\n`;
}

const [name, ...args] = process.argv.slice(2);
const command = name === undefined ? undefined : COMMANDS[name];
if (command) process.exitCode = await command.run(args);
else {
  process.stderr.write(usage());
  process.exitCode = name === '--help' || name === 'help' ? 0 : 2;
}
