import { TransferError } from '../contract/errors.js'

/** A pair of keys, with their token and expiry. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  /** When the store stops accepting them; unset for keys that do not expire. */
  expiration?: Date
}

/** Where credentials come from. `get` returns synchronously as long as the present ones are fresh. */
export interface CredentialSource {
  get(): Credentials | Promise<Credentials>
  /**
   * Discards the present keys, because the store said that they have expired. False if there is no source of others.
   */
  renew(): boolean
}

const REFRESH_BEFORE_MS = 5 * 60_000

/** Keys given by the caller: they never change. */
function staticCredentials(credentials: Credentials): CredentialSource {
  return { get: () => credentials, renew: () => false }
}

/** Gets credentials; forced if the present ones were reported as expired although they don't say so themselves. */
type CredentialProvider = (options: { forceRefresh: boolean }) => Promise<Credentials>

/**
 * Attempts that were signed with the old keys are still refused for a while after a renewal; that is no reason to ask
 * again.
 */
const MIN_RENEWAL_INTERVAL_MS = 3000

/**
 * Keys from a provider, such as the AWS default chain. They are requested at first use, again some time before they
 * expire (while requests keep using the present ones), and, forced, when the store reports them as expired. Rejects
 * with what `toError` makes of the provider's error.
 *
 * @param refreshBeforeMs how long before they expire
 */
export function providedCredentials(
  provider: CredentialProvider,
  refreshBeforeMs: number = REFRESH_BEFORE_MS,
  toError: (error: unknown) => unknown = missingCredentials,
): CredentialSource {
  let current: Credentials | null = null
  let pending: Promise<Credentials> | null = null
  let forceRefresh = false
  let renewedAt = -Infinity

  function refresh(): Promise<Credentials> {
    if (pending !== null) return pending
    const isForced = forceRefresh
    pending = provider({ forceRefresh })
      .then((credentials) => {
        if (isForced) forceRefresh = false
        return (current = credentials)
      })
      .catch((error: unknown) => {
        throw toError(error)
      })
      .finally(() => (pending = null))
    return pending
  }

  return {
    get() {
      if (current === null) return refresh()
      const left = current.expiration === undefined ? Infinity : current.expiration.getTime() - Date.now()
      if (left <= 0) return refresh()
      if (left < refreshBeforeMs) refresh().catch(() => undefined)
      return current
    },
    renew() {
      if (performance.now() - renewedAt < MIN_RENEWAL_INTERVAL_MS) return true
      renewedAt = performance.now()
      forceRefresh = true
      current = null
      return true
    },
  }
}

function missingCredentials(error: unknown): TransferError {
  return new TransferError(
    'LAGOON_TRANSFER_CREDENTIALS_MISSING',
    `no credentials: ${error instanceof Error ? error.message : String(error)}`,
    'Set an access key and its secret, or configure the AWS default credential chain.',
    error,
  )
}

/** Which credentials an endpoint uses; fields as in `EndpointOptions`. */
interface CredentialSettings {
  credentials: Credentials | undefined
  anonymous: boolean
  awsProfile: string | undefined
  roleArn: string | undefined
  region: string
}

/** Keys for an endpoint: those given, else from the AWS default chain; with a role, those from assuming it. */
export function credentialsFor({
  credentials,
  anonymous,
  awsProfile,
  roleArn,
  region,
}: CredentialSettings): CredentialSource {
  if (anonymous) return staticCredentials({ accessKeyId: '', secretAccessKey: '' })
  const own = credentials === undefined ? defaultCredentialChain(awsProfile) : staticCredentials(credentials)
  return roleArn === undefined ? own : assumedRole(own, roleArn, region)
}

/**
 * The AWS default chain: environment, shared files, SSO, container and instance metadata. Loaded when first used.
 *
 * @param profile of the shared files; default: from the environment
 */
export function defaultCredentialChain(profile?: string): CredentialSource {
  let chain: CredentialProvider | null = null
  return providedCredentials(async (options) => {
    if (chain === null) {
      const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
      chain = defaultProvider(profile === undefined ? {} : { profile }) as CredentialProvider
    }
    return chain(options)
  })
}

/** Credentials of a role from the AWS security token service. Loaded when first used. */
function assumedRole(own: CredentialSource, roleArn: string, region: string): CredentialSource {
  return providedCredentials(async ({ forceRefresh }) => {
    if (forceRefresh) own.renew()
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
    const assume = fromTemporaryCredentials({
      masterCredentials: async () => own.get(),
      params: { RoleArn: roleArn, RoleSessionName: 'lagoon-sync' },
      clientConfig: { region: region === 'auto' ? 'us-east-1' : region },
    })
    return assume()
  })
}
