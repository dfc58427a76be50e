/**
 * Who runs which names: public knowledge, a file an area. A new fact is one line in the file of its area; the forms that a
 * line can have are told in ../../host-table.ts. Of equal patterns the later one wins.
 */
import { access } from './access.ts';
import { amazon } from './amazon.ts';
import { apple } from './apple.ts';
import { asia } from './asia.ts';
import { games } from './games.ts';
import { google } from './google.ts';
import { media } from './media.ts';
import { meta } from './meta.ts';
import { microsoft } from './microsoft.ts';
import { resolvers } from './resolvers.ts';
import { social } from './social.ts';
import { trackers } from './trackers.ts';
import { web } from './web.ts';
import { yandex } from './yandex.ts';

/** The whole table as lines. */
export const hosts = [
  google,
  microsoft,
  apple,
  meta,
  amazon,
  social,
  media,
  asia,
  yandex,
  games,
  access,
  web,
  trackers,
  resolvers,
].join('\n');
