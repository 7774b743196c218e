import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import { nearest } from '../text/nearest.js'
import type { Setting } from './setting.js'

/** The name alone. */
export function checkBucket({ value, origin }: Setting): string {
  const bucket = value.trim()
  if (/^s3:\/\/|\//i.test(bucket)) {
    throw invalid(
      origin,
      `is ${show(bucket)}, which is not a bucket name`,
      'Use the name alone, without s3:// and without a prefix.',
    )
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket)) {
    throw invalid(
      origin,
      `is ${show(bucket)}, which is not a valid bucket name`,
      'Allowed: 3 to 63 letters, digits, dots and hyphens, beginning with a letter or digit.',
    )
  }
  return bucket
}

/** It becomes part of a host name. */
export function checkAccountId({ value, origin }: Setting): string {
  const account = value.trim()
  if (!/^[A-Za-z0-9-]+$/.test(account)) {
    throw invalid(
      origin,
      `is ${show(account)}, which is not an account id`,
      'Allowed: letters, digits and hyphens.',
    )
  }
  return account
}

/** Any name that can be signed for. */
export function checkRegion({ value, origin }: Setting): string {
  const region = value.trim()
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(region)) {
    throw invalid(
      origin,
      `is ${show(region)}, which is not a region`,
      'Use a name such as us-east-1; stores without regions accept any.',
    )
  }
  return region
}

/** An http or https URL with a host and without user, query and fragment. Messages never show a password. */
export function checkEndpointUrl({ value, origin }: Setting): string {
  const given = value.trim()
  const example = 'Use a URL such as https://s3.example.com or http://127.0.0.1:9000.'
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(given)) {
    throw invalid(
      origin,
      `is ${show(withoutUser(given))}, which has no scheme`,
      `Write http:// or https:// before it. ${example}`,
    )
  }
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined) throw invalid(origin, `is ${show(withoutUser(given))}, which is not a URL`, example)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const meant = nearest(url.protocol.slice(0, -1), ['http', 'https'])
    throw invalid(
      origin,
      `has the scheme ${show(url.protocol.slice(0, -1))}`,
      `Allowed: http and https.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    const side = /source/i.test(origin) ? 'SOURCE' : 'DESTINATION'
    throw invalid(
      origin,
      'contains a user name or a password',
      `Remove them from the URL; credentials go into LAGOON_${side}_ACCESS_KEY_ID and LAGOON_${side}_SECRET_ACCESS_KEY.`,
    )
  }
  if (url.search !== '' || url.hash !== '')
    throw invalid(origin, 'has a query or a fragment', `Remove it. ${example}`)
  return given
}

/** A URL as it may be shown: the part before an @ may contain a password. */
export function withoutUser(url: string): string {
  return url.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)?.*@/s, '$1…@')
}

function show(value: string): string {
  return JSON.stringify(printable(value))
}

function invalid(origin: string, problem: string, hint: string): CliError {
  return new CliError('LAGOON_CLI_INVALID_VALUE', `${origin} ${problem}`, hint)
}
