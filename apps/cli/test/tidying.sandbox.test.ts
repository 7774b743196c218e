import { readdirSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { filledJob } from './support/filled-job.js'
import { temporaryDirectory } from './support/temporary-directory.js'

test.each(['PutObject', 'UploadPart', 'CompleteMultipartUpload', 'GetObject', 'PutObjectTagging'] as const)(
  'doctor that is stopped in its %s removes its objects at the destination',
  async (operation) => {
    const job = await filledJob(1)
    const hold = job.destination.hold({ operation })
    const { child, done } = job.start(['doctor', '--json'])
    await hold.arrived(1)
    child.kill('SIGINT')
    const result = await done
    hold.release()
    expectExit(result, 130)
    expect(result.stdout).toBe('')
    expect(job.copied()).toEqual([])
    expect(job.destination.store.uploads('copy')).toEqual([])
  },
)

test('doctor that is stopped shows what it deletes, and a second signal ends it if that hangs', async () => {
  const job = await filledJob(1)
  const hold = job.destination.hold({ operation: ['PutObjectTagging', 'DeleteObject'] })
  const { child, done } = job.start(['doctor'])
  await hold.arrived(1)
  child.kill('SIGINT')
  await hold.arrived(2)
  child.kill('SIGTERM')
  const result = await done
  hold.release()
  expectExit(result, 143)
  expect(result.stderr).toMatch(/deleting \.lagoon-doctor-\w+ and \.lagoon-doctor-\w+-parts from copy/)
})

test('doctor removes its small probe if the store refuses the large one', async () => {
  const job = await filledJob(1)
  job.destination.faults.add({
    operation: 'PutObject',
    nth: 2,
    action: { type: 'error', code: 'QuotaExceeded', status: 403 },
  })
  expectExit(await job.run(['doctor', '--json']), 2)
  expect(job.copied()).toEqual([])
})

test('manifest create that is stopped removes the partial file, and says so', async () => {
  const job = await filledJob(0)
  // More than are handed to the file at a time, and more than fit on five pages of a listing.
  await job.putObjects(Array.from({ length: 6000 }, (_, index) => `data/${index}`))
  const output = temporaryDirectory()
  const begun = fileIn(output, /\.partial$/)
  let pages = 0
  const hold = job.source.hold({ operation: 'ListObjectsV2', where: () => ++pages > 6 })
  const args = ['manifest', 'create', '--list-concurrency', '1', '--output', output]
  const { child, done } = job.start(args)
  await Promise.all([hold.arrived(1), begun])
  child.kill('SIGTERM')
  const result = await done
  hold.release()
  expectExit(result, 143)
  expect(readdirSync(output)).toEqual([])
  expect(result.stderr).toContain('the incomplete manifest was deleted')
})

/** Resolves when a file of that name is made. */
async function fileIn(directory: string, name: RegExp): Promise<void> {
  for await (const { filename } of watch(directory)) if (name.test(filename ?? '')) return
}
