import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { hasPostgres, startPostgres, type Postgres } from './support/postgres.js'
import { sandboxJob } from './support/sandbox-job.js'

if (!hasPostgres) process.stderr.write('no PostgreSQL 15 on this machine: its tests are left out\n')

describe.skipIf(!hasPostgres)('manifests from PostgreSQL', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres()
    await postgres.query(`
      CREATE SCHEMA lake;
      CREATE TABLE lake."Files" (id int, path text, bytes bigint, at timestamptz);
      INSERT INTO lake."Files" SELECT i, '/mnt/' || lpad(i::text, 5, '0'), i, '2026-01-31' FROM generate_series(1, 10000) i;
      INSERT INTO lake."Files" VALUES (10001, NULL, 1, NULL), (10002, '/mnt/00001', 1, NULL);
    `)
  }, 60_000)
  afterAll(() => postgres?.stop())

  const create = async (args: readonly string[]) => {
    const job = await sandboxJob()
    return { job, created: await job.run(['manifest', 'create', '--json', ...args], { env: postgres.env }) }
  }
  const table = ['--from-table', 'lake.Files', '--from-column', 'path']

  test('a table is read to its last row, and a row without a key is reported', async () => {
    const { job, created } = await create([...table, '--cut-prefix', '/mnt/', '--rows-per-file', '6000'])
    expectExit(created, 3)
    expect(created.events().at(-1)).toMatchObject({
      rows: 10_001,
      refused: 1,
      manifests: [{ rows: 6000 }, { rows: 4001 }],
    })
    expect(job.source.requests.records).toEqual([])
  })

  test('a query supplies sizes and times by name, and sync copies its keys', async () => {
    const sql = `SELECT substr(path, 6), bytes AS size, at AS last_modified FROM lake."Files" WHERE id <= 2 ORDER BY id`
    const { job, created } = await create(['--from-query', sql, '--upload'])
    expectExit(created, 0)
    expect(created.events().at(-1)).toMatchObject({ rows: 2, bytes: 3 })
    await job.putObjects(['00001', '00002', '00003'])
    expectExit(await job.run(['--min-size', '2', '--modified-from', '2026-01-30']), 0)
    expect(job.copied()).toEqual(['00002'])
  })

  test('--only-new skips existing and duplicate keys', async () => {
    const job = await sandboxJob()
    await job.putKeys('manifest/old.parquet', ['00002', 's3://lake/00003'])
    const args = ['manifest', 'create', '--json', ...table, '--cut-prefix', '/mnt/', '--only-new']
    const created = await job.run(args, { env: postgres.env })
    expectExit(created, 3)
    expect(created.events().at(-1)).toMatchObject({ rows: 9_998, refused: 1 })
    const some = await job.run([...args, '--max-rows', '5000'], { env: postgres.env })
    expectExit(some, 0)
    expect(some.events().at(-1)).toMatchObject({ rows: 5000 })
  })

  test.each([
    ['a table that is not there', ['--from-table', 'nowhere']],
    ['a query that would write', ['--from-query', 'DELETE FROM lake."Files" RETURNING path']],
    ['two statements', ['--from-query', 'SELECT 1; SELECT 2']],
  ])('%s is refused by name', async (_, args) => {
    const { created } = await create(args)
    expectExit(created, 2)
    expect(created.events().at(-1)).toMatchObject({ type: 'error', code: 'LAGOON_CLI_DATABASE' })
  })

  test('a missing server is reported', async () => {
    const job = await sandboxJob()
    const env = { ...postgres.env, PGPORT: '1' }
    const created = await job.run(['manifest', 'create', ...table], { env })
    expectExit(created, 2)
    expect(created.stderr).toContain('LAGOON_CLI_DATABASE')
  })
})

test.each([
  [['--from', 'a.csv', '--from-table', 'files'], '--from and --from-table cannot be combined'],
  [['--from-query', 'SELECT 1', 'a/'], '--from-query and the prefix a/ cannot be combined'],
  [['--from-column', 'path'], '--from-column needs --from-table'],
])('%j cannot be combined', async (args, message) => {
  const job = await sandboxJob()
  const result = await job.run(['manifest', 'create', ...args])
  expectExit(result, 2)
  expect(result.stderr).toContain(message)
})
