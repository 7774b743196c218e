import { expect, test } from 'vitest'
import { bareLoop } from '../src/clients/bare-loop.js'
import type { CopyTask } from '../src/clients/client.js'
import { clientNamed, clientNames, findClient } from '../src/clients/find-clients.js'
import { juicefs } from '../src/clients/juicefs.js'
import { lagoon } from '../src/clients/lagoon.js'
import { mc } from '../src/clients/mc.js'
import { rclone } from '../src/clients/rclone.js'
import { s3sync } from '../src/clients/s3sync.js'

const task: CopyTask = {
  source: {
    url: 'http://127.0.0.1:9001',
    region: 'eu-a',
    accessKeyId: 'from',
    secretAccessKey: 's/ecret',
    bucket: 'a',
  },
  destination: {
    url: 'http://127.0.0.1:9002',
    region: 'eu-b',
    accessKeyId: 'to',
    secretAccessKey: 'hush',
    bucket: 'b',
  },
  prefix: 'data/',
  manifestPrefix: 'manifest/',
  concurrency: 32,
  directory: '/tmp/run',
  keysFile: '/tmp/keys.txt',
}

/** The value after a flag. */
const valueOf = (args: readonly string[], flag: string) => args[args.indexOf(flag) + 1]

test('the product is run by its documented flags and environment', () => {
  const { args, env } = lagoon().invocation(task, 'node')
  expect(args.slice(1)).toEqual(
    'sync --json --data-dir /tmp/run/data --manifest-prefix manifest/ --concurrency 32'.split(' '),
  )
  expect(env).toMatchObject({
    LAGOON_SOURCE_BUCKET: 'a',
    LAGOON_DESTINATION_ENDPOINT_URL: 'http://127.0.0.1:9002',
  })
})

test('the product gets the authority of a store with a private certificate', () => {
  const source = { ...task.source, url: 'https://127.0.0.1:9001', authorityFile: '/tmp/authority.pem' }
  const { env } = lagoon().invocation({ ...task, source }, 'node')
  expect(env).toMatchObject({ LAGOON_SOURCE_CA_FILE: '/tmp/authority.pem' })
  expect(env).not.toHaveProperty('LAGOON_DESTINATION_CA_FILE')
})

test('with the controller, the product gets no concurrency', () => {
  const { args } = lagoon().invocation({ ...task, concurrency: 'controller' }, 'node')
  expect(args).not.toContain('--concurrency')
})

test('a report is asked for only when percentiles are wanted', () => {
  expect(lagoon().invocation({ ...task, report: true }, 'node').args).toContain('/tmp/run/report.jsonl')
  expect(lagoon().invocation(task, 'node').args).not.toContain('--report')
})

test('every configurable client gets the same concurrency', () => {
  expect(valueOf(s3sync.invocation(task, 's3sync').args, '--worker-size')).toBe('32')
  expect(valueOf(rclone.invocation(task, 'rclone').args, '--transfers')).toBe('32')
  expect(valueOf(juicefs.invocation(task, 'juicefs').args, '--threads')).toBe('32')
  expect(JSON.parse(bareLoop.invocation(task, 'node').env['BENCH_BARE_LOOP']!)).toMatchObject({
    concurrency: 32,
  })
  expect(mc.caveat).toMatch(/concurrency/)
})

test('a client as installed gets no flag that it can do without', () => {
  const installed = { ...task, concurrency: 'installed' as const }
  for (const client of [s3sync, rclone, clientNamed('rclone-parts'), juicefs, lagoon()]) {
    const { args } = client.invocation(installed, client.name)
    expect(args.join(' ')).not.toMatch(
      /worker|transfers|checkers|threads|concurrency|no-head|fast-list|disable/,
    )
  }
  expect(bareLoop.installable).toBe(false)
})

test('every client copies the prefix of one bucket to the same prefix of the other', () => {
  expect(s3sync.invocation(task, 's3sync').args.slice(-2)).toEqual(['s3://a/data/', 's3://b/data/'])
  expect(rclone.invocation(task, 'rclone').args.slice(1, 3)).toEqual([
    'source:a/data/',
    'destination:b/data/',
  ])
  expect(mc.invocation(task, 'mc').args.slice(-2)).toEqual(['source/a/data/', 'destination/b/data/'])
})

test('rclone neither looks before nor after it copies', () => {
  const { args } = rclone.invocation(task, 'rclone')
  for (const flag of ['--s3-no-head', '--s3-no-head-object', '--no-check-dest', '--use-server-modtime']) {
    expect(args).toContain(flag)
  }
})

test('rclone is there twice: with one PUT an object, and in parts as its defaults say', () => {
  const inParts = clientNamed('rclone-parts').invocation(task, 'rclone').args
  const [once, parts] = [rclone.invocation(task, 'rclone').args, inParts]
  expect(valueOf(once, '--s3-upload-cutoff')).toBe('5G')
  expect(parts.filter((flag) => /cutoff|no-head/.test(flag))).toEqual([])
  expect(once).toEqual(expect.arrayContaining([...parts]))
})

test('secrets travel in the environment wherever a client allows it, and are escaped where they are part of an address', () => {
  for (const client of [s3sync, rclone, clientNamed('rclone-parts'), mc, bareLoop, lagoon()]) {
    expect(client.invocation(task, client.name).args.join(' ')).not.toMatch(/hush|ecret/)
  }
  expect(mc.invocation(task, 'mc').env['MC_HOST_source']).toBe('http://from:s%2Fecret@127.0.0.1:9001')
  expect(juicefs.invocation(task, 'juicefs').args.at(-2)).toBe(
    'minio://from:s%2Fecret@127.0.0.1:9001/a/data/',
  )
})

test('a client that is not on the PATH is not found', async () => {
  expect(await findClient(rclone, { PATH: '/nowhere' })).toBeNull()
})

test('an unknown client is named in the error, with those that there are', () => {
  expect(() => clientNamed('aws')).toThrow(expect.objectContaining({ code: 'LAGOON_BENCH_USAGE' }))
  expect(clientNames.map((name) => clientNamed(name).name)).toContain('mc mirror')
})
