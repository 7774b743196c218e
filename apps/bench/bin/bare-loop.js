#!/usr/bin/env node
import { runBareLoop } from '../dist/clients/bare-loop-program.js'

await runBareLoop(JSON.parse(process.env['BENCH_BARE_LOOP'] ?? '{}'))
