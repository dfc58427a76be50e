/**
 * Long form of the crash test: `node scripts/crash-alerts.ts [kills] [alerts/s] [longest life in ms]`, by default 200
 * kills at 500 alerts/s. Ends with 1 when an alert that was called stored is gone.
 */
import { crashRun } from '../src/alerts/crash-run.ts';

const [kills = '200', rate = '500', lifeMs = '3000'] = process.argv.slice(2);
const figures = await crashRun(Number(kills), Number(rate), Number(lifeMs));
const { lost, folded, ...rest } = figures;
process.stdout.write(`${JSON.stringify({ ...rest, folded, lost: lost.length })}\n`);
if (lost.length > 0 || figures.doubled > 0 || folded.counted < folded.acknowledged) process.exitCode = 1;
