import { spawnSync } from 'node:child_process'
import { lchownSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { open as openLmdb } from 'lmdb'
import { describe, expect, it } from 'vitest'
import { openLmdb as openStore } from '../src/lmdb/store.js'
import { thisProcess } from '../src/state/process-identity.js'
import { acquireWriterLock } from '../src/state/writer-lock.js'
import { openStateReadOnly, type LeaseWait } from '../src/index.js'
import { failure, IDENTITY, MANIFEST, open, temporaryDirectory } from './helpers.js'

const HOLDER = fileURLToPath(new URL('programs/holder.js', import.meta.url))
const TABLES: Record<string, object> = {
  meta: { encoding: 'binary' },
  history: { encoding: 'binary', keyEncoding: 'uint32' },
}

/** Puts bytes in place of every value of a table, or of those under one key. */
async function damage(directory: string, table: string, bytes: string, only?: string): Promise<void> {
  const env = openLmdb(join(directory, 'state.mdb'), {
    encoding: 'binary',
    noSubdir: true,
    overlappingSync: false,
    maxDbs: 16,
  } as never)
  const db = env.openDB(table, (TABLES[table] ?? { encoding: 'binary', keyEncoding: 'binary' }) as never)
  const keys = Array.from(db.getKeys())
  for (const key of keys) {
    if (only === undefined || key === only) await db.put(key, Buffer.from(bytes))
  }
  await env.close()
}

async function used(): Promise<string> {
  const directory = temporaryDirectory()
  const state = await open(directory)
  state.startRun({})
  state.complete('a')
  state.fail(failure(1, 'b'))
  state.manifest(MANIFEST).settleRowGroup(0, 2)
  state.uploads.put('u', { id: 1 })
  await state.finishRun({})
  await state.close()
  return directory
}

const CORRUPT = { code: 'LAGOON_STATE_CORRUPT', hint: expect.stringContaining('`directory`') as string }

describe('damage inside the state is reported as such, with a way out', () => {
  it.each(['{"counters":', 'null', '[]', '7'])('in the index: %s', async (bytes) => {
    const directory = await used()
    await damage(directory, 'meta', bytes, 'index')
    await expect(
      open(directory).then((state) => {
        state.lookup(['a'])
        state.complete('c')
        return state.flush()
      }),
    ).rejects.toMatchObject(CORRUPT)
  })

  it.each([
    ['manifests', '{'],
    ['manifests', '7'],
    ['failures', '{"g":'],
    ['failures', 'null'],
    ['groups', 'x'],
    ['group-failures', ''],
    ['uploads', '{'],
    ['uploads', 'null'],
    ['history', '{'],
    ['segments', 'x'],
    ['failure-keys', 'x'],
  ])('in %s: %s', async (table, bytes) => {
    const directory = await used()
    await damage(directory, table, bytes)
    const readAll = async (): Promise<void> => {
      const state = await openStateReadOnly({ directory, identity: IDENTITY })
      try {
        state.lookup(['a', 'b'])
        const manifest = state.manifest(MANIFEST)
        manifest.settledRows()
        const all = [manifest.failures(), state.failures(), state.failures({ key: 'b' }), state.manifests()]
        for (const each of all) for (const _ of each) void _
        void [...state.uploads.entries(), ...state.runs()]
        void state.uploads.get('u')
      } finally {
        await state.close()
      }
    }
    await expect(readAll()).rejects.toMatchObject(CORRUPT)
  })
})

describe.runIf(process.platform === 'linux')('what LMDB would crash on is checked first', () => {
  it.each(['ulimit -v 8000000', 'ulimit -n 26'])('%s', (limit) => {
    const directory = temporaryDirectory()
    const command = `${limit}; exec "${process.execPath}" "${HOLDER}" "${directory}" < /dev/null`
    const { stdout, signal } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
    expect({ said: stdout.trim(), signal }).toMatchObject({
      said: expect.stringContaining('LAGOON_STATE_LIMIT') as string,
      signal: null,
    })
  })
})

it.runIf(process.getuid?.() === 0)('a link of another user is not followed', async () => {
  for (const name of ['state.mdb', 'state.mdb-lock']) {
    const [directory, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
    const link = join(directory, name)
    symlinkSync(join(elsewhere, 'victim'), link)
    lchownSync(link, 1001, 1001)
    await expect(open(directory)).rejects.toMatchObject({ code: 'LAGOON_STATE_FOREIGN_LINK' })
  }
  const parent = mkdtempSync(join(tmpdir(), 'lagoon-link-'))
  symlinkSync(temporaryDirectory(), join(parent, 'data'))
  lchownSync(join(parent, 'data'), 1001, 1001)
  await expect(open(join(parent, 'data'))).rejects.toMatchObject({ code: 'LAGOON_STATE_FOREIGN_LINK' })
  rmSync(parent, { recursive: true })
})

it('a link of the same user is followed: a state may be on another disk', async () => {
  const [directory, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
  writeFileSync(join(elsewhere, 'state.mdb'), '')
  symlinkSync(join(elsewhere, 'state.mdb'), join(directory, 'state.mdb'))
  await expect(open(directory)).resolves.toBeDefined()
})

describe('a writer that cannot be seen', () => {
  const foreign = { ...thisProcess(), realm: 'other-host boot namespace', pid: 7, token: 'x' }
  const leaveForeign = async (heardMsAgo: number): Promise<string> => {
    const directory = temporaryDirectory()
    await (await open(directory)).close()
    const env = openLmdb(join(directory, 'state.mdb'), {
      encoding: 'binary',
      noSubdir: true,
      overlappingSync: false,
    } as never)
    await env
      .openDB('meta', { encoding: 'binary' } as never)
      .put('writer', Buffer.from(JSON.stringify(foreign)))
    await env.close()
    const heard = new Date(Date.now() - heardMsAgo)
    utimesSync(join(directory, 'state.mdb'), heard, heard)
    return directory
  }

  it('is waited for until its lease ends, which is announced', async () => {
    const directory = await leaveForeign(59_500)
    const waits: LeaseWait[] = []
    await open(directory, { onLeaseWait: (wait) => waits.push(wait) })
    expect(waits).toMatchObject([{ pid: 7, host: 'other-host' }])
    expect(waits[0]!.until.getTime()).toBeLessThanOrEqual(Date.now())
  })

  it('lives when it renews its lease: the directory is refused', async () => {
    const directory = await leaveForeign(0)
    const renew = (): void => {
      const now = new Date(Date.now() + 1000)
      utimesSync(join(directory, 'state.mdb'), now, now)
    }
    await expect(open(directory, { onLeaseWait: renew })).rejects.toMatchObject({
      code: 'LAGOON_STATE_LOCKED',
      message: expect.stringContaining('process 7 on other-host') as string,
    })
  })

  it('whose clock was an hour ahead is waited for as long as any other, and then counts as dead', async () => {
    const directory = await leaveForeign(-3_600_000)
    const stop = new AbortController()
    const untils: number[] = []
    const onLeaseWait = ({ until }: LeaseWait): void => {
      untils.push(until.getTime())
      stop.abort()
    }
    await expect(open(directory, { onLeaseWait, signal: stop.signal })).rejects.toThrow('abort')
    expect(untils[0]).toBeLessThanOrEqual(Date.now() + 60_000)
    const waitedOut = statSync(join(directory, 'state.mdb')).mtimeMs
    const store = await openStore(directory, (meta) => {
      acquireWriterLock(meta, { directory, identity: IDENTITY, waitedOut }).release()
    })
    await store.env.close()
  })

  it('is waited for no longer than requested', async () => {
    const directory = await leaveForeign(0)
    const stop = new AbortController()
    const opening = open(directory, { onLeaseWait: () => stop.abort(), signal: stop.signal })
    await expect(opening).rejects.toThrow('abort')
  })
})
