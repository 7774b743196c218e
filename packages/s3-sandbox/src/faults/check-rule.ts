import {
  callback,
  checkFields,
  either,
  flag,
  invalid,
  numberFrom,
  object,
  oneOf,
  someOf,
  text,
  textByName,
  wholeFrom,
  type FieldCheck,
} from '../check-fields.js'
import { OPERATIONS } from '../s3/operation.js'
import type { RequestMatch } from '../log/request-match.js'
import type { FaultAction, FaultRule } from './fault-rule.js'

type Checks = { readonly [Type in FaultAction['type']]: Readonly<Record<string, FieldCheck>> }

const atByte = wholeFrom(0)
const maybeAtByte = either(atByte, oneOf('headers'))
const status = wholeFrom(200, 599)
const name = either(text, callback)
const bytes: FieldCheck = [(value) => value instanceof Uint8Array, 'bytes']
const orNull: FieldCheck = [(value) => value === null, 'null']
const partNumber = wholeFrom(1, 10_000)
const settings: FieldCheck = [
  (value) =>
    object[0](value) && Object.values(value as object).every((item) => item === null || text[0](item)),
  'an object of strings and nulls',
]
const twoParts: FieldCheck = [
  (value) => Array.isArray(value) && value.length === 2 && value.every((item) => partNumber[0](item)),
  'two numbers of parts',
]

const ACTIONS: Checks = {
  error: { code: name, status, message: name, retryAfterSeconds: numberFrom(0), applied: flag },
  answer: { status, headers: textByName, body: either(text, bytes), applied: flag },
  html: { status, headers: textByName, applied: flag },
  'garbage-xml': { status, applied: flag },
  redirect: { region: text, status: wholeFrom(300, 399), endpoint: text },
  'error-in-body': { code: text, message: text, applied: flag },
  headers: { set: settings },
  etag: { value: either(text, orNull) },
  assemble: { drop: partNumber, swap: twoParts },
  'other-range': { range: either(text, callback, orNull), contentRange: oneOf('honest', 'asked') },
  'repeat-page': { tokens: oneOf('same', 'fresh') },
  'reset-response': { atByte: maybeAtByte },
  'reset-request': { atByte },
  truncate: { atByte, contentLength: oneOf('kept', 'shortened') },
  flip: { atByte, side: oneOf('response', 'request', 'copy'), mask: wholeFrom(1, 255) },
  stall: { atByte: maybeAtByte, side: oneOf('response', 'request') },
  drip: { everyMs: numberFrom(0), bytes: wholeFrom(1), part: oneOf('body', 'head'), endless: flag },
  interim: { everyMs: numberFrom(0), status: wholeFrom(100, 199), count: wholeFrom(1) },
  delay: { ms: numberFrom(0) },
}

const REQUIRED: Partial<Record<FaultAction['type'], readonly string[]>> = {
  error: ['code'],
  answer: ['status'],
  redirect: ['region'],
  headers: ['set'],
  etag: ['value'],
  'other-range': ['range'],
  'reset-request': ['atByte'],
  truncate: ['atByte'],
  flip: ['atByte'],
  drip: ['everyMs'],
  interim: ['everyMs'],
  delay: ['ms'],
}

const MATCH: Readonly<Record<keyof RequestMatch, FieldCheck>> = {
  operation: someOf(...OPERATIONS),
  bucket: text,
  key: text,
  keyPrefix: text,
  keyPattern: [(value) => value instanceof RegExp, 'a regular expression'],
  where: callback,
}

const RULE: Readonly<Record<keyof FaultRule, FieldCheck>> = {
  ...MATCH,
  action: object,
  nth: [
    (value) => [value].flat().length > 0 && [value].flat().every((item) => wholeFrom(1)[0](item)),
    'a whole number from 1, or a list of them',
  ],
  after: wholeFrom(0),
  times: wholeFrom(0),
  probability: numberFrom(0, 1),
}

/** @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` for an invalid rule */
export function checkRule(rule: FaultRule): void {
  checkFields('fault', rule, RULE)
  if (!object[0](rule.action)) throw invalid('fault.action', 'an object')
  const { type, ...fields } = rule.action
  if (!Object.hasOwn(ACTIONS, type)) {
    throw invalid('fault.action.type', `one of: ${Object.keys(ACTIONS).join(', ')}`)
  }
  const checks: Readonly<Record<string, FieldCheck>> = ACTIONS[type]
  checkFields(`fault.action (${type})`, fields, checks)
  for (const field of REQUIRED[type] ?? []) {
    if ((fields as Record<string, unknown>)[field] === undefined) {
      throw invalid(`fault.action (${type}).${field}`, checks[field]![1])
    }
  }
}

/** @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` for an invalid match */
export function checkMatch(match: RequestMatch): void {
  checkFields('match', match, MATCH)
}
