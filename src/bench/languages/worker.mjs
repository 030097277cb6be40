// The worker of the section "languages": node worker.mjs URL NODE_MODULES
import { createRequire } from 'node:module';
import { ServerEvents } from '../../clients/node/index.js';

const [url, modules] = process.argv.slice(2);
const { createClient } = createRequire(`${modules}/`)('redis');
const events = new ServerEvents(createClient({ url }));
const result = 'x'.repeat(200);
await events.work('bench.node', () => result, { concurrency: 100 });
console.log('ready');
