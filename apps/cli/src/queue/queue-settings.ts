import { readFileSync } from 'node:fs'
import type { NatsOptions } from '@lagoon/jobs/nats'
import { CliError } from '../errors/cli-error.js'
import { withoutUser } from '../options/check-endpoint.js'
import { numberFlag, sizeFlag, textFlag } from '../options/flag-values.js'
import type { FlagName } from '../options/flags.js'
import { given } from '../options/given.js'
import { isOnBucket } from '../options/report-file.js'
import type { Setting } from '../options/setting.js'
import type { Settings } from '../options/settings.js'
import { parseInterval } from '../options/watch.js'
import { printable } from '../text/printable.js'

/** Where the queue is, and how a job on it is named, created and worked on. Times in ms. */
export interface QueueSettings {
  readonly nats: NatsOptions
  /** The name that was given; without one it is made from the job. */
  readonly job?: string
  /** Of a new job; one that exists keeps its own. */
  readonly leaseMs?: number
  readonly replicas?: number
  readonly itemRows?: number
  /** Caps of the whole job by the names that `ctl set` has for them. */
  readonly jobSettings?: Readonly<Record<string, number>>
  readonly checkpointIntervalMs?: number
  readonly patienceMs?: number
  readonly idleExitMs?: number
  /** Monitoring address of the server, which only a check asks; default port 8222 of its host. */
  readonly monitor?: URL
}

const schemes = new Set(['nats:', 'tls:', 'ws:', 'wss:'])

/** Where the queue is; undefined without `--queue`. Throws what is wrong with it, and nothing secret. */
export function resolveQueue(settings: Settings): QueueSettings | undefined {
  const queue = settings.flag('queue')
  if (queue === undefined) return undefined
  const leaseS = numberFlag(settings, 'lease-s')
  const checkpointS = numberFlag(settings, 'checkpoint-interval-s')
  const patienceS = numberFlag(settings, 'queue-patience-s')
  const idleExit = settings.flag('idle-exit')
  return given({
    nats: { servers: checkServers(queue), ...identification(settings), ...certificates(settings) },
    job: jobName(settings),
    leaseMs: milliseconds(leaseS),
    replicas: numberFlag(settings, 'queue-replicas'),
    itemRows: numberFlag(settings, 'item-rows'),
    jobSettings: capsOfJob(settings),
    checkpointIntervalMs: milliseconds(checkpointS),
    patienceMs: milliseconds(patienceS),
    idleExitMs: idleExit && parseInterval(idleExit),
    monitor: monitorOf(settings.flag('queue-monitor')),
  })
}

function capsOfJob(settings: Settings): Readonly<Record<string, number>> | undefined {
  const caps = given({
    'max-bytes-per-second': sizeFlag(settings, 'job-max-bytes-per-second'),
    'max-requests-per-second': numberFlag(settings, 'job-max-requests-per-second'),
  })
  return Object.keys(caps).length === 0 ? undefined : caps
}

/** The same for a command that makes no sense without a queue. */
export function requireQueue(settings: Settings): QueueSettings {
  const queue = resolveQueue(settings)
  if (queue !== undefined) return queue
  throw new CliError(
    'LAGOON_CLI_MISSING_SETTING',
    '--queue is not set',
    'Set the NATS server with --queue or LAGOON_QUEUE, for example nats://localhost:4222.',
  )
}

/** What excludes a queue, and why. */
const excluded: readonly (readonly [flag: FlagName, why: string])[] = [
  ['data-dir', 'With --queue, the state is in the queue: omit --data-dir.'],
  ['shard', 'With --queue, workers share the job: omit --shard.'],
  ['report-mode', 'With --queue, each part of a report replaces the one before: omit --report-mode.'],
]

/** @throws CliError LAGOON_CLI_CONFLICT for settings that only make sense on one machine */
export function refuseBesideQueue(settings: Settings): void {
  const { origin } = settings.flag('queue')!
  for (const [flag, why] of excluded) {
    const other = settings.flag(flag)
    // An image sets the variable for runs without a queue.
    if (flag === 'data-dir' && other?.from === 'environment') continue
    if (other !== undefined) throw conflict(origin, other.origin, why)
  }
  const report = settings.flag('report')
  if (report !== undefined && !isOnBucket(report)) {
    throw conflict(
      origin,
      `${report.origin} ${printable(report.value)}`,
      'A file would hold the rows of one machine only. Use --report s3://BUCKET/PREFIX/, where workers store parts, or lagoon failures.',
    )
  }
  if (settings.stores !== undefined && settings.all('manifest').length === 0) {
    throw conflict(
      origin,
      'listing the source',
      'Create manifests with lagoon manifest create --upload, and start the job without the two s3:// arguments.',
    )
  }
  for (const { value, origin: from } of settings.all('manifest')) {
    if (value !== '-' && !/^\.{0,2}\//.test(value)) continue
    throw conflict(
      origin,
      `${from} ${printable(value)}`,
      'Other machines cannot read it: upload the manifest to the source bucket and use its key.',
    )
  }
}

function conflict(queue: string, other: string, hint: string): CliError {
  return new CliError('LAGOON_CLI_CONFLICT', `${queue} and ${other} cannot be combined`, hint)
}

function checkServers({ value, origin }: Setting): readonly string[] {
  const servers = value
    .split(',')
    .map((server) => server.trim())
    .filter((server) => server !== '')
  for (const server of servers) {
    const url = URL.canParse(server) ? new URL(server) : undefined
    if (url === undefined || !schemes.has(url.protocol) || url.hostname === '') {
      throw invalid(
        origin,
        `is ${JSON.stringify(printable(withoutUser(server)))}, which is not the URL of a NATS server`,
        'Use a URL such as nats://localhost:4222, tls://host:4222 or wss://host:443, several separated by commas.',
      )
    }
    if (url.username !== '' || url.password !== '') {
      throw invalid(
        origin,
        'contains a user name or a password',
        'Remove them from the URL; they go into LAGOON_QUEUE_USER and LAGOON_QUEUE_PASSWORD.',
      )
    }
  }
  if (servers.length > 0) return servers
  throw invalid(origin, 'names no server', 'Use a URL such as nats://localhost:4222.')
}

function monitorOf(setting: Setting | undefined): URL | undefined {
  if (setting === undefined) return undefined
  const url = URL.parse(setting.value)
  if (url !== null && /^https?:$/.test(url.protocol) && url.username + url.password === '') return url
  throw invalid(
    setting.origin,
    `is ${JSON.stringify(printable(withoutUser(setting.value)))}, which is not the monitoring address of a NATS server`,
    'Use a URL such as http://nats:8222, without a user name.',
  )
}

function identification(settings: Settings): Partial<NatsOptions> {
  const variable = (name: string): string | undefined => settings.variable(`LAGOON_QUEUE_${name}`)?.value
  return given({
    credsFile: readableFile(settings, 'queue-creds'),
    user: variable('USER'),
    password: variable('PASSWORD'),
    token: variable('TOKEN'),
    nkeySeed: variable('NKEY_SEED'),
  })
}

function certificates(settings: Settings): Partial<NatsOptions> {
  const certFile = readableFile(settings, 'queue-cert-file')
  const keyFile = readableFile(settings, 'queue-key-file')
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const [there, missing] =
      certFile === undefined
        ? (['queue-key-file', 'queue-cert-file'] as const)
        : (['queue-cert-file', 'queue-key-file'] as const)
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      `${settings.flag(there)!.origin} is set, but --${missing} is not`,
      'Set the client certificate and its key together.',
    )
  }
  return given({ caFile: readableFile(settings, 'queue-ca-file'), certFile, keyFile })
}

function readableFile(
  settings: Settings,
  name: 'queue-creds' | 'queue-ca-file' | 'queue-cert-file' | 'queue-key-file',
): string | undefined {
  const path = textFlag(settings, name)
  if (path === undefined) return undefined
  try {
    readFileSync(path)
    return path
  } catch (cause) {
    throw new CliError(
      'LAGOON_CLI_FILE',
      `${settings.flag(name)!.origin}: ${printable(path)} cannot be read`,
      'Check the path and its permissions.',
      { cause },
    )
  }
}

function jobName(settings: Settings): string | undefined {
  const setting = settings.flag('job')
  if (setting === undefined || /^[A-Za-z0-9_-]{1,64}$/.test(setting.value)) return setting?.value
  throw invalid(
    setting.origin,
    `is ${JSON.stringify(printable(setting.value))}`,
    'Allowed: 1 to 64 letters, digits, underscores and hyphens.',
  )
}

const milliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.round(seconds * 1000)

function invalid(origin: string, problem: string, hint: string): CliError {
  return new CliError('LAGOON_CLI_INVALID_VALUE', `${origin} ${problem}`, hint)
}
