import { makeCertificate, provideNats, type NatsServer } from '@lagoon/testkit'
import { nkeys } from '@nats-io/transport-node'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import {
  changeControl,
  createUploadLedger,
  endPlanning,
  exportJob,
  importJob,
  joinJob,
  planManifest,
  readFailures,
  readStatus,
  retryFailures,
  startConducted,
  startWorker,
  takeRole,
} from '../src/index.js'
import {
  connectNats,
  operatorPermissions,
  workerPermissions,
  type NatsPermissions,
} from '../src/nats/index.js'

const directory = mkdtempSync(join(tmpdir(), 'lagoon-nats-security-'))
afterAll(() => rmSync(directory, { recursive: true }))

async function serve(
  config: string,
  options: { jetstream?: boolean; onLog?: (text: string) => void } = {},
): Promise<NatsServer> {
  const server = await provideNats({ config, ...options })
  onTestFinished(() => server.stop())
  return server
}

function file(name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

/** A user of a server's configuration. */
function user(name: string, { publish, subscribe }: NatsPermissions): string {
  const list = (subjects: readonly string[]): string =>
    subjects.map((subject) => JSON.stringify(subject)).join(', ')
  return `{ user: ${name}, password: ${name}-secret, permissions: { publish: [${list(publish)}], subscribe: [${list(subscribe)}] } }`
}

const settings = { from: 'a', to: 'b' }

/** Subjects that each user has published to and subscribed to, out of a server's log with `trace: true`. */
function subjectsUsed(log: string): Map<string, { publish: Set<string>; subscribe: Set<string> }> {
  const users = new Map<string, string>()
  const used = new Map<string, { publish: Set<string>; subscribe: Set<string> }>()
  for (const [, client, verb, rest] of log.matchAll(/ (cid:\d+) .*<<- \[(CONNECT|H?PUB|SUB) (.*)\]$/gm)) {
    if (verb === 'CONNECT') {
      const { user: name } = JSON.parse(rest!) as { user: string }
      users.set(client!, name)
      if (!used.has(name)) used.set(name, { publish: new Set(), subscribe: new Set() })
    } else {
      const [subject] = rest!.split(' ')
      used.get(users.get(client!)!)![verb === 'SUB' ? 'subscribe' : 'publish'].add(subject!)
    }
  }
  return used
}

/** Whether a subject of a configuration stands for this one. */
function covers(pattern: string, subject: string): boolean {
  return pattern.endsWith('>') ? subject.startsWith(pattern.slice(0, -1)) : subject === pattern
}

test('the permissions that are printed suffice for everything a worker and an operator do, and each of them is used', async () => {
  const users = [user('worker', workerPermissions('lake')), user('operator', operatorPermissions('lake'))]
  let log = ''
  const { url } = await serve(
    `trace: true
    accounts { LAGOON { jetstream: enabled, users: [ ${users.join(', ')} ] }, OTHER { users: [ { user: o, password: o } ] } }`,
    { onLog: (text) => (log += text) },
  )
  const connect = (name: string) =>
    connectNats({ servers: url, user: name, password: `${name}-secret`, requestTimeoutMs: 5000 })
  const operator = await connect('operator')
  const engine = await connect('worker')
  // A worker may not create the job; the error names the subject that it lacks.
  await expect(joinJob(engine, { job: 'lake', settings })).rejects.toMatchObject({
    code: 'LAGOON_JOBS_PERMISSION_DENIED',
    subject: '$JS.API.STREAM.CREATE.LAGOON_lake',
    message: expect.stringContaining('$JS.API.STREAM.CREATE.LAGOON_lake'),
  })
  const owned = await joinJob(operator, { job: 'lake', settings, leaseMs: 2000 })

  const job = await joinJob(engine, { job: 'lake', settings })
  const role = (await takeRole(job, 'planner', 'w'))!
  await planManifest(job, { key: 'm', etag: 'v', rowGroups: [40] }, { itemRows: 20 })
  await endPlanning(job)
  await role.release()
  const shares: number[] = []
  const told = Promise.withResolvers<void>()
  const conducted = startConducted(job, {
    worker: 'w',
    decide: () => ({ shares: new Map([['w', { limit: 7 }]]), state: {} }),
    intervalMs: 100,
    onShare: ({ limit }) => {
      shares.push(limit)
      told.resolve()
    },
  })
  const reporting = setInterval(() => conducted.report({}), 50)
  const ledger = createUploadLedger(job, { worker: 'w' })
  ledger.put('big', { uploadId: 'u' })
  await ledger.flush()

  const worker = startWorker(job, { id: 'w' })
  const first = (await worker.next())!
  for (let row = first.from; row < first.to!; row += 1) {
    first.begin(row)
    first.settle(row, row === 3 ? { outcome: 'failed', failure: { key: 'k' } } : { outcome: 'copied' })
  }
  await first.checkpoint()
  await first.finish()
  const second = (await worker.next())!
  await changeControl(owned, () => ({ paused: true }))
  while (worker.control.paused !== true) await worker.changed()
  expect(second.begin(second.from)).toBe('wait')
  await changeControl(owned, () => ({}))
  while (worker.control.paused === true) await worker.changed()
  second.settleRows(second.from, second.to!, 'skipped')
  await second.finish()
  expect(await worker.next()).toBeNull()
  await told.promise
  clearInterval(reporting)
  await conducted.close()
  await worker.close()
  expect(shares[0]).toBe(7)

  // A listing that is large enough is paced by the server.
  const large = Array.from({ length: 60 }, (_, index) => `fail.large.${index}`)
  await Promise.all(large.map((key) => job.records.put(key, new Uint8Array(30_000))))
  const listed = []
  for await (const { key } of job.records.list('fail.large.>')) listed.push(key)
  expect(listed).toHaveLength(large.length)
  await Promise.all(large.map((key) => job.records.delete(key)))

  const failures = []
  for await (const failure of readFailures(owned)) failures.push(failure.row)
  expect(failures).toEqual([3])
  expect(await retryFailures(owned)).toEqual({ rows: 1, unreadable: 0 })
  expect((await readStatus(owned)).counts).toMatchObject({ copied: 19, skipped: 20 })
  expect(await operator.list()).toEqual(['lake'])

  for (const forbidden of [() => engine.list(), () => engine.delete('lake'), () => engine.open('other')]) {
    await expect(forbidden()).rejects.toMatchObject({ code: 'LAGOON_JOBS_PERMISSION_DENIED' })
  }
  await expect(operator.create('other', { leaseMs: 1000 })).rejects.toMatchObject({
    code: 'LAGOON_JOBS_PERMISSION_DENIED',
  })
  const lines: string[] = []
  for await (const line of exportJob(owned)) lines.push(line)
  expect(await operator.delete('lake')).toBe(true)
  await importJob(operator, 'lake', lines)
  await engine.close()
  await operator.close()

  const used = subjectsUsed(log)
  const unused = (name: string, { publish, subscribe }: NatsPermissions) => ({
    publish: publish.filter((each) => ![...used.get(name)!.publish].some((subject) => covers(each, subject))),
    subscribe: subscribe.filter(
      (each) => ![...used.get(name)!.subscribe].some((subject) => covers(each, subject)),
    ),
  })
  // A watch that is set up again after an outage deletes what was left of it.
  const afterOutage = '$JS.API.CONSUMER.DELETE.KV_lagoon_lake.>'
  expect(unused('worker', workerPermissions('lake'))).toEqual({ publish: [afterOutage], subscribe: [] })
  const { publish } = unused('operator', operatorPermissions('lake'))
  // What an operator alone may do; the rest is for one that works, too.
  expect(publish.filter((subject) => !workerPermissions('lake').publish.includes(subject))).toEqual([])
})

test('subjects that a user lacks are found by name, without changing anything', async () => {
  const lacking = workerPermissions('lake')
  const without = (subjects: readonly string[], ...lost: string[]) =>
    subjects.filter((each) => !lost.includes(each))
  const users = [
    user('worker', workerPermissions('lake')),
    user('operator', operatorPermissions('lake')),
    user('lacking', {
      publish: without(
        lacking.publish,
        '$KV.lagoon_lake.>',
        'lagoon.lake.item',
        '$JS.API.CONSUMER.MSG.NEXT.LAGOON_lake.workers',
      ),
      subscribe: without(lacking.subscribe, 'lagoon.lake.limit'),
    }),
  ]
  const { url } = await serve(`accounts { LAGOON { jetstream: enabled, users: [ ${users.join(', ')} ] } }`)
  const connect = (name: string) => connectNats({ servers: url, user: name, password: `${name}-secret` })
  const [operator, worker, other] = await Promise.all(['operator', 'worker', 'lacking'].map(connect))
  const job = await joinJob(operator!, { job: 'lake', settings })
  await planManifest(job, { key: 'm', etag: 'v', rowGroups: [40] }, { itemRows: 20 })
  const state = async () => {
    const keys = []
    for await (const { key, revision } of job.records.list('>')) keys.push(`${key} ${revision}`)
    return { keys, counts: await job.queue.counts() }
  }
  const before = await state()
  expect(await worker!.denied(workerPermissions('lake'))).toEqual({ publish: [], subscribe: [] })
  expect(await operator!.denied(operatorPermissions('lake'))).toEqual({ publish: [], subscribe: [] })
  expect(await other!.denied(workerPermissions('lake'))).toEqual({
    publish: ['$JS.API.CONSUMER.MSG.NEXT.LAGOON_lake.workers', '$KV.lagoon_lake.>', 'lagoon.lake.item'],
    subscribe: ['lagoon.lake.limit'],
  })
  const { publish } = await worker!.denied(operatorPermissions('lake'))
  expect(publish).toEqual([
    '$JS.API.STREAM.NAMES',
    '$JS.API.STREAM.CREATE.LAGOON_lake',
    '$JS.API.STREAM.CREATE.KV_lagoon_lake',
    '$JS.API.CONSUMER.CREATE.LAGOON_lake.workers',
  ])
  expect(await state()).toEqual(before)
  for (const engine of [operator!, worker!, other!]) await engine.close()
})

test('each permission of a worker is needed: without it, the error names the subject', async () => {
  const full = workerPermissions('lake')
  const without = (subject: string): NatsPermissions => ({
    ...full,
    publish: full.publish.filter((other) => other !== subject),
  })
  const cases = ['$JS.API.STREAM.MSG.GET.KV_lagoon_lake', '$KV.lagoon_lake.>', 'lagoon.lake.item']
  const users = cases.map((subject, i) => user(`u${i}`, without(subject)))
  const { url } = await serve(
    `accounts { LAGOON { jetstream: enabled, users: [ { user: all, password: all }, ${users.join(', ')} ] } }`,
  )
  const all = await connectNats({ servers: url, user: 'all', password: 'all' })
  await joinJob(all, { job: 'lake', settings })
  for (const [i, subject] of cases.entries()) {
    const engine = await connectNats({ servers: url, user: `u${i}`, password: `u${i}-secret` })
    const attempt = async (): Promise<void> => {
      const job = await joinJob(engine, { job: 'lake', settings })
      await planManifest(job, { key: `m${i}`, etag: 'v', rowGroups: [5] }, { itemRows: 5 })
      const message = await job.queue.next({ waitMs: 1000 })
      await message!.ack()
      await readStatus(job)
    }
    const prefix = subject.replace('>', '')
    await expect(attempt()).rejects.toMatchObject({
      code: 'LAGOON_JOBS_PERMISSION_DENIED',
      subject: expect.stringContaining(prefix),
      message: expect.stringContaining(prefix),
    })
    await engine.close()
  }
  await all.close()
})

test('wrong credentials are refused without a secret in the message', async () => {
  const { url } = await serve('authorization { user: me, password: right-secret }')
  const wrong = url.replace('nats://', 'nats://me:wrong-secret@')
  for (const options of [
    { servers: url },
    { servers: wrong },
    { servers: url, user: 'me', password: 'wrong-secret' },
    { servers: url, token: 'wrong-secret' },
  ]) {
    const error = await connectNats(options).then(
      () => null,
      (failure: Error) => failure,
    )
    expect(error).toMatchObject({ code: 'LAGOON_JOBS_CREDENTIALS_REFUSED' })
    expect(`${error!.message} ${error!.stack}`).not.toContain('wrong-secret')
  }
  for (const options of [
    { servers: url.replace('nats://', 'nats://me:right-secret@') },
    { servers: url, user: 'me', password: 'right-secret' },
  ]) {
    await (await connectNats(options)).close()
  }
})

test('tokens and NKeys are accepted', async () => {
  const { url } = await serve('authorization { token: a-token }')
  await (await connectNats({ servers: url, token: 'a-token' })).close()
  const pair = nkeys.createUser()
  const seed = new TextDecoder().decode(pair.getSeed())
  const keyed = await serve(`authorization { users: [ { nkey: ${pair.getPublicKey()} } ] }`)
  await (await connectNats({ servers: keyed.url, nkeySeed: seed })).close()
  await expect(connectNats({ servers: keyed.url, nkeySeed: 'SUWRONG' })).rejects.toMatchObject({
    code: 'LAGOON_JOBS_INVALID_OPTION',
    message: expect.not.stringContaining('SUWRONG'),
  })
})

/** A token as NATS issues them: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt */
function jwt(issuer: nkeys.KeyPair, subject: nkeys.KeyPair, nats: object): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = {
    jti: subject.getPublicKey(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: 'lagoon',
    nats: { version: 2, ...nats },
  }
  const signed = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode(claims)}`
  return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString('base64url')}`
}

test('a credentials file is accepted, and one of another operator is refused', async () => {
  const operator = nkeys.createOperator()
  const [system, account, person] = [nkeys.createAccount(), nkeys.createAccount(), nkeys.createUser()]
  const unlimited = {
    subs: -1,
    conn: -1,
    leaf: -1,
    imports: -1,
    exports: -1,
    data: -1,
    payload: -1,
    wildcards: true,
  }
  const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 }
  const accountJwt = (key: nkeys.KeyPair, limits: object): string =>
    jwt(operator, key, { type: 'account', limits })
  const { url } = await serve(`
    operator: ${jwt(operator, operator, { type: 'operator' })}
    system_account: ${system.getPublicKey()}
    resolver: MEMORY
    resolver_preload: {
      ${system.getPublicKey()}: ${accountJwt(system, unlimited)}
      ${account.getPublicKey()}: ${accountJwt(account, { ...unlimited, ...storage })}
    }`)
  const credentials = (issuer: nkeys.KeyPair): string =>
    [
      '-----BEGIN NATS USER JWT-----',
      jwt(issuer, person, { type: 'user', subs: -1, data: -1, payload: -1 }),
      '------END NATS USER JWT------',
      '',
      '-----BEGIN USER NKEY SEED-----',
      new TextDecoder().decode(person.getSeed()),
      '------END USER NKEY SEED------',
      '',
    ].join('\n')
  const engine = await connectNats({ servers: url, credsFile: file('right.creds', credentials(account)) })
  expect(await joinJob(engine, { job: 'lake', settings })).toMatchObject({ job: 'lake' })
  await engine.close()
  const stranger = file('wrong.creds', credentials(nkeys.createAccount()))
  await expect(connectNats({ servers: url, credsFile: stranger })).rejects.toMatchObject({
    code: 'LAGOON_JOBS_CREDENTIALS_REFUSED',
    message: expect.not.stringContaining('SU'),
  })
})

test('TLS is checked against the authority, and mutual TLS presents a certificate', async () => {
  const server = await makeCertificate()
  const client = await makeCertificate({ names: ['worker'] })
  const paths = {
    cert: file('server.pem', server.cert),
    key: file('server.key', server.key),
    ca: file('server-ca.pem', server.authority),
    clientCa: file('client-ca.pem', client.authority),
    clientCert: file('client.pem', client.cert),
    clientKey: file('client.key', client.key),
  }
  const tls = `cert_file: ${JSON.stringify(paths.cert)}, key_file: ${JSON.stringify(paths.key)}`
  const one = await serve(`tls { ${tls} }`)
  const url = one.url.replace('nats://', 'tls://')
  const engine = await connectNats({ servers: url, caFile: paths.ca })
  expect((await engine.inspect()).tls).toBe(true)
  await engine.close()
  for (const options of [{ servers: url }, { servers: url, caFile: paths.clientCa }]) {
    await expect(connectNats(options)).rejects.toMatchObject({
      code: 'LAGOON_JOBS_UNREACHABLE',
      hint: expect.stringContaining('certificates'),
    })
  }
  const two = await serve(`tls { ${tls}, ca_file: ${JSON.stringify(paths.clientCa)}, verify: true }`)
  const both = { servers: two.url, caFile: paths.ca }
  const certified = { certFile: paths.clientCert, keyFile: paths.clientKey }
  await (await connectNats({ ...both, ...certified })).close()
  await expect(connectNats({ ...both, connectTimeoutMs: 500 })).rejects.toMatchObject({
    code: 'LAGOON_JOBS_UNREACHABLE',
    hint: expect.stringContaining('certificate'),
  })
})

test('a URL that asks for TLS never falls back to plain text', async () => {
  const { url } = await serve('')
  await expect(
    connectNats({ servers: url.replace('nats://', 'tls://'), connectTimeoutMs: 500 }),
  ).rejects.toMatchObject({ code: 'LAGOON_JOBS_UNREACHABLE' })
})

test('a server or account without JetStream is reported as such', async () => {
  const off = await serve('', { jetstream: false })
  const account = await serve('accounts { A { users: [ { user: a, password: a } ] } }')
  for (const options of [{ servers: off.url }, { servers: account.url, user: 'a', password: 'a' }]) {
    await expect(connectNats(options)).rejects.toMatchObject({
      code: 'LAGOON_JOBS_JETSTREAM_OFF',
      hint: expect.stringContaining('-js'),
    })
  }
})

test('a full store is a temporary condition', async () => {
  const { url } = await serve(
    `jetstream { store_dir: ${JSON.stringify(join(directory, 'full'))}, max_file_store: 200KB }`,
  )
  const engine = await connectNats({ servers: url })
  const job = await joinJob(engine, { job: 'lake', settings })
  const fill = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await job.records.put(`fail.${i}`, new Uint8Array(50_000))
  }
  await expect(fill()).rejects.toMatchObject({ code: 'LAGOON_JOBS_STORE_FULL' })
  await engine.close()
})

test('a missing server, an old one, and another service are told apart', async () => {
  await expect(connectNats({ servers: 'nats://127.0.0.1:1', connectTimeoutMs: 500 })).rejects.toMatchObject({
    code: 'LAGOON_JOBS_UNREACHABLE',
    message: expect.stringContaining('127.0.0.1:1'),
  })
  const speaking = (text: string): Promise<{ server: Server; url: string }> =>
    new Promise((resolve) => {
      const server = createServer((socket) => {
        socket.on('error', () => {})
        socket.write(text)
        socket.on('data', (data) => {
          if (data.includes('PING')) socket.write('PONG\r\n')
        })
      }).listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number }
        resolve({ server, url: `nats://127.0.0.1:${port}` })
      })
    })
  const info = { server_id: 'x', version: '2.9.10', max_payload: 1_048_576, proto: 1, headers: true }
  const old = await speaking(`INFO ${JSON.stringify(info)}\r\n`)
  await expect(connectNats({ servers: old.url })).rejects.toMatchObject({
    code: 'LAGOON_JOBS_SERVER_TOO_OLD',
    message: expect.stringContaining('2.9.10'),
  })
  const web = await speaking('HTTP/1.1 400 Bad Request\r\n\r\n')
  await expect(connectNats({ servers: web.url, connectTimeoutMs: 500 })).rejects.toMatchObject({
    code: 'LAGOON_JOBS_UNREACHABLE',
  })
  old.server.close()
  web.server.close()
})

test('impossible options are refused before connecting', async () => {
  for (const options of [
    { servers: '' },
    { servers: 'http://host' },
    { servers: 'nats://' },
    { servers: 'nats://a:4222,ws://b' },
    { servers: 'nats://user:hush@' },
    { servers: 'nats://a', certFile: 'only-one.pem' },
    { servers: 'nats://a', caFile: '/no/such/file.pem' },
    { servers: 'nats://a', credsFile: file('not.creds', 'hush') },
    { servers: 'wss://a', caFile: file('ca.pem', 'x') },
  ]) {
    const error = await connectNats(options).then(
      () => null,
      (failure: Error) => failure,
    )
    expect(error).toMatchObject({ code: 'LAGOON_JOBS_INVALID_OPTION' })
    expect(error!.message).not.toContain('hush')
  }
})
