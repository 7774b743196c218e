import type { FaultAction } from '@lagoon/s3-sandbox'

/** A fault of a store, and what a copy must come to when it never goes away. When it happens once, the object is copied. */
export interface FaultCase {
  name: string
  side: 'source' | 'destination'
  action: FaultAction
  /** Code and class of the failure when the fault stays. */
  stays: { code: string; class: string }
  /** The code where it hits a part: a response to a ranged GET is known by its range, and bytes are compared when all are there. */
  codeInParts?: string
  /** True if trying again is pointless: one occurrence already fails the object. */
  final?: boolean
}

const throttle = (code: string) => ({ code, class: 'throttle' })
const transient = (code: string) => ({ code, class: 'transient' })
/** The same, with another code in parts. */
const inParts = (fault: FaultCase, codeInParts: string): FaultCase => ({ ...fault, codeInParts })
const permanent = (code: string) => ({ code, class: 'permanent' })

function atSource(name: string, action: FaultAction, stays: FaultCase['stays'], final = false): FaultCase {
  return { name, side: 'source', action, stays, final }
}

function atDestination(
  name: string,
  action: FaultAction,
  stays: FaultCase['stays'],
  final = false,
): FaultCase {
  return { name, side: 'destination', action, stays, final }
}

/** Every fault that is tried against every way of copying. */
export const FAULT_CASES: readonly FaultCase[] = [
  atSource('503 SlowDown', { type: 'error', code: 'SlowDown', status: 503 }, throttle('SlowDown')),
  atSource('429 without a body', { type: 'answer', status: 429 }, throttle('TooManyRequests')),
  atSource(
    '500 InternalError',
    { type: 'error', code: 'InternalError', status: 500 },
    transient('InternalError'),
  ),
  atSource('a proxy’s HTML page, 502', { type: 'html', status: 502 }, transient('Http502')),
  atSource(
    '403 AccessDenied',
    { type: 'error', code: 'AccessDenied', status: 403 },
    permanent('AccessDenied'),
    true,
  ),
  atSource(
    '403 InvalidObjectState (archived)',
    { type: 'error', code: 'InvalidObjectState', status: 403 },
    permanent('InvalidObjectState'),
    true,
  ),
  atSource(
    '404 NoSuchKey',
    { type: 'error', code: 'NoSuchKey', status: 404 },
    { code: 'NoSuchKey', class: 'missing' },
    true,
  ),
  atSource(
    'reset before the headers',
    { type: 'reset-response', atByte: 'headers' },
    transient('ConnectionReset'),
  ),
  atSource('reset at the first byte', { type: 'reset-response', atByte: 0 }, transient('ConnectionReset')),
  atSource('reset within the body', { type: 'reset-response', atByte: 50_000 }, transient('ConnectionReset')),
  atSource('body truncated', { type: 'truncate', atByte: 50_000 }, transient('ConnectionReset')),
  inParts(
    atSource('an HTML page, 200', { type: 'html', status: 200 }, transient('MalformedAnswer')),
    'WrongRange',
  ),
  inParts(
    atSource('cut XML, 200', { type: 'garbage-xml', status: 200 }, transient('MalformedAnswer')),
    'WrongRange',
  ),
  atSource('cut XML, 500', { type: 'garbage-xml', status: 500 }, transient('InternalError')),
  inParts(
    atSource(
      'body truncated, headers that fit',
      { type: 'truncate', atByte: 50_000, contentLength: 'shortened' },
      transient('BadDigest'),
    ),
    'WrongRange',
  ),
  atSource('stall before the headers', { type: 'stall', atByte: 'headers' }, transient('FirstByteTimeout')),
  atSource('stall within the body', { type: 'stall', atByte: 50_000 }, transient('IdleTimeout')),
  inParts(
    atSource('a flipped byte', { type: 'flip', atByte: 50_000 }, transient('BadDigest')),
    'ChecksumMismatch',
  ),
  atDestination('503 SlowDown', { type: 'error', code: 'SlowDown', status: 503 }, throttle('SlowDown')),
  atDestination('503 without a body', { type: 'answer', status: 503 }, throttle('ServiceUnavailable')),
  atDestination(
    '500 InternalError',
    { type: 'error', code: 'InternalError', status: 500 },
    transient('InternalError'),
  ),
  atDestination('a proxy’s HTML page, 504', { type: 'html', status: 504 }, transient('Http504')),
  atDestination('an HTML page, 200', { type: 'html', status: 200 }, transient('MalformedAnswer')),
  atDestination('cut XML, 200', { type: 'garbage-xml', status: 200 }, transient('MalformedAnswer')),
  atDestination('cut XML, 500', { type: 'garbage-xml', status: 500 }, transient('InternalError')),
  atDestination(
    '403 AccessDenied',
    { type: 'error', code: 'AccessDenied', status: 403 },
    permanent('AccessDenied'),
    true,
  ),
  atDestination(
    'reset before the answer',
    { type: 'reset-response', atByte: 'headers' },
    transient('ConnectionReset'),
  ),
  atDestination(
    'reset at the first byte of the body',
    { type: 'reset-request', atByte: 0 },
    transient('ConnectionReset'),
  ),
  atDestination(
    'reset within the body',
    { type: 'reset-request', atByte: 50_000 },
    transient('ConnectionReset'),
  ),
  atDestination(
    'stall within the body',
    { type: 'stall', atByte: 50_000, side: 'request' },
    transient('FirstByteTimeout'),
  ),
  atDestination(
    'stall before the answer',
    { type: 'stall', atByte: 'headers' },
    transient('FirstByteTimeout'),
  ),
  inParts(
    atDestination(
      'a flipped byte',
      { type: 'flip', atByte: 50_000, side: 'request' },
      transient('BadDigest'),
    ),
    'ChecksumMismatch',
  ),
]
