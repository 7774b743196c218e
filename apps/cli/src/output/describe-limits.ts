import type { RunLimits } from '@lagoon/sync'
import { formatBytes, formatCount } from '../text/format.js'

const limitNames = ['minConcurrency', 'maxConcurrency', 'maxBytesPerSecond', 'maxRequestsPerSecond'] as const

type LimitName = (typeof limitNames)[number]

/** Limits as they are set on the command line, in units: `max-concurrency 64, max-bytes-per-second 50.0 MB/s`. */
export function describeLimits(limits: RunLimits): string {
  return limitNames
    .flatMap((name) => (limits[name] === undefined ? [] : `${flagOf(name)} ${limitText(name, limits[name])}`))
    .join(', ')
}

/** `max-bytes-per-second` → `maxBytesPerSecond`; undefined for what is not a limit. */
export function limitOf(flag: string): LimitName | undefined {
  return limitNames.find((name) => flagOf(name) === flag)
}

function limitText(name: LimitName, value: number | null): string {
  if (value === null) return 'none'
  if (name === 'maxBytesPerSecond') return `${formatBytes(value)}/s`
  return name === 'maxRequestsPerSecond' ? `${formatCount(value)}/s` : formatCount(value)
}

function flagOf(name: LimitName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
