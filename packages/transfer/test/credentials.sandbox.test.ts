import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { concernsWholeRun, createSimpleRunner } from '../src/index.js'
import { defaultCredentialChain, providedCredentials } from '../src/options/credentials.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })

describe('credentials', () => {
  it('that are fixed and have expired fail immediately, for the whole run', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', 'x')
    source.faults.add({
      operation: 'GetObject',
      action: { type: 'error', code: 'ExpiredToken', status: 400 },
    })
    const result = await make().copy({ key: 'k' }, runner)
    expect(result).toMatchObject({
      ok: false,
      attempts: 1,
      failure: { code: 'ExpiredToken', class: 'permanent' },
    })
    expect(!result.ok && concernsWholeRun(result.failure)).toBe(true)
  })

  it('with a wrong secret fail the whole run, and never show it', async () => {
    const { source, destination, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', 'x')
    const options = sandboxOptions(destination, 'to')
    const secretAccessKey = 'wrong-and-very-secret'
    const copier = make({
      destination: { ...options, credentials: { ...options.credentials!, secretAccessKey } },
    })
    const result = await copier.copy({ key: 'k' }, runner)
    expect(result).toMatchObject({
      ok: false,
      failure: { code: 'SignatureDoesNotMatch', side: 'destination' },
    })
    expect(!result.ok && concernsWholeRun(result.failure)).toBe(true)
    expect(JSON.stringify(result)).not.toContain(secretAccessKey)
  })

  it('from a provider are requested once, renewed before they expire, and again if the store calls them expired', async () => {
    let asked = 0
    const lifetimes = [60_000, 3_600_000, 3_600_000]
    const source = providedCredentials(async () => {
      const expiration = new Date(Date.now() + lifetimes[asked]!)
      return { accessKeyId: `key ${++asked}`, secretAccessKey: 's', expiration }
    })
    const [first, same] = await Promise.all([source.get(), source.get()])
    expect(first).toBe(same)
    expect(first.accessKeyId).toBe('key 1')
    // Those available are good for a minute: they are used while others are fetched.
    expect(await source.get()).toBe(first)
    await Promise.resolve()
    expect((await source.get()).accessKeyId).toBe('key 2')
    expect(source.renew()).toBe(true)
    expect((await source.get()).accessKeyId).toBe('key 3')
  })

  it('that the store calls expired are renewed by force, once for all attempts that were signed with them', async () => {
    const forced: boolean[] = []
    const source = providedCredentials(async ({ forceRefresh }) => {
      forced.push(forceRefresh)
      return { accessKeyId: `key ${forced.length}`, secretAccessKey: 's' }
    })
    await source.get()
    expect([source.renew(), source.renew()]).toEqual([true, true])
    expect(await source.get()).toMatchObject({ accessKeyId: 'key 2' })
    // Another attempt that was signed with the first keys ends now.
    expect(source.renew()).toBe(true)
    expect(source.get()).toMatchObject({ accessKeyId: 'key 2' })
    expect(forced).toEqual([false, true])
  })

  it('of a process are renewed if the store calls them expired early', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lagoon-credentials-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const count = join(folder, 'count')
    const script = join(folder, 'credentials.sh')
    const json =
      '{"Version":1,"AccessKeyId":"key-%s","SecretAccessKey":"s","SessionToken":"t","Expiration":"2999-01-01T00:00:00Z"}'
    await writeFile(
      script,
      `#!/bin/sh\necho x >> '${count}'\nprintf '${json}' "$(wc -l < '${count}' | tr -d ' ')"\n`,
      { mode: 0o700 },
    )
    const config = join(folder, 'config')
    await writeFile(config, `[profile lake]\ncredential_process = ${script}\n`)
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
      vi.stubEnv(name, undefined)
    vi.stubEnv('AWS_PROFILE', 'lake')
    vi.stubEnv('AWS_CONFIG_FILE', config)
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'))
    onTestFinished(() => void vi.unstubAllEnvs())
    const chain = defaultCredentialChain()
    expect(await chain.get()).toMatchObject({ accessKeyId: 'key-1' })
    chain.renew()
    expect(await chain.get()).toMatchObject({ accessKeyId: 'key-2' })
  })

  it('that have expired are not used while others are requested', async () => {
    let asked = 0
    const source = providedCredentials(async () => {
      const expiration = new Date(asked === 0 ? 0 : Date.now() + 3_600_000)
      return { accessKeyId: `key ${++asked}`, secretAccessKey: 's', expiration }
    })
    await source.get()
    expect((await source.get()).accessKeyId).toBe('key 2')
  })

  it('that cannot be obtained say why, and can be obtained later', async () => {
    let refused = true
    const source = providedCredentials(async () => {
      if (refused) throw 'no metadata'
      return { accessKeyId: 'a', secretAccessKey: 's' }
    })
    await expect(source.get()).rejects.toMatchObject({
      code: 'LAGOON_TRANSFER_CREDENTIALS_MISSING',
      message: 'no credentials: no metadata',
    })
    refused = false
    expect(await source.get()).toMatchObject({ accessKeyId: 'a' })
    expect(source.get()).toMatchObject({ accessKeyId: 'a' })
  })

  it('of the default chain are read again if the store calls them expired', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'one')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's')
    onTestFinished(() => void vi.unstubAllEnvs())
    const chain = defaultCredentialChain()
    expect(await chain.get()).toMatchObject({ accessKeyId: 'one' })
    expect(chain.renew()).toBe(true)
    expect(await chain.get()).toMatchObject({ secretAccessKey: 's' })
  })

  it('that cannot be obtained fail the whole run, at the side without them', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', 'x')
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE', 'AWS_SESSION_TOKEN'])
      vi.stubEnv(name, undefined)
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere')
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere')
    onTestFinished(() => void vi.unstubAllEnvs())
    const without = { endpointUrl: 'http://127.0.0.1:9', region: 'us-east-1', bucket: 'to' }
    const result = await make({ destination: without }).copy({ key: 'k' }, runner)
    expect(result).toMatchObject({
      ok: false,
      attempts: 1,
      failure: { code: 'CredentialsMissing', side: 'destination', class: 'permanent' },
    })
    expect(!result.ok && concernsWholeRun(result.failure)).toBe(true)
  })
})
