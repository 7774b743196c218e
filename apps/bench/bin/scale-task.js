#!/usr/bin/env node
import { runScaleTask } from '../dist/scale/tasks.js'

process.stdout.write(
  `${JSON.stringify(await runScaleTask(JSON.parse(process.env['BENCH_SCALE_TASK'] ?? '{}')))}\n`,
)
