import { join } from 'node:path'
import type { BucketAccess } from '../stores/buckets.js'
import type { Client } from './client.js'

/** MinIO's `mc mirror` (Go). It chooses its number of workers, and has no flag for it. */
export const mc: Client = {
  name: 'mc mirror',
  program: 'mc',
  choosesConcurrency: true,
  caveat: 'chooses its own concurrency',
  versionArgs: ['--version'],
  invocation(task, executable) {
    return {
      command: executable,
      args: [
        '--config-dir',
        join(task.directory, 'mc'),
        'mirror',
        '--quiet',
        '--overwrite',
        `source/${task.source.bucket}/${task.prefix ?? ''}`,
        `destination/${task.destination.bucket}/${task.prefix ?? ''}`,
      ],
      env: { MC_HOST_source: hostOf(task.source), MC_HOST_destination: hostOf(task.destination) },
    }
  },
}

function hostOf(access: BucketAccess): string {
  const parts = [access.accessKeyId, access.secretAccessKey, access.sessionToken].filter(
    (part) => part !== undefined,
  )
  const { protocol, host } = new URL(access.url)
  return `${protocol}//${parts.map(encodeURIComponent).join(':')}@${host}`
}
