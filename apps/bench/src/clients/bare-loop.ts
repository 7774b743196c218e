import type { Client } from './client.js'

/** The program of the baseline below. */
const bareLoopProgram = new URL('../../bin/bare-loop.js', import.meta.url)

/**
 * The baseline: a loop of one GET and one PUT per object over undici's `dispatch`, signed, with nothing but the status checked. No
 * manifest, state, retry, event or comparison. The difference to it is what the product's features cost.
 */
export const bareLoop: Client = {
  name: 'bare loop',
  program: null,
  installable: false,
  caveat: 'reads a list of keys; no manifest, state, retries, events or verification',
  versionArgs: ['--version'],
  invocation(task, executable) {
    return {
      command: executable,
      args: [bareLoopProgram.pathname],
      env: {
        BENCH_BARE_LOOP: JSON.stringify({
          source: task.source,
          destination: task.destination,
          concurrency: task.concurrency,
          keysFile: task.keysFile,
        }),
      },
    }
  },
}
