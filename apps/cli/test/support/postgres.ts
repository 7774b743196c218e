import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'

const binaries = '/usr/lib/postgresql/15/bin'

/** Whether this machine has Debian's PostgreSQL 15. */
export const hasPostgres = existsSync(join(binaries, 'initdb'))

export interface Postgres {
  /** What the program is given to find the server. */
  readonly env: Readonly<Record<string, string>>
  query(sql: string): Promise<void>
  stop(): Promise<void>
}

/** A PostgreSQL server of its own, in its own directory; run as the user postgres where the test is root. */
export async function startPostgres(): Promise<Postgres> {
  const directory = mkdtempSync('/tmp/lagoon-postgres-')
  const root = process.getuid?.() === 0
  const idOf = (which: string): number =>
    Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }))
  const who = root ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  if (root) chownSync(directory, who.uid!, who.gid!)
  const data = join(directory, 'data')
  const port = await freePort()
  const run = (program: string, ...args: string[]): void => {
    execFileSync(join(binaries, program), args, { ...who, cwd: directory, stdio: 'ignore', timeout: 60_000 })
  }
  run('initdb', '-D', data, '-U', 'lagoon', '-A', 'trust', '--no-sync')
  const options = `-p ${port} -k ${directory} -h 127.0.0.1 -F`
  run('pg_ctl', '-D', data, '-l', join(directory, 'log'), '-w', '-o', options, 'start')
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'lagoon', database: 'postgres' })
  await client.connect()
  return {
    env: { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'lagoon', PGDATABASE: 'postgres' },
    async query(sql) {
      await client.query(sql)
    },
    async stop() {
      await client.end()
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
