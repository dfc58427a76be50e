/** The suites of the plugin room once more, with Lua on fengari inside QuickJS. */
process.env['SPANWATCH_TEST_LUA'] = 'fengari';
const { LUA } = await import('./testing/kit.ts');
if (LUA !== 'fengari') throw new Error('the kit was loaded before its engine was chosen');
await import('./conformance.test.ts');
await import('./flow.test.ts');
await import('./periodic.test.ts');
