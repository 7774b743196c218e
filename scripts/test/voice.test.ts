import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Words that a native reader stumbles over, and what to write instead. Each pattern matches nothing else. */
const goneWords: readonly { gone: RegExp; instead: string }[] = [
  { gone: /\bmend(s|ed|ing)?\b/i, instead: 'fix, correct, renew' },
  { gone: /\bholds? on to\b/i, instead: 'rely on, keep, enforce' },
  { gone: /\bgo(es|ne|ing)? on with\b/i, instead: 'continue, resume' },
  { gone: /\bgone on\b|\blets? it go on\b/i, instead: 'continue, resume' },
  { gone: /\bgives? (them|it) up\b/i, instead: 'abort, drop' },
  { gone: /\bso that nobody\b/i, instead: 'so that no ...' },
  { gone: /\b(is|are) to be had\b/i, instead: 'is available' },
  { gone: /\bturned over\b/i, instead: 'rotated' },
  { gone: /\b(fell|falls) silent\b/i, instead: 'stalled' },
  { gone: /\bnobody can listen\b/i, instead: 'the port is in use or not permitted' },
  { gone: /\bwhich never was\b/i, instead: 'unknown' },
  { gone: /\bhas no form in UTF-8\b/i, instead: 'is not valid Unicode' },
  { gone: /\bwhether it is all there\b/i, instead: 'that every object is at the destination' },
  { gone: /\bcomes? nothing\b/i, instead: 'no inbound connections' },
]

const generated =
  /(^|\/)(api-surface\.md|CHANGELOG\.md|pnpm-lock\.yaml)$|\.schema\.json$|^scripts\/test\/voice\.test\.ts$/
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => /\.(md|ts|js|html|css|ya?ml|service|sbatch)$|Dockerfile$|\.env\.example$/.test(path))
  .filter((path) => !generated.test(path))

const lines = files.flatMap((path) => {
  let text: string
  try {
    text = readFileSync(root + path, 'utf8')
  } catch {
    return [] // Deleted, and not committed yet.
  }
  return text.split('\n').map((line, index) => ({ line, place: `${path}:${index + 1}` }))
})

describe('words that are gone', () => {
  test.each(goneWords)('$gone is written as: $instead', ({ gone }) => {
    expect(
      lines.filter(({ line }) => gone.test(line)).map(({ place, line }) => `${place}: ${line.trim()}`),
    ).toEqual([])
  })
})
