import type { Client } from './client.js'

/** The program of the yardstick below. */
export const bareLoopProgram = new URL('../../bin/bare-loop.js', import.meta.url)

/**
 * The yardstick: a loop of one GET and one PUT an object over undici's `dispatch`, signed, checked for status and nothing else.
 * No manifest, state, retry, event or comparison. What the product uses beyond it is what its care costs.
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
