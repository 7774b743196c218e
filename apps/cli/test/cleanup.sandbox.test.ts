import { expect, test } from 'vitest'
import { startSandbox } from '@lagoon/s3-sandbox'
import { openState } from '@lagoon/state-lmdb'
import { identityOfJob } from '@lagoon/sync'
import { createCopier, createSimpleRunner } from '@lagoon/transfer'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../src/commands/cleanup.js'
import { resolveSyncOptions } from '../src/options/sync-options.js'
import { settingsOf } from './support/settings.js'

test('cleanup lists the uploads of stopped runs, and then aborts them', async () => {
  await using source = await startSandbox({ buckets: ['lake'] })
  await using destination = await startSandbox({ buckets: ['copy'] })
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-cleanup-'))
  try {
    const environment = {
      LAGOON_SOURCE_BUCKET: 'lake',
      LAGOON_SOURCE_ENDPOINT_URL: source.url,
      LAGOON_SOURCE_ACCESS_KEY_ID: source.credentials.accessKeyId,
      LAGOON_SOURCE_SECRET_ACCESS_KEY: source.credentials.secretAccessKey,
      LAGOON_DESTINATION_BUCKET: 'copy',
      LAGOON_DESTINATION_ENDPOINT_URL: destination.url,
      LAGOON_DESTINATION_ACCESS_KEY_ID: destination.credentials.accessKeyId,
      LAGOON_DESTINATION_SECRET_ACCESS_KEY: destination.credentials.secretAccessKey,
      LAGOON_DATA_DIR: join(directory, 'state'),
    }
    const options = resolveSyncOptions(settingsOf({}, environment))
    await source.store.put('lake', 'large', Buffer.alloc(12 << 20))
    const state = await openState({ directory: options.dataDir, identity: identityOfJob(options) })
    const copier = createCopier({
      source: options.source,
      destination: options.destination,
      uploads: state.uploads,
      multipartThresholdBytes: 5 << 20,
      singlePutBytes: 5 << 20,
      partSizeBytes: 5 << 20,
    })
    const abort = new AbortController()
    const hold = destination.hold({ operation: 'CompleteMultipartUpload' })
    const copying = copier.copy({ key: 'large' }, createSimpleRunner({ signal: abort.signal }), abort.signal)
    await hold.arrived()
    abort.abort()
    await copying
    await state.close()
    await copier.close()
    hold.release()

    const cleanup = (flags: Record<string, string>) =>
      run({
        settings: settingsOf(flags, environment),
        readSettings: () => Promise.reject(new Error('nothing is read again')),
        setLogLevel() {},
        positionals: [],
        environment: {},
        argv: [],
        drain: new AbortController().signal,
        abort: new AbortController().signal,
        stoppedBy: () => undefined,
        beforeExit: () => () => {},
        emit: () => {},
      })
    const looked = await cleanup({ 'dry-run': 'true' })
    expect(looked.data).toEqual({ type: 'cleanup', uploads: 1, failed: 0, bytes: 12 << 20, dryRun: true })
    expect((await cleanup({})).data).toMatchObject({ uploads: 1, failed: 0, bytes: 12 << 20 })
    expect(destination.requests.byOperation['AbortMultipartUpload']).toBe(1)
    expect((await cleanup({})).data).toMatchObject({ uploads: 0, failed: 0 })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
