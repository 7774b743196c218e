import type { startCli } from './run-cli.js'
import type { SandboxJob } from './sandbox-job.js'

/** Starts a run that serves metrics; returns the address once they have been collected for the first time. */
export async function startWithMetrics(
  job: SandboxJob,
  options: { args?: readonly string[]; env?: Record<string, string | undefined> } = {},
): Promise<ReturnType<typeof startCli> & { url: string }> {
  const measured = Promise.withResolvers<void>()
  let url = ''
  const run = job.start(['--json', '--metrics-port', '0', ...(options.args ?? [])], {
    ...(options.env !== undefined && { env: options.env }),
    onEvent(event) {
      if (event.type === 'listening') url = event.url as string
      if (event.type === 'progress') measured.resolve()
    },
  })
  await measured.promise
  return { ...run, url }
}
