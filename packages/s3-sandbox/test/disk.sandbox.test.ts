import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../src/index.js'
import { ask } from './ask.js'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lagoon-sandbox-test-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const start = (): Promise<Sandbox> => startSandbox({ credentials: null, directory, buckets: ['b'] })
const blobs = (): Promise<string[]> => readdir(join(directory, 'blobs'))

test('objects, tags, versions and buckets survive a restart', async () => {
  {
    await using first = await start()
    await ask(first, { method: 'PUT', target: '/b/k', body: 'old', headers: { 'x-amz-meta-a': 'é' } })
    await ask(first, {
      method: 'PUT',
      target: '/b?versioning',
      body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
    })
    await ask(first, {
      method: 'PUT',
      target: '/b/k',
      body: 'new',
      headers: { 'x-amz-tagging': 'a=b', 'x-amz-meta-a': 'z' },
    })
    await ask(first, { method: 'PUT', target: '/b/gone', body: 'x' })
    await ask(first, { method: 'DELETE', target: '/b/gone' })
    await ask(first, {
      method: 'PUT',
      target: '/b/k?tagging',
      body: '<Tagging><TagSet><Tag><Key>c</Key><Value>d</Value></Tag></TagSet></Tagging>',
    })
    first.store.createBucket('other')
    first.store.createBucket('dropped')
    first.store.deleteBucket('dropped')
  }
  for (const _ of ['read back', 'read back what was rewritten']) {
    await using again = await start()
    expect(again.store.buckets()).toEqual(['b', 'other'])
    expect(again.store.keys('b')).toEqual(['k'])
    expect(await again.store.get('b', 'k')).toMatchObject({
      bytes: Buffer.from('new'),
      tags: { c: 'd' },
      metadata: { a: 'z' },
    })
    expect((await again.store.get('b', 'k', 'null'))?.bytes.toString()).toBe('old')
    expect(
      (await ask(again, { target: '/b?versions' })).body.toString().match(/<DeleteMarker>/g),
    ).toHaveLength(1)
  }
})

test('unreferenced bytes are removed', async () => {
  await using sandbox = await start()
  await ask(sandbox, { method: 'PUT', target: '/b/k', body: 'one' })
  await ask(sandbox, { method: 'PUT', target: '/b/copy', headers: { 'x-amz-copy-source': '/b/k' } })
  await ask(sandbox, { method: 'PUT', target: '/b/k', body: 'two' })
  expect(await blobs()).toHaveLength(2)
  await ask(sandbox, { method: 'DELETE', target: '/b/copy' })
  await ask(sandbox, {
    method: 'PUT',
    target: '/b/bad',
    body: 'x',
    headers: { 'content-md5': 'rL0Y20zC+Fzt72VPzMSk2A==' },
  })
  await sandbox.close()
  expect(await blobs()).toHaveLength(1)
})

test('an object that is replaced during a read is read to its end', async () => {
  await using sandbox = await start()
  const body = Buffer.alloc(3_000_000, 'a')
  await ask(sandbox, { method: 'PUT', target: '/b/k', body })
  const stall = sandbox.faults.add({ operation: 'GetObject', action: { type: 'stall' } })
  const arrived = sandbox.requests.next({ operation: 'GetObject' })
  const reading = ask(sandbox, { target: '/b/k' })
  await arrived
  await ask(sandbox, { method: 'PUT', target: '/b/k', body: 'b' })
  stall.remove()
  expect((await reading).body.equals(body)).toBe(true)
  await sandbox.close()
  expect(await blobs()).toHaveLength(1)
})

test('an upload in progress leaves nothing behind after a restart', async () => {
  {
    await using first = await start()
    const created = await ask(first, { method: 'POST', target: '/b/big?uploads' })
    const id = /<UploadId>([^<]+)/.exec(created.body.toString())![1]
    await ask(first, { method: 'PUT', target: `/b/big?partNumber=1&uploadId=${id}`, body: 'part' })
    expect(await blobs()).toHaveLength(1)
  }
  await using again = await start()
  expect(await blobs()).toEqual([])
  expect(again.store.uploads('b')).toEqual([])
})

test('a truncated last line is dropped; damage before it is an error with its place', async () => {
  {
    await using first = await start()
    await ask(first, { method: 'PUT', target: '/b/k', body: 'kept' })
  }
  const index = join(directory, 'index.jsonl')
  await appendFile(index, '{"op":"put","buck')
  {
    await using again = await start()
    expect(again.store.keys('b')).toEqual(['k'])
  }
  await writeFile(index, `garbage\n${await readFile(index, 'utf8')}`)
  await expect(start()).rejects.toMatchObject({
    code: 'LAGOON_SANDBOX_STORE_UNREADABLE',
    message: expect.stringContaining('line 1 of'),
  })
})
