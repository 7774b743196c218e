import { Sessions } from '../auth/sessions.js'
import type { Credentials } from '../auth/verify-request.js'
import { combineDialects, type Dialect } from '../dialect/dialect.js'
import type { ServerContext } from '../request/context.js'
import { listen, type Door } from './listen.js'
import { serveOperation } from './serve-operation.js'
import { checkCredentials, resolveOptions, type SandboxOptions } from '../options.js'
import { openObjectStore } from '../store/open-store.js'
import { StoreAccess } from './store-access.js'

/** A running server. */
export interface Sandbox extends Door {
  readonly region: string
  /** The credentials for clients. Empty strings if every request is accepted. */
  readonly credentials: Credentials
  /** Buckets and objects without HTTP. */
  readonly store: StoreAccess
  /** Changes the accepted credentials, as when keys rotate or a token expires. Null accepts every request. */
  setCredentials(credentials: Credentials | null): void
  /** Changes the dialect. @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` */
  setDialect(dialect: Dialect | readonly Dialect[]): void
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts an S3 server inside this process.
 *
 * @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID`, `LAGOON_SANDBOX_LISTEN_FAILED`, `LAGOON_SANDBOX_STORE_UNREADABLE`
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const resolved = resolveOptions(options)
  const store = await openObjectStore(resolved)
  for (const bucket of resolved.buckets) {
    if (!store.buckets.has(bucket)) store.createBucket(bucket, resolved.region, resolved.now())
  }
  let { credentials, dialect } = resolved
  const context: ServerContext = {
    store,
    region: resolved.region,
    limits: resolved.limits,
    sessions: new Sessions(),
    dialect: () => dialect,
    now: resolved.now,
  }
  const door = await listen(resolved, {
    knowsAllOperations: true,
    xmlStyle: () => dialect.xml ?? {},
    serve: (exchange, shaper) =>
      serveOperation(exchange, { context, credentials: () => credentials, shaper }),
  }).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const close = async (): Promise<void> => {
    await door.close()
    await store.close()
  }
  return {
    url: door.url,
    port: door.port,
    region: resolved.region,
    get credentials() {
      return credentials ?? { accessKeyId: '', secretAccessKey: '' }
    },
    store: new StoreAccess(context),
    requests: door.requests,
    faults: door.faults,
    hold: door.hold,
    setShape: door.setShape,
    setCredentials: (changed) => {
      credentials = checkCredentials(changed)
    },
    setDialect: (changed) => {
      dialect = combineDialects(changed)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
