/** docs/settings.md, made from the table of settings: node src/appliance/settings-docs.ts > docs/settings.md */

import type { Field } from './settings-fields.ts';
import { keysOf, SETTINGS_RULES, SETTINGS_SECTIONS } from './settings-schema.ts';

const APPLIES = {
  live: 'at once',
  engine: 'at once; the engine starts anew',
  restart: 'when the service starts anew',
} as const;

function accepted({ input }: Field<unknown>): string {
  switch (input.kind) {
    case 'text':
      return `text, at most ${input.max} characters`;
    case 'number':
      return `whole number, ${input.min} to ${input.max}${input.unit === '' ? '' : ` ${input.unit}`}`;
    case 'bytes':
      return `${input.min / 1e6} to ${input.max / 1e6} MB (in bytes in the API)`;
    case 'flag':
      return 'on or off';
    case 'choice':
      return input.options.map((o) => `\`${o.value}\`: ${o.label}`).join('; ');
    case 'lines':
      return `list, at most ${input.most} entries`;
    case 'hidden':
      return '';
  }
}

/** The page as Markdown. */
export function settingsDocs(): string {
  let out = `# Settings

Every setting, as the page *Settings* and \`PATCH /api/v1/settings\` take it. This file is made from \`src/appliance/settings-schema.ts\`
by \`node src/appliance/settings-docs.ts > docs/settings.md\`; a test compares them.
`;
  for (const section of SETTINGS_SECTIONS) {
    const keys = keysOf(section.key);
    if (keys.length === 0) continue;
    out += `\n## ${section.title}\n\n${section.help}\n\n| setting | what it does | accepted | default | takes effect |\n|---|---|---|---|---|\n`;
    for (const key of keys) {
      const rule = SETTINGS_RULES[key];
      const fallback = JSON.stringify(rule.fallback);
      out += `| **${rule.title}**<br>\`${key}\` | ${rule.help} | ${accepted(rule)} | \`${fallback}\` | ${APPLIES[rule.applies]} |\n`;
    }
  }
  return out;
}

if (import.meta.main) process.stdout.write(settingsDocs());
