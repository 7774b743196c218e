import { join } from 'node:path'
import type { BucketAccess } from '../stores/buckets.js'
import type { Client, CopyTask } from './client.js'

/** The built command line of this repository; only its documented flags and environment are used. */
export const lagoonCli = new URL('../../../cli/bin/lagoon.js', import.meta.url)

/** File in a run's folder with a row for every object, if the task requests one. */
export const reportFile = 'report.jsonl'

/** The product, including state and events. `extraFlags` are additional flags of `lagoon sync`. */
export function lagoon(
  options: {
    threads?: number | undefined
    extraFlags?: readonly string[]
    nodeFlags?: readonly string[]
  } = {},
): Client {
  return {
    name: 'lagoon',
    program: null,
    caveat: null,
    versionArgs: [lagoonCli.pathname, '--version'],
    invocation(task, executable) {
      return {
        command: executable,
        args: [
          ...(options.nodeFlags ?? []),
          lagoonCli.pathname,
          'sync',
          '--json',
          '--data-dir',
          join(task.directory, 'data'),
          '--manifest-prefix',
          task.manifestPrefix,
          ...(task.manifestColumn === undefined ? [] : ['--manifest-column', task.manifestColumn]),
          ...(typeof task.concurrency === 'number' ? ['--concurrency', String(task.concurrency)] : []),
          ...(options.threads === undefined ? [] : ['--threads', String(options.threads)]),
          ...(task.report ? ['--report', join(task.directory, reportFile)] : []),
          ...(options.extraFlags ?? []),
        ],
        env: lagoonEnvironment(task),
      }
    },
  }
}

/** The product's own names for the two ends. */
export function lagoonEnvironment(task: Pick<CopyTask, 'source' | 'destination'>): Record<string, string> {
  return { ...side('SOURCE', task.source), ...side('DESTINATION', task.destination) }
}

function side(name: string, access: BucketAccess & { bucket: string }): Record<string, string> {
  const prefix = `LAGOON_${name}_`
  return {
    [`${prefix}ENDPOINT_URL`]: access.url,
    [`${prefix}REGION`]: access.region,
    [`${prefix}BUCKET`]: access.bucket,
    [`${prefix}ACCESS_KEY_ID`]: access.accessKeyId,
    [`${prefix}SECRET_ACCESS_KEY`]: access.secretAccessKey,
    ...(access.authorityFile ? { [`${prefix}CA_FILE`]: access.authorityFile } : {}),
    ...(access.sessionToken ? { [`${prefix}SESSION_TOKEN`]: access.sessionToken } : {}),
  }
}
