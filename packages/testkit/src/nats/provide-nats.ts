import { TestkitError } from '../errors.js'
import { findGoBinary, type GoBinary } from '../go-binary.js'
import { startNatsProcess } from './nats-process.js'
import type { NatsServer, ProvideNatsOptions } from './nats-server.js'

/** The version to build if no nats-server is found. */
export const NATS: GoBinary = {
  name: 'nats-server',
  label: 'nats-server',
  module: 'github.com/nats-io/nats-server/v2@v2.15.3',
  version: 'nats-server: v2.',
  forbiddenBy: 'LAGOON_BUILD_NATS',
  note: 'once, about a minute',
}

/**
 * A NATS server: the one that `LAGOON_TEST_NATS_URL` names if no option needs a new one, else the `nats-server` on the PATH, else the
 * cached build, else `go install` into the cache.
 *
 * @throws {TestkitError} `LAGOON_TESTKIT_NATS_UNAVAILABLE` if it cannot be obtained, `LAGOON_TESTKIT_NATS_FAILED` if it does not start
 */
export function provideNats(options: ProvideNatsOptions = {}): Promise<NatsServer> {
  return provideNatsIn(process.env, options)
}

/** The same with another environment than this process's. */
export async function provideNatsIn(
  env: NodeJS.ProcessEnv,
  options: ProvideNatsOptions = {},
): Promise<NatsServer> {
  const named = env['LAGOON_TEST_NATS_URL']
  if (named && Object.keys(options).length === 0) return namedServer(named)
  const binary = await findGoBinary(NATS, env)
  if (binary === null) {
    throw new TestkitError(
      'LAGOON_TESTKIT_NATS_UNAVAILABLE',
      'no `nats-server` is on the PATH, and there is no Go to build one',
      `Install nats-server 2.12 or later, or Go (then \`go install ${NATS.module}\` is run), or name a server with LAGOON_TEST_NATS_URL.`,
    )
  }
  return startNatsProcess(binary, options)
}

async function notOurs(): Promise<void> {
  throw new TestkitError(
    'LAGOON_TESTKIT_OPTION_INVALID',
    'a server that LAGOON_TEST_NATS_URL names is not killed or restarted',
    'Ask for a server of its own with an option.',
  )
}

function namedServer(url: string): NatsServer {
  return { url, pid: null, kill: notOurs, restart: notOurs, stop: async () => {} }
}
