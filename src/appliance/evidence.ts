/**
 * Evidence files as the appliance reads them: the engine freezes a flow's packets into <folder>/evidence/<key>.pcap when an
 * alert is raised and gives old ones up for new ones (evidence/store.ts); here they are only read.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EVIDENCE_FOLDER } from '../evidence/store.ts';
import type { EvidencePort } from './port.ts';

/** Keys of alerts: the boot id and a number. Anything else could name a file elsewhere. */
export const isEvidenceKey = (key: string): boolean => /^[0-9a-f]{1,32}-[0-9]{1,15}$/.test(key);

export function createEvidence(stateDir: () => string): EvidencePort {
  return {
    async read(key) {
      if (!isEvidenceKey(key)) return undefined;
      try {
        return await readFile(join(stateDir(), EVIDENCE_FOLDER, `${key}.pcap`));
      } catch {
        return undefined;
      }
    },
  };
}
